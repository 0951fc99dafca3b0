// Everything the decision rules look at, gathered once: the numbers of the rule that fits the experiment's type, guardrails, failures, people.
import {
  type ArmEvidence,
  type Brief,
  type Decision,
  type DecisionKind,
  type DecisionPreset,
  decisionPresetOf,
  DomainError,
  type ValidityReport,
  wasPublished,
} from "../domain/index.ts";
import { comparable, decisionAgeHours, defaultValidityPolicy, type ValidityInput } from "../erm/index.ts";
import { createRng } from "../random/index.ts";
import { blockRows, requireConsistent } from "./blockRows.ts";
import { attemptsInOrder, type FailureStop, failureStop } from "./failures.ts";
import { type GuardrailReport, guardrailReport } from "./guardrails/breaches.ts";
import { type MetricHarm, metricHarm } from "./guardrails/metricHarm.ts";
import { type DecisionPolicy, decisionPolicyHash, type PresetRule } from "./policy.ts";
import { type ArmRuling, evidenceRule, fewestBlocks } from "./rule.ts";
import { topPostNote, rawScaleNote } from "./reportLines.ts";
import { type LookRecord, placeLooks, requireLooks } from "./takenLooks.ts";
import { attemptUnits, errorClassCounts, judgeUnits, replyUnits, type Unit } from "./units.ts";

/** A person's or agent's look for confounders; it can only downgrade. */
export interface Review {
  readonly reviewer: string;
  /** Who that is; left out, an agent. The preset `regulated` asks for a person. */
  readonly by?: "person" | "agent";
  /** Found, from the fixed list: holiday or news, boost, cross-post, later edit, pinned comment, outage. */
  readonly confounders: readonly string[];
  /** Ids of checks whose warning this person has accepted. */
  readonly acknowledged: readonly string[];
}

export interface DecisionInput extends ValidityInput {
  readonly validity: ValidityReport;
  readonly review?: Review;
  /** Numbers of complete blocks at which a winner may be named. */
  readonly looks: readonly number[];
  /** The looks taken before, as `decide` returned them in `evidence.looksTaken`. */
  readonly looksTaken?: readonly LookRecord[];
  /** True when no further post or reading will come; left out, it follows from the posts. */
  readonly isFinal?: boolean;
  /** Deviation of each proxy on its log scale in the account's history, fixed at launch; the harm process bets in these units. */
  readonly sdAtLaunch?: Readonly<Record<string, number>>;
}

export type Reason = Decision["reasons"][number];

/** One test arm, whatever the rule. */
export interface ArmFacts {
  readonly evidence: ArmEvidence;
  readonly isHarmful: boolean;
  readonly isFutile: boolean;
  /** Leads, test, loss: what the numbers alone must show. */
  readonly gates: readonly Reason[];
  /** What several winners are ranked by. */
  readonly strength: number;
  /** Deviation of the log index of one post; null where it is not known. */
  readonly sigma: number | null;
}

export interface Facts {
  readonly input: DecisionInput;
  readonly policy: DecisionPolicy;
  readonly policyHash: string;
  readonly presetName: DecisionPreset;
  readonly preset: PresetRule;
  readonly rule: "posts" | "replies" | "attempts";
  readonly isFinal: boolean;
  /** Complete comparable blocks (units of the smaller arm where units are no posts), and those planned. */
  readonly blocks: number;
  readonly plannedBlocks: number;
  /** Fewer name no winner. */
  readonly blocksMin: number;
  /** Number of the planned look that this is, from 1; null between looks. */
  readonly look: number | null;
  readonly looksTaken: readonly LookRecord[];
  readonly arms: readonly ArmFacts[];
  /** False where no proxy varies: nothing can be told. */
  readonly varies: boolean;
  /** An arm crossed the boundary at this look or an earlier one, which fewer blocks at the end do not undo. */
  readonly isSeparated: boolean;
  readonly guardrails: GuardrailReport;
  readonly metricHarm: readonly MetricHarm[];
  readonly failures: FailureStop | null;
  /** Thresholds of publish failures that an arm of a lane experiment broke. */
  readonly armFailures: readonly string[];
  /** Figures that cannot be used, in words. */
  readonly unusable: readonly string[];
  /** Lines for the report that decide nothing. */
  readonly notes: readonly { readonly rule: string; readonly message: string }[];
}

/** @throws DomainError for looks or proxies that contradict each other. */
export function gatherFacts(input: DecisionInput, policy: DecisionPolicy): Facts {
  const { brief } = input.experiment;
  const presetName = policy.preset ?? decisionPresetOf(brief);
  const preset = policy[presetName];
  const plannedBlocks = new Set(input.plan.posts.map(({ block }) => block)).size;
  requireConsistent(brief.successProxies);
  if (input.plan.posts.length > 0) requireLooks(input.looks, plannedBlocks);
  if (input.validity.experimentId !== undefined && input.validity.experimentId !== input.experiment.experimentId)
    throw new DomainError({
      code: "validity-of-another",
      path: "validity.experimentId",
      message: `this validity report is about ${input.validity.experimentId}`,
      fix: `Check ${input.experiment.experimentId} and pass its report.`,
      value: input.validity.experimentId,
    });
  const { asOf } = input;
  const guardrails = guardrailReport(brief.guardrails, {
    posts: input.posts,
    snapshots: input.snapshots,
    accountEvents: input.accountEvents ?? [],
    asOf,
  });
  const isLane = brief.experimentType === "lane";
  const shared = {
    input,
    policy,
    policyHash: decisionPolicyHash(policy),
    presetName,
    preset,
    isFinal: input.isFinal ?? isOver(input),
    plannedBlocks,
    blocksMin: fewestBlocks(preset, brief.testVariants.length),
    guardrails,
    failures: isLane ? null : failuresOf(input, policy),
    armFailures: isLane ? failuresByArm(input, policy) : [],
  };
  return isLane || brief.experimentType === "engagement" ? unitFacts(shared) : postFacts(shared);
}

type Shared = Pick<
  Facts,
  | "input"
  | "policy"
  | "policyHash"
  | "presetName"
  | "preset"
  | "isFinal"
  | "plannedBlocks"
  | "blocksMin"
  | "guardrails"
  | "failures"
  | "armFailures"
>;

function postFacts(shared: Shared): Facts {
  const { input, policy, preset, isFinal, plannedBlocks, policyHash } = shared;
  const { brief } = input.experiment;
  const tests = brief.testVariants.map(({ id }) => id);
  const ids = [brief.control.id, ...tests];
  const rows = blockRows(comparable(input, defaultValidityPolicy).blocks, ids, brief.successProxies, input.sdAtLaunch);
  const names = rows.blocks.map(({ block }) => block);
  const rng = createRng(input.plan.planHash).fork(["decision"]);
  const placed = placeLooks(input.looksTaken ?? [], names, tests, policyHash);
  const size = placed.places.length;
  const due = input.looks.findIndex((look) => look === names.length);
  const outcome = evidenceRule(rows.table, preset, policy, {
    plannedBlocks: Math.max(plannedBlocks, size),
    isLook: due >= 0,
    isFinal,
    looksTaken: placed.looksTaken,
    places: placed.places,
    rng,
  });
  const look: LookRecord[] =
    outcome.look === null
      ? []
      : [
          {
            blocks: placed.names,
            t: outcome.look.t,
            differences: Object.fromEntries(tests.map((id, at) => [id, [...outcome.look!.differences[at]!]])),
            policyHash,
            asOf: input.asOf,
          },
        ];
  return {
    ...shared,
    rule: "posts",
    blocks: names.length,
    look: due >= 0 ? due + 1 : null,
    looksTaken: [...(input.looksTaken ?? []), ...look],
    arms: outcome.arms.map((arm) => postArm(arm, tests[arm.arm - 1]!, rows.table.blocks, brief, preset)),
    varies: rows.table.blocks > 0 && outcome.varies,
    isSeparated: outcome.arms.some(({ crossed }) => crossed),
    metricHarm: metricHarm(
      brief.guardrails,
      rows.blocks,
      ids,
      policy,
      preset.guardrails === "nonInferior" ? { alpha: preset.alpha, rng } : null,
    ),
    unusable: rows.unusable.map(({ postId, metric }) => `${metric} of ${postId} is no usable figure`),
    notes: rows.table.blocks === 0 ? [] : [...topPostNote(rows, tests), ...rawScaleNote(rows, tests, brief.successProxies)],
  };
}

function postArm(arm: ArmRuling, variantId: string, blocks: number, brief: Brief, preset: PresetRule): ArmFacts {
  const { effect, spending, harm } = arm;
  const last = spending?.looks.at(-1);
  const leads = arm.leads.map((at) => brief.successProxies[at]!.metric);
  return {
    evidence: {
      variantId,
      blocks,
      logLift: arm.logLift,
      shrunkenLogLift: effect?.mean ?? null,
      interval: effect === null ? null : [effect.interval[0], effect.interval[1]],
      pBetter: effect?.pBetter ?? null,
      expectedLoss: effect?.expectedLoss ?? null,
      p: last?.p ?? null,
      minP: last?.minP ?? null,
      leads,
      harmE: harm.eValueMax,
      futility: arm.futility?.chance ?? null,
    },
    isHarmful: arm.isHarmful,
    isFutile: arm.futility?.abandon === true,
    gates: [
      gate("leads", arm.gates.leads, leadsText(variantId, leads, brief, preset.leadsMin)),
      ...(preset.test === "none"
        ? []
        : [
            gate(
              "exactTest",
              arm.gates.exactTest,
              last === undefined || spending === null
                ? "no look has been taken"
                : arm.crossed && last.p === null
                  ? `${variantId} crossed at look ${spending.crossedAtLook}, which stays`
                  : `the exact test within blocks gives p ${text(last.p)}; ${text(last.budget)} may be spent by now`,
            ),
          ]),
      ...(preset.expectedLossMax === null
        ? []
        : [
            gate(
              "expectedLoss",
              arm.gates.expectedLoss,
              `shipping ${variantId} is expected to lose ${text(effect?.expectedLoss ?? null)} log units; at most ${text(preset.expectedLossMax)} is accepted`,
            ),
          ]),
    ],
    strength: effect?.mean ?? arm.logLift ?? -Infinity,
    sigma: effect === null ? null : effect.standardError * Math.sqrt(((blocks - 3) * blocks) / (2 * (blocks - 1))),
  };
}

function unitFacts(shared: Shared): Facts {
  const { input, preset, isFinal, plannedBlocks } = shared;
  const { brief } = input.experiment;
  const isLane = brief.experimentType === "lane";
  const ids = [brief.control.id, ...brief.testVariants.map(({ id }) => id)];
  const units: Unit[] = (isLane ? attemptUnits : replyUnits)(brief, input.posts, input.snapshots, input.asOf);
  const isTested = preset.test !== "none" && isFinal;
  const leadsMin = Math.min(preset.leadsMin, brief.successProxies.length);
  const results =
    units.length === 0 || brief.successProxies.length === 0
      ? []
      : judgeUnits(units, ids, brief.successProxies, preset.alpha, createRng(input.plan.planHash).fork(["decision"]));
  const smaller = results.length === 0 ? 0 : Math.min(...results.map((arm) => Math.min(arm.units, arm.controlUnits)));
  const errors = isLane ? errorClassCounts(input.posts, input.asOf) : {};
  return {
    ...shared,
    rule: isLane ? "attempts" : "replies",
    blocks: smaller,
    plannedBlocks,
    look: isTested ? 1 : null,
    looksTaken: [],
    arms: results.map((arm): ArmFacts => ({
      evidence: {
        variantId: arm.variantId,
        blocks: arm.blocks,
        logLift: null,
        shrunkenLogLift: null,
        interval: null,
        pBetter: null,
        expectedLoss: null,
        p: isTested ? arm.p : null,
        minP: isTested ? arm.minP : null,
        leads: [...arm.leads],
        harmE: null,
        futility: null,
      },
      isHarmful: false,
      isFutile: false,
      gates: [
        gate("leads", arm.leads.length >= leadsMin, leadsText(arm.variantId, arm.leads, brief, leadsMin)),
        ...(preset.test === "none"
          ? []
          : [
              gate(
                "exactTest",
                isTested && arm.crossed,
                `the exact test of ${arm.units} against ${arm.controlUnits} ${isLane ? "attempts" : "replies"} within ${arm.blocks} blocks gives p ${text(isTested ? arm.p : null)}; ${text(preset.alpha)} over all arms is needed`,
              ),
            ]),
      ],
      strength: arm.difference ?? -Infinity,
      sigma: null,
    })),
    varies: results.some(({ p }) => p !== null),
    isSeparated: false,
    metricHarm: [],
    unusable: [],
    notes: Object.entries(errors).map(([variantId, classes]) => ({
      rule: "errorClasses",
      message: `failed attempts of ${variantId}: ${Object.entries(classes)
        .map(([name, count]) => `${count} ${name}`)
        .join(", ")}`,
    })),
  };
}

/** The severest stop of the policy's limits and of those that the brief's stop conditions add. */
function failuresOf({ experiment, posts, asOf }: DecisionInput, { failures }: DecisionPolicy): FailureStop | null {
  const attempts = attemptsInOrder(posts, asOf);
  const limits = experiment.brief.stopConditions.flatMap((condition) =>
    condition.kind === "publishFailures" ? [{ ...failures, pauseAtFailures: condition.failuresMin, ofAttempts: condition.attempts }] : [],
  );
  const stops = [failures, ...limits].flatMap((limit) => failureStop(attempts, limit) ?? []);
  return stops.find(({ action }) => action === "pause") ?? stops[0] ?? null;
}

/** Per-arm thresholds of a lane experiment: the brief's guardrails on publishing and the stop rule, on the attempts of each arm alone. */
function failuresByArm(
  { experiment: { brief }, posts, snapshots, accountEvents = [], asOf }: DecisionInput,
  policy: DecisionPolicy,
): string[] {
  return [brief.control.id, ...brief.testVariants.map(({ id }) => id)].flatMap((variantId) => {
    const own = posts.filter((post) => post.variantId === variantId);
    const facts = { posts: own, snapshots, accountEvents, asOf };
    const { breaches } = guardrailReport(
      brief.guardrails.filter(({ source, action }) => source === "publish" && action !== "warn"),
      facts,
    );
    const stop = failureStop(attemptsInOrder(own, asOf), policy.failures);
    return [
      ...breaches.map(
        ({ guardrail, value }) =>
          `${variantId}: ${guardrail.statistic} is ${text(value)}, limit ${guardrail.comparator} ${guardrail.threshold}`,
      ),
      ...(stop?.action === "pause" ? [`${variantId}: ${stop.message}`] : []),
    ];
  });
}

/** Every planned post has ended, and what was published is old enough to have been read. */
function isOver({ experiment, plan, posts, snapshots, asOf }: DecisionInput): boolean {
  const ageMs = decisionAgeHours(experiment.brief) * 3_600_000;
  return plan.posts.every(({ postId }) => {
    const post = posts.find((one) => one.postId === postId);
    if (post === undefined) return false;
    if (!wasPublished(post.status)) return ["rejected", "missed", "cancelled", "manualResolution"].includes(post.status);
    const isRead = snapshots.some(
      (reading) => reading.postId === postId && reading.recordedAt <= asOf && reading.ageHours * 3_600_000 >= 0.9 * ageMs,
    );
    return isRead || post.publishedMs === undefined || asOf >= post.publishedMs + 1.1 * ageMs + 2 * 3_600_000;
  });
}

function leadsText(variantId: string, leads: readonly string[], { successProxies }: Brief, needed: number): string {
  return `${variantId} leads on ${leads.length} of ${successProxies.length} proxies (${leads.join(", ") || "none"}); ${needed} are needed`;
}

export function gate(rule: string, isOpen: boolean, message: string): Reason {
  return { rule, outcome: isOpen ? "for" : "against", message };
}

export function against(rule: string, message: string): Reason {
  return { rule, outcome: "against", message };
}

export function note(rule: string, message: string): Reason {
  return { rule, outcome: "note", message };
}

/** Three digits; `unknown` for null. */
export function text(value: number | null): string {
  return value === null ? "unknown" : String(Number(value.toPrecision(3)));
}

/** What a rule says when it is its turn; the first that says anything decides. */
export interface Ruling {
  readonly kind: DecisionKind;
  readonly reasons: readonly Reason[];
  readonly winner?: string;
}
