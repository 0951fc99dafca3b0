// All checks of one experiment together. Invalid if any is; insufficient if a check that everything rests on is; then warn, then pass.
import type { Check, ValidityReport, Verdict } from "../domain/index.ts";
import { anyTimeFailures } from "./checks/anyTimeFailures.ts";
import { blockIntegrity } from "./checks/blockIntegrity.ts";
import { captureAge } from "./checks/captureAge.ts";
import { changingRatio } from "./checks/changingRatio.ts";
import { composition } from "./checks/composition.ts";
import { delivery } from "./checks/delivery.ts";
import { failures } from "./checks/failures.ts";
import { instrumentation } from "./checks/instrumentation.ts";
import { interleaving } from "./checks/interleaving.ts";
import { leak } from "./checks/leak.ts";
import { plannedSlots } from "./checks/plannedSlots.ts";
import { postRatio } from "./checks/postRatio.ts";
import { prognosis } from "./checks/prognosis.ts";
import { sequentialRatio } from "./checks/sequentialRatio.ts";
import { slots } from "./checks/slots.ts";
import { throttle } from "./checks/throttle.ts";
import { type Comparable, comparableIn } from "./comparable.ts";
import { dealtPosts, haveOneWeight } from "./dealt.ts";
import { requireSound, type ValidityInput } from "./input.ts";
import { defaultValidityPolicy, type ValidityPolicy, validityPolicyHash } from "./policy.ts";
import type { Finding } from "./record.ts";
import { testsLane, testsSlot, type View, viewOf } from "./view.ts";

const fundamental = new Set(["E1", "E2", "E5", "E8", "E11", "blocks", "slots"]);

/** Checks without which nothing can be said at all (validity note 2); E5 and the planned slots stand where blocks do not. */
export function isFundamental(checkId: string): boolean {
  return fundamental.has(checkId);
}

/**
 * Was the comparison fair? Looks at plan, delivery and readings, never at which arm did better. Pure; what is drawn comes from the plan's hash.
 * Blocked plans are checked by block integrity in place of E4 to E7; the ratio check follows how the arms were drawn; the variable under test leaves its
 * own checks.
 * @throws DomainError for posts without a slot, a post told twice and differently, or seconds among milliseconds.
 */
export function checkValidity(input: ValidityInput, policy: ValidityPolicy = defaultValidityPolicy): ValidityReport {
  requireSound(input);
  const view = viewOf(input, policy);
  const compared = comparableIn(view);
  const findings = [...countedChecks(view, compared), ...testedChecks(view)].sort(
    (a, b) => order.indexOf(a.checkId) - order.indexOf(b.checkId),
  );
  const policyHash = validityPolicyHash(policy);
  return {
    experimentId: input.experiment.experimentId,
    verdict: overall(findings),
    checks: findings.map((check) => bound(check, policyHash, input.asOf)),
    comparablePostIds: [...compared.postIds],
    excluded: [...compared.excluded],
    asOf: input.asOf,
    policyHash,
  };
}

/**
 * Only the checks that may act at any time: cheap enough to run after every event. Their records equal those of `checkValidity`.
 * @throws DomainError as `checkValidity`.
 */
export function checkAnyTime(input: ValidityInput, policy: ValidityPolicy = defaultValidityPolicy): Check[] {
  requireSound(input);
  const view = viewOf(input, policy);
  const policyHash = validityPolicyHash(policy);
  return countedChecks(view, comparableIn(view))
    .map((check) => bound(check, policyHash, input.asOf))
    .filter(actsAnyTime);
}

/** They count facts as they come, or their p stays valid however often one looks. */
const anyTime = new Set(["E1", "E2", "E3'", "blocks", "E4'", "slots", "E8", "E10"]);

/**
 * Whether a check may stop a run at any time. Others speak at planned looks and hold at most in between, since chance speaks up when asked often
 * enough; E11 acts on faults, and waits for a look with shares of missing readings.
 */
export function actsAnyTime({ checkId, exactness }: Pick<Check, "checkId" | "exactness">): boolean {
  return anyTime.has(checkId) || (checkId === "E11" && exactness === "deterministic");
}

const order: readonly string[] = [
  "E1",
  "E2",
  "E3",
  "E3'",
  "blocks",
  "E4",
  "E4'",
  "E4''",
  "E5",
  "slots",
  "E6",
  "E7",
  "E8",
  "E9",
  "E10",
  "E11",
];

/** Facts that are counted as they come. */
function countedChecks(view: View, compared: Comparable): Finding[] {
  const isBlocked = view.mode === "blocked";
  return [
    leak(view),
    ...(testsLane(view) ? [] : [delivery(view), anyTimeFailures(view)]),
    ...(isBlocked ? [blockIntegrity(view, compared)] : []),
    ...(view.mode === "random" || view.mode === "adaptive" ? [sequentialRatio(view)] : []),
    ...(testsSlot(view) ? [plannedSlots(view)] : []),
    captureAge(view),
    throttle(view),
    instrumentation(view),
  ];
}

/** What is asked anew at each look. */
function testedChecks(view: View): Finding[] {
  const { mode } = view;
  const hasOneWeight = mode === "random" && haveOneWeight(dealtPosts(view));
  return [
    ...(testsLane(view) ? [] : [failures(view)]),
    ...(hasOneWeight ? [postRatio(view)] : []),
    ...(mode === "adaptive" || mode === "systematic" || (mode === "random" && !hasOneWeight) ? [changingRatio(view)] : []),
    ...(mode === "blocked" || testsSlot(view) ? [] : [slots(view), prognosis(view), interleaving(view)]),
    composition(view),
  ];
}

function bound(check: Finding, policyHash: string, asOf: number): Check {
  return { ...check, policyHash, asOf };
}

function overall(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === "invalid")) return "invalid";
  if (findings.some(({ checkId, verdict }) => verdict === "insufficient" && isFundamental(checkId))) return "insufficient";
  return findings.some(({ verdict }) => verdict === "warn") ? "warn" : "pass";
}
