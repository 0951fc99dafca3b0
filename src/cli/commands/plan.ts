// `expos plan`: compiles the plan of a brief, prints it as a week, and keeps it for approval where a store is named.
import { briefHash, planHash } from "../../canon/index.ts";
import { defaultDecisionPolicy, lookBlocks } from "../../decision/index.ts";
import {
  type Brief,
  decisionPresetOf,
  DomainError,
  type Issue,
  type OrdinaryPost,
  type Plan,
  type PreflightReport,
  type RecentPost,
  type Variant,
} from "../../domain/index.ts";
import { checkBrief, checkVariants, makeVariants, rehashed } from "../../intake/index.ts";
import type { PreflightInput } from "../../preflight/index.ts";
import { createIdSource, createRng } from "../../random/index.ts";
import { compilePlan, layerUse, planEvents, resolveWallTime, type Store, transact, writeCalendar } from "../../schedule/index.ts";
import { briefFacts } from "../briefFacts.ts";
import type { CommandResult } from "../command.ts";
import { askedApproval } from "../plan/askedApproval.ts";
import { readCalendarFile } from "../plan/calendarFile.ts";
import { planWrites, riskBlocksIn, withStore } from "../plan/experimentStore.ts";
import { blockWrites, type GuardArguments, judge, withAssets } from "../plan/guards.ts";
import { planDocument, type PlanPrint, planText, refusalText, variantName } from "../plan/planText.ts";
import { type PlanSource, readPlanSource } from "../plan/readPlanInput.ts";
import { writeFiles } from "../writeFiles.ts";

export interface PlanArguments extends GuardArguments {
  readonly file: string;
  readonly seed: string;
  /** Where the calendar file goes. */
  readonly ics?: string;
  /** A calendar whose events are ordinary posts of the account. */
  readonly calendar?: string;
  readonly store?: string;
  readonly force?: boolean;
}

/**
 * With a store the guards look too: what they block is remembered and not kept.
 * @returns refused with the whole document where there is no plan, or where the guards block; nothing else is written then.
 * @throws DomainError for files and seeds that cannot be used; a collision of layers is printed, and refused on approval.
 */
export async function run({ file, seed, ics, calendar, store: folder, force = false, ...options }: PlanArguments): Promise<CommandResult> {
  if (seed === "")
    throw new DomainError({ code: "seed-empty", path: "--seed", message: "the seed is empty", fix: "Give a text such as --seed 7." });
  const source = readPlanSource(file);
  const { brief, folder: assets } = await withAssets(source, file, options.assets);
  const experimentId = experimentIdOf(brief, seed);
  const variants = source.variants === undefined ? makeVariants(brief, experimentId) : rehashed(source.variants);
  checkVariants(brief, variants);
  const calendarPosts = calendar === undefined ? { posts: [], notes: [] } : readCalendarFile(calendar, brief, experimentId);
  const made: Made = { brief, variants, plan: planOf({ ...source, brief, variants }, experimentId, seed, calendarPosts) };
  const outcome =
    folder === undefined
      ? { plan: made.plan, approval: askedApproval({ brief, variants, guardVerdict: "pass", riskBlocks: [] }), collisions: [] }
      : await keep(folder, made, await judge(guardInput(made, source), assets, options));

  const print: PlanPrint = { brief, variants, ...outcome, ...(folder !== undefined && { storeFolder: folder }) };
  const document = planDocument(print);
  if (outcome.plan.refused !== undefined) return { document, text: refusalText(print), refused: true };
  if (ics !== undefined) writeFiles([{ path: ics, text: calendarText(made, source.nowMs) }], force);
  return { document, text: planText({ ...print, ...(ics !== undefined && { calendarFile: ics }) }) };
}

interface Made {
  readonly brief: Brief;
  readonly variants: readonly Variant[];
  readonly plan: Plan;
}

function planOf(
  source: PlanSource & { readonly variants: readonly Variant[] },
  experimentId: string,
  seed: string,
  calendar: { readonly posts: readonly OrdinaryPost[]; readonly notes: readonly string[] },
): Plan {
  const { brief, variants, account, recentPosts = [], ordinaryPosts = [], nowMs } = source;
  const plan = compilePlan(
    {
      experimentId,
      brief,
      variants,
      otherPosts: [...recentPosts.map(asOtherPost), ...ordinaryPosts, ...calendar.posts],
      ...(account !== undefined && { account }),
      ...(nowMs !== undefined && { nowMs }),
    },
    createRng(seed),
    { looks: (blocks) => looksOf(brief, blocks), tzdbVersion: process.versions.tz! },
  );
  return { ...plan, notes: [...plan.notes, ...calendar.notes] };
}

/** The same brief and seed are the same experiment; an edit makes another. The time in the id is the window's, never now. */
function experimentIdOf(brief: Brief, seed: string): string {
  const startMs = Math.max(0, resolveWallTime(brief.runWindow.start, "UTC").instantMs);
  return createIdSource({ rng: createRng(seed).fork(["experimentId", briefHash(brief)]), now: () => startMs })();
}

/** The looks of the rule that will decide; the end is always one. */
function looksOf(brief: Brief, blocks: number): number[] {
  const rule = defaultDecisionPolicy[decisionPresetOf(brief)];
  const early = rule.test === "spending" ? lookBlocks(blocks, rule, defaultDecisionPolicy.looks, brief.testVariants.length) : [];
  return [...early.filter((look) => look < blocks), blocks];
}

/** What is out already counts like what is to come. */
function asOtherPost({ publishedMs, account, surface }: RecentPost): OrdinaryPost {
  return { startMs: publishedMs, ...(account !== undefined && { account }), ...(surface !== undefined && { surface }) };
}

/** What is not known of account, posts and present is at rest, none and now. */
function guardInput({ brief, variants, plan }: Made, { assetsDir: _folder, ...source }: PlanSource): PreflightInput {
  const [first] = brief.accounts;
  const account = { id: first!.id, platform: first!.platform, openSignals: [] };
  return { account, recentPosts: [], budgets: {}, nowMs: Date.now(), ...source, experimentId: plan.experimentId, brief, variants };
}

/** Remembers blocks; keeps the plan unless something refuses it, and says who is in its way. */
function keep(
  folder: string,
  { brief, variants, plan }: Made,
  report: PreflightReport,
): Promise<Pick<PlanPrint, "plan" | "approval" | "collisions">> {
  const issues = refusals(brief, plan, report);
  return withStore(folder, async (store) => {
    await transact(store, async () => ({
      writes: [
        ...(await blockWrites(store, report, brief, variants)),
        ...(issues.length === 0 ? await planWrites(store, brief, plan, variants, report) : []),
      ],
      answer: undefined,
    }));
    const riskBlocks = await riskBlocksIn(store, brief, variants);
    return {
      plan: issues.length === 0 ? plan : { ...plan, planHash: planHash(brief, []), posts: [], looks: [], refused: issues },
      approval: askedApproval({ brief, variants, guardVerdict: report.verdict, riskBlocks }),
      collisions: issues.length === 0 ? await collisionsOf(store, plan) : [],
    };
  });
}

/** Everything that keeps a plan from being put before people: the brief, the plan and the guards, each finding once. */
function refusals(brief: Brief, plan: Plan, report: PreflightReport): Issue[] {
  const issues = [...checkBrief(brief, briefFacts).issues, ...(plan.refused ?? []), ...blocksOf(report)];
  return issues.filter(
    ({ code, path }, at) => issues.findIndex((other) => other.code === code && other.path === path) === at || code === "guard-block",
  );
}

/** What the guards block, as reasons why there is no plan. */
function blocksOf({ guards }: PreflightReport): Issue[] {
  return guards.flatMap(({ guard, issues }) =>
    issues
      .filter(({ verdict }) => verdict === "block")
      .map(({ ruleId, variantId, field, message, fix }) => ({
        code: "guard-block",
        path: variantId === undefined ? field : `variants.${variantId}.${field}`,
        message: `${guard}, ${ruleId}: ${message}`,
        fix,
      })),
  );
}

async function collisionsOf(store: Store, { experimentId, layers: wanted }: Plan): Promise<string[]> {
  const layers = (await store.list("layer")).map(({ value }) => value);
  const experiments = (await store.list("experiment")).map(({ value }) => value);
  return layerUse(layers, experiments)
    .filter(({ layerId, collides, waiting }) => collides && wanted.includes(layerId) && waiting.includes(experimentId))
    .map(({ layerId, holders, waiting }) => {
      const others = waiting.filter((id) => id !== experimentId);
      return holders.length > 0
        ? `The layer ${layerId} is held by ${holders.map((holder) => holder.experimentId).join(", ")}: this plan can be approved when that ends.`
        : `The layer ${layerId} is also wanted by ${others.join(", ")}: whoever is approved first has it.`;
    });
}

function calendarText({ plan, brief, variants }: Made, nowMs: number | undefined): string {
  const name = variantName(brief);
  // Without a present the stamp is the first slot, so that the same plan is the same file.
  const stampMs = nowMs ?? plan.posts[0]!.slot.startMs;
  const events = planEvents(
    plan,
    (variantId) => `${name(variantId)} (${variants.find((variant) => variant.variantId === variantId)!.role})`,
  );
  return writeCalendar(events, { name: brief.name, stampMs });
}
