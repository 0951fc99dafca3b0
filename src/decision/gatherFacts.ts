// Gathers once what the decision rules look at: the plan's looks, guardrails, failures, and the numbers of the rule that fits the experiment's type.
import { decisionPresetOf, DomainError, wasPublished } from "../domain/index.ts";
import { decisionAgeHours } from "../erm/index.ts";
import { requireConsistent } from "./blockRows.ts";
import type { DecisionInput, Facts } from "./facts.ts";
import { attemptsInOrder, type FailureStop, failureStop } from "./failures.ts";
import { guardrailReport } from "./guardrails/breaches.ts";
import { type DecisionPolicy, decisionPolicyHash } from "./policy.ts";
import { postFacts } from "./postFacts.ts";
import { text } from "./reasons.ts";
import { fewestBlocks } from "./rule.ts";
import { requireLooks } from "./takenLooks.ts";
import { unitFacts } from "./unitFacts.ts";

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
