// All checks of one experiment together. Invalid if any is; insufficient if a check that everything rests on is; then warn, then pass.
import type { Check, ValidityReport, Verdict } from "../domain/index.ts";
import { blockIntegrity } from "./checks/blockIntegrity.ts";
import { captureAge } from "./checks/captureAge.ts";
import { delivery } from "./checks/delivery.ts";
import { instrumentation } from "./checks/instrumentation.ts";
import { leak } from "./checks/leak.ts";
import { postRatio } from "./checks/postRatio.ts";
import { comparable } from "./comparable.ts";
import type { ValidityInput } from "./input.ts";
import { defaultValidityPolicy, type ValidityPolicy, validityPolicyHash } from "./policy.ts";
import type { Finding } from "./record.ts";

/** Without these nothing can be said at all (validity note 2). */
const fundamental = new Set(["E1", "E2", "E8", "E11", "blocks"]);

/**
 * Was the comparison fair? Looks at plan, delivery and readings, never at which arm did better. Pure.
 * Blocked plans are checked by block integrity in place of the ratio check E4; the slot, lane and throttle checks E3, E5 to E7, E9, E10 do not exist yet.
 */
export function checkValidity(input: ValidityInput, policy: ValidityPolicy = defaultValidityPolicy): ValidityReport {
  const policyHash = validityPolicyHash(policy);
  const compared = comparable(input, policy);
  const isBlocked = input.plan.posts.every(({ assignment }) => assignment.mode === "blocked");
  const findings: Finding[] = [
    leak(input),
    delivery(input, policy),
    isBlocked ? blockIntegrity(input, compared, policy) : postRatio(input, policy),
    captureAge(input, policy),
    instrumentation(input, policy),
  ];
  return {
    experimentId: input.experiment.experimentId,
    verdict: overall(findings),
    checks: findings.map((check) => ({ ...check, policyHash, asOf: input.asOf })),
    comparablePostIds: compared.blocks.flatMap(({ posts }) => [...posts.values()].map(({ post }) => post.postId)),
    excluded: [...compared.excluded],
    asOf: input.asOf,
    policyHash,
  };
}

/** A check that counts facts acts at any time; one with a p-value acts at looks only, since chance speaks up when asked often enough. */
export function actsAnyTime({ exactness }: Pick<Check, "exactness">): boolean {
  return exactness === "deterministic";
}

function overall(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === "invalid")) return "invalid";
  if (findings.some(({ checkId, verdict }) => verdict === "insufficient" && fundamental.has(checkId))) return "insufficient";
  return findings.some(({ verdict }) => verdict !== "pass") ? "warn" : "pass";
}
