// `expos plan`: compiles the plan of a brief, prints it as a week, and keeps it for approval where a store is named.
import { briefHash } from "../../canon/index.ts";
import { defaultDecisionPolicy, lookBlocks } from "../../decision/index.ts";
import {
  type Brief,
  decisionPresetOf,
  DomainError,
  type OrdinaryPost,
  type Plan,
  type RecentPost,
  type Variant,
} from "../../domain/index.ts";
import { makeVariants } from "../../intake/index.ts";
import { createIdSource, createRng } from "../../random/index.ts";
import { compilePlan, layerUse, planEvents, resolveWallTime, transact, writeCalendar } from "../../schedule/index.ts";
import type { CommandResult } from "../command.ts";
import { readCalendarFile } from "../plan/calendarFile.ts";
import { planWrites, withStore } from "../plan/experimentStore.ts";
import { readPlanSource } from "../plan/readPlanInput.ts";
import { weekView } from "../plan/weekView.ts";
import { writeFiles } from "../writeFiles.ts";

export interface PlanArguments {
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
 * @returns refused with the whole document where there is no plan; nothing is written then.
 * @throws DomainError for files and seeds that cannot be used, `layer`s aside: a collision is printed, and refused on approval.
 */
export async function run({ file, seed, ics, calendar, store: folder, force = false }: PlanArguments): Promise<CommandResult> {
  if (seed === "")
    throw new DomainError({ code: "seed-empty", path: "--seed", message: "the seed is empty", fix: "Give a text such as --seed 7." });
  const source = readPlanSource(file);
  const { brief, account, recentPosts = [], ordinaryPosts = [], nowMs } = source;
  const experimentId = experimentIdOf(brief, seed);
  const variants = source.variants ?? makeVariants(brief, experimentId);
  const foreign = calendar === undefined ? { posts: [], notes: [] } : readCalendarFile(calendar, brief, experimentId);
  const compiled = compilePlan(
    {
      experimentId,
      brief,
      variants,
      otherPosts: [...recentPosts.map(asOtherPost), ...ordinaryPosts, ...foreign.posts],
      ...(account !== undefined && { account }),
      ...(nowMs !== undefined && { nowMs }),
    },
    createRng(seed),
    { looks: (blocks) => looksOf(brief, blocks) },
  );
  const plan: Plan = { ...compiled, notes: [...compiled.notes, ...foreign.notes] };
  if (plan.refused !== undefined) return refusal(plan, brief);

  const collisions = folder === undefined ? [] : await kept(folder, brief, plan, variants);
  if (ics !== undefined) writeFiles([{ path: ics, text: calendarText(plan, brief, variants, nowMs) }], force);
  return {
    document: planDocument(plan, collisions),
    text: [
      heading(plan, brief, variants),
      weekView(plan, brief, variantName(brief)),
      ...listed("Notes", [...plan.notes, ...collisions]),
      closing(plan, folder, ics),
    ].join("\n\n"),
  };
}

/** What programs read. `posts` carry the probability of the arm they got. */
function planDocument(plan: Plan, collisions: readonly string[]): unknown {
  return {
    experimentId: plan.experimentId,
    seed: plan.seed,
    layer: plan.layers[0]!,
    layers: plan.layers,
    planHash: plan.planHash,
    looks: plan.looks,
    posts: plan.posts.map(({ postId, variantId, block, slot, surface, lane, account, assignment, makeUpFor }) => ({
      postId,
      variantId,
      block,
      startMs: slot.startMs,
      zone: slot.zone,
      wallTime: slot.wallTime,
      cell: slot.cell,
      surface,
      lane,
      account,
      probability: assignment.probabilities[variantId]!,
      assignment,
      ...(makeUpFor !== undefined && { makeUpFor }),
    })),
    ...(plan.refused !== undefined && { refused: plan.refused }),
    notes: [...plan.notes, ...collisions],
  };
}

function refusal(plan: Plan, brief: Brief): CommandResult {
  const issues = plan.refused!.map(({ code, path, message, fix }) => `${code} at ${path}\n  ${message}\n  fix:  ${fix}`);
  return { document: planDocument(plan, []), text: [`No plan for: ${brief.name}`, ...issues].join("\n\n"), refused: true };
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

function calendarText(plan: Plan, brief: Brief, variants: readonly Variant[], nowMs: number | undefined): string {
  const name = variantName(brief);
  // Without a present the stamp is the first slot, so that the same plan is the same file.
  const stampMs = nowMs ?? plan.posts[0]!.slot.startMs;
  const events = planEvents(
    plan,
    (variantId) => `${name(variantId)} (${variants.find((variant) => variant.variantId === variantId)!.role})`,
  );
  return writeCalendar(events, { name: brief.name, stampMs });
}

/** Keeps the plan and says who is in its way. */
async function kept(folder: string, brief: Brief, plan: Plan, variants: readonly Variant[]): Promise<string[]> {
  return withStore(folder, async (store) => {
    await transact(store, async () => ({ writes: await planWrites(store, brief, plan, variants), answer: undefined }));
    const layers = (await store.list("layer")).map(({ value }) => value);
    const experiments = (await store.list("experiment")).map(({ value }) => value);
    return layerUse(layers, experiments)
      .filter(({ layerId, collides, waiting }) => collides && plan.layers.includes(layerId) && waiting.includes(plan.experimentId))
      .map(({ layerId, holders, waiting }) => {
        const others = waiting.filter((id) => id !== plan.experimentId);
        return holders.length > 0
          ? `The layer ${layerId} is held by ${holders.map(({ experimentId }) => experimentId).join(", ")}: this plan can be approved when that ends.`
          : `The layer ${layerId} is also wanted by ${others.join(", ")}: whoever is approved first has it.`;
      });
  });
}

function variantName(brief: Brief): (variantId: string) => string {
  const names = new Map([[brief.control.id, brief.control.name], ...brief.testVariants.map(({ id, name }) => [id, name] as const)]);
  return (variantId) => names.get(variantId) ?? variantId;
}

function heading(plan: Plan, brief: Brief, variants: readonly Variant[]): string {
  const blocks = new Set(plan.posts.map(({ block }) => block)).size;
  const arms = variants.map(({ variantId, role }) => `${variantName(brief)(variantId)} (${role})`).join(", ");
  return [
    brief.name,
    `${brief.experimentType} experiment on ${brief.variableUnderTest}, ${brief.surfaces.join(", ")}, ${brief.accounts.map(({ id }) => id).join(", ")}`,
    `${plan.posts.length} ${brief.experimentType === "engagement" ? "suggested replies" : "posts"} in ${blocks} blocks: ${arms}; at every position each arm has probability 1/${variants.length}`,
    `The decision rule may speak after ${plan.looks.join(", ")} blocks. Approval level: ${brief.approvalLevel}.`,
  ].join("\n");
}

function closing(plan: Plan, folder: string | undefined, ics: string | undefined): string {
  return [
    `Experiment ${plan.experimentId}, seed ${plan.seed}, layer ${plan.layers.join(", ")}`,
    `Plan ${plan.planHash}`,
    ...(ics === undefined ? [] : [`Calendar written: ${ics}`]),
    folder === undefined
      ? "Nothing was kept: name a folder with --store to have this plan approved."
      : `Kept in ${folder}. Approve it: expos approve ${plan.experimentId} --by NAME --store ${folder}`,
  ].join("\n");
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[title, ...lines.map((line) => `  ${line}`)].join("\n")];
}
