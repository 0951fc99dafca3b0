// The decision rule, in the order of the validity note 2.5: survival, invalidity, guardrails, insufficiency, winner, abandon, iterate. An empty condition never
// ships (law L7) and an invalid experiment never wins (law L6). Harm and futility are not computed yet and are null in the evidence.
import {
  type ArmEvidence,
  type Decision,
  type DecisionKind,
  decisionPresetOf,
  isSurvivalSignal,
  type AccountSignal,
  type ValidityReport,
} from "../domain/index.ts";
import { comparable, defaultValidityPolicy, type ValidityInput } from "../erm/index.ts";
import { createRng } from "../random/index.ts";
import { armEvidence, type BlockFigures } from "./armEvidence.ts";
import { compositeIndex } from "./composite.ts";
import { type Breach, guardrailBreaches } from "./guardrails.ts";
import { type DecisionPolicy, decisionPolicyHash, defaultDecisionPolicy } from "./policy.ts";

/** A person's or agent's look for confounders; it can only downgrade. */
export interface Review {
  readonly reviewer: string;
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
  /** True when no further post or reading will come. */
  readonly isFinal: boolean;
}

type Reason = Decision["reasons"][number];

/**
 * Decides. Pure: the Monte Carlo of very large plans draws from a stream named by the plan hash.
 */
export function decide(input: DecisionInput, policy: DecisionPolicy = defaultDecisionPolicy): Decision {
  const { experiment, plan, validity, looks, asOf } = input;
  const { brief } = experiment;
  const preset = decisionPresetOf(brief);
  const { blocks } = comparable(input, defaultValidityPolicy);
  const planned = new Set(plan.posts.map(({ block }) => block)).size;
  const figures = testArmFigures(input, policy);
  const level = preset === "exploratory" || preset === "learning" ? policy.exploratory.alpha : policy.evidence.alpha;
  const alpha = level / brief.testVariants.length;
  const breaches = guardrailBreaches(brief.guardrails, {
    posts: input.posts,
    snapshots: input.snapshots,
    accountEvents: input.accountEvents ?? [],
    asOf,
  });
  const isLook = looks.includes(blocks.length);

  const evidence: Decision["evidence"] = {
    preset,
    blocks: blocks.length,
    plannedBlocks: planned,
    look: isLook ? looks.indexOf(blocks.length) + 1 : null,
    arms: figures.map(evidenceOf),
    thresholds: {
      alpha,
      leadsMin: policy.evidence.leadsMin,
      expectedLossMax: policy.evidence.expectedLossMax ?? Infinity,
      abandonBelowPBetter: policy.abandonBelowPBetter,
      tau: policy.tau,
      blocksPlanned: looks.at(-1) ?? planned,
    },
    policyHash: decisionPolicyHash(policy),
    asOf,
  };
  const say = (kind: DecisionKind, reasons: readonly Reason[], winner?: string): Decision => ({
    kind,
    ...(winner !== undefined && { winner }),
    reasons: [...reasons],
    evidence,
    next: nextStep(kind, figures, brief.exposurePlan.postsPerVariant),
  });

  const survival = breaches.find(
    ({ guardrail }) => guardrail.source === "account" && isSurvivalSignal(guardrail.statistic as AccountSignal),
  );
  const openSignal = (input.accountEvents ?? []).find(
    ({ signal, clearedAtMs, atMs }) => isSurvivalSignal(signal) && clearedAtMs === null && atMs <= asOf,
  );
  if (survival !== undefined || openSignal !== undefined)
    return say("pause", [
      against(
        "survival",
        `the account raised ${openSignal?.signal ?? survival!.guardrail.statistic}: nothing is published until a human has looked`,
      ),
    ]);
  if (validity.verdict === "invalid")
    return say("invalid", [
      ...validity.checks.filter(({ verdict }) => verdict === "invalid").map(({ checkId, explanation }) => against(checkId, explanation)),
      note("invalid", "outcomes are informational only: no winner, no change of what is believed"),
    ]);
  const breach = breaches.find(({ action }) => action === "pause");
  if (breach !== undefined) return say("pause", [against("guardrail", breachText(breach))]);

  const missing = emptyConditions(input, blocks.length, planned);
  if (missing.length > 0) {
    if (input.isFinal) return say("insufficient", missing);
    return breaches.some(({ action }) => action === "hold")
      ? say("hold", [against("guardrail", breachText(breaches[0]!)), ...missing])
      : say("continue", [note("look", `${blocks.length} of ${planned} blocks are complete; the rule speaks at ${looks.join(", ")}`)]);
  }
  return judge(input, figures, breaches, alpha, policy, say);
}

/** What the complete blocks say about every test arm, in the brief's order. */
export function testArmFigures(input: ValidityInput, policy: DecisionPolicy = defaultDecisionPolicy): BlockFigures[] {
  const { brief } = input.experiment;
  const { blocks } = comparable(input, defaultValidityPolicy);
  const index = compositeIndex(blocks, brief.successProxies);
  const rng = createRng(input.plan.planHash);
  return brief.testVariants.map(({ id }) => armEvidence(id, brief.control.id, blocks, index, brief.successProxies, policy.tau, rng));
}

/** Everything a winner needs, gate by gate; the best arm that passes all of them wins. */
function judge(
  input: DecisionInput,
  figures: readonly BlockFigures[],
  breaches: readonly Breach[],
  alpha: number,
  policy: DecisionPolicy,
  say: (kind: DecisionKind, reasons: readonly Reason[], winner?: string) => Decision,
): Decision {
  const { validity, review, experiment } = input;
  const preset = decisionPresetOf(experiment.brief);
  const best = [...figures].sort((a, b) => (b.shrunkenLogLift ?? b.logLift ?? 0) - (a.shrunkenLogLift ?? a.logLift ?? 0))[0]!;
  const unacknowledged = validity.checks.filter(
    ({ verdict, checkId }) => verdict === "warn" && review?.acknowledged.includes(checkId) !== true,
  );
  const gate = (rule: string, isOpen: boolean, text: string): Reason => ({ rule, outcome: isOpen ? "for" : "against", message: text });
  const evidenceGates = [
    gate(
      "leads",
      best.leads.length >= policy.evidence.leadsMin,
      `${best.variantId} leads on ${best.leads.length} of ${experiment.brief.successProxies.length} proxies (${best.leads.join(", ") || "none"}); ${policy.evidence.leadsMin} are needed`,
    ),
    gate("exactTest", best.p !== null && best.p <= alpha, `the exact test within blocks gives p ${text(best.p)}; ${text(alpha)} is needed`),
    gate(
      "guardrails",
      breaches.every(({ action }) => action === "warn"),
      breaches.length === 0 ? "no guardrail is breached" : breachText(breaches[0]!),
    ),
    gate(
      "warnings",
      unacknowledged.length === 0,
      unacknowledged.length === 0
        ? "no validity warning is open"
        : `nobody has acknowledged ${unacknowledged.map(({ checkId }) => checkId).join(", ")}`,
    ),
  ];
  const isOpen = (gates: readonly Reason[]): boolean => gates.every(({ outcome }) => outcome === "for");

  if (preset === "learning")
    return say("iterate", [note("learning", "so few posts per arm name no winner: this is remembered, not decided"), ...evidenceGates]);
  if (preset === "exploratory")
    return isOpen(evidenceGates)
      ? say("hypothesis", [...evidenceGates, note("exploratory", "a hypothesis to test again, not something to ship")], best.variantId)
      : notWon(best, evidenceGates, policy, say);
  if (preset !== "evidence")
    return say("iterate", [
      against("preset", `the preset ${preset} needs checks that do not exist yet, so it ships nothing`),
      ...evidenceGates,
    ]);

  const loss = gate(
    "expectedLoss",
    best.expectedLoss !== null && best.expectedLoss <= (policy.evidence.expectedLossMax ?? Infinity),
    `shipping ${best.variantId} is expected to lose ${text(best.expectedLoss)} log units; at most ${text(policy.evidence.expectedLossMax)} is accepted`,
  );
  const gates = [...evidenceGates, loss];
  if (!isOpen(gates)) return notWon(best, gates, policy, say);
  if (review === undefined) return say("hold", [...gates, against("review", "a review for confounders has not been made yet")]);
  const reviewed = gate(
    "review",
    review.confounders.length === 0 && review.reviewer !== "",
    review.confounders.length === 0
      ? `${review.reviewer} found no confounder`
      : `${review.reviewer} found ${review.confounders.join(", ")}`,
  );
  return reviewed.outcome === "for" ? say("ship", [...gates, reviewed], best.variantId) : say("iterate", [reviewed, ...gates]);
}

function notWon(
  best: BlockFigures,
  gates: readonly Reason[],
  policy: DecisionPolicy,
  say: (kind: DecisionKind, reasons: readonly Reason[]) => Decision,
): Decision {
  if (best.pBetter !== null && best.pBetter < policy.abandonBelowPBetter)
    return say("abandon", [against("pBetter", `the best test arm is better with probability ${text(best.pBetter)} only`), ...gates]);
  return say("iterate", [
    note("leading", (best.logLift ?? 0) > 0 ? `${best.variantId} is leading, not decided` : "no test arm leads"),
    ...gates,
  ]);
}

/** Law L7: what is empty decides nothing. */
function emptyConditions({ experiment, plan, validity }: DecisionInput, blocks: number, planned: number): Reason[] {
  const { brief } = experiment;
  return [
    ...(brief.successProxies.length === 0 ? [against("proxies", "no proxy says what better means")] : []),
    ...(brief.guardrails.length === 0 ? [against("guardrails", "no guardrail watches over the account")] : []),
    ...(plan.posts.length === 0 ? [against("plan", "there is no plan")] : []),
    ...validity.checks.filter(({ verdict }) => verdict === "insufficient").map(({ checkId, explanation }) => against(checkId, explanation)),
    ...(planned > 0 && blocks < planned ? [against("blocks", `${blocks} of ${planned} planned blocks are complete and comparable`)] : []),
  ];
}

function nextStep(kind: DecisionKind, figures: readonly BlockFigures[], postsPerVariant: number): NonNullable<Decision["next"]> {
  switch (kind) {
    case "ship":
      return { suggestion: "Make the winner the new control and test the next variable." };
    case "hypothesis":
      return { suggestion: "Run it again as a batch experiment with at least 8 posts per variant.", postsPerVariant: 8 };
    case "invalid":
      return { suggestion: "Repair what made it invalid, then run the same plan again." };
    case "insufficient":
      return { suggestion: "Find out why posts or readings are missing before running it again." };
    case "pause":
    case "stop":
      return { suggestion: "A human clears the account, then resumes or stops." };
    case "iterate":
    case "abandon": {
      const needed = postsNeeded(figures);
      return kind === "abandon"
        ? { suggestion: "Drop this variant and try a bolder change of the same variable." }
        : needed === undefined
          ? { suggestion: "Try a bolder change of the same variable." }
          : {
              suggestion: `An effect like the one seen needs about ${needed} posts per variant; this run had ${postsPerVariant}.`,
              postsPerVariant: needed,
            };
    }
    default:
      return { suggestion: "Go on as planned." };
  }
}

/** 12.4 (sigma / delta)^2 blocks for power .8 at .05 one-sided, sigma per post (validity note 2.4). */
function postsNeeded(figures: readonly BlockFigures[]): number | undefined {
  const best = [...figures].sort((a, b) => (b.shrunkenLogLift ?? 0) - (a.shrunkenLogLift ?? 0))[0];
  if (best?.shrunkenLogLift === null || best === undefined || best.shrunkenLogLift <= 0 || best.standardError === null) return undefined;
  const sigma = best.standardError * Math.sqrt(best.blocks / 2);
  return Math.max(8, Math.min(10_000, Math.ceil(12.4 * (sigma / best.shrunkenLogLift) ** 2)));
}

function evidenceOf(figures: BlockFigures): ArmEvidence {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => name !== "standardError")) as ArmEvidence;
}

function breachText({ guardrail, value }: Breach): string {
  return `guardrail ${guardrail.id}: ${guardrail.statistic} is ${text(value)}, limit ${guardrail.comparator} ${guardrail.threshold}`;
}

function against(rule: string, message: string): Reason {
  return { rule, outcome: "against", message };
}

function note(rule: string, message: string): Reason {
  return { rule, outcome: "note", message };
}

function text(value: number | null): string {
  return value === null ? "unknown" : String(Number(value.toPrecision(3)));
}
