// What has to hold before an experiment goes on: the types' requirements as data (domain/experimentTypes), approval of exactly this, and what ships.
import { type ExperimentType, experimentTypes, type ExperimentTypeFacts } from "../../domain/index.ts";
import type { ExperimentContext, ExperimentEvent } from "./types.ts";

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item) => b.includes(item));

export const factsOf = (type: ExperimentType): ExperimentTypeFacts => experimentTypes[type];

/** What the type asks of a brief before anybody works on it (an engagement experiment is approved reply by reply, a lane test has a person's lane). */
export function typeAllows({ type, approvalLevel, needs }: ExperimentContext): boolean {
  return factsOf(type).approvalLevels.includes(approvalLevel) && (type !== "lane" || needs.includes("browserLane"));
}

/** Two arms or more, each with as many units as the type asks for. */
export function planFitsType({ type }: ExperimentContext, unitsPerArm: readonly number[] | undefined): boolean {
  const { min, max } = factsOf(type).postsPerVariant;
  return (
    unitsPerArm !== undefined && unitsPerArm.length >= 2 && unitsPerArm.every((units) => units >= min && (max === null || units <= max))
  );
}

/** Approval counts for exactly this content and this plan, and a rule's only where nobody asked for a person. */
export function approvesThis({ context, event }: Args): boolean {
  return (
    event.type === "approved" &&
    event.approver !== "" &&
    (event.role !== "rule" || goesWithoutPerson(context)) &&
    context.contentHashes.length > 0 &&
    sameSet(event.contentHashes, context.contentHashes) &&
    event.planHash === context.planHash
  );
}

export function goesWithoutPerson({ approvalLevel, needs, guards }: ExperimentContext): boolean {
  return approvalLevel === "auto" && needs.length === 0 && (guards === "pass" || guards === "warn");
}

/**
 * A winner needs validity, a test that is named, posts that were seen, a rule that may claim one, and a review that found nothing: by a person unless
 * the brief goes without one and nothing warned (laws L6, L7; acknowledging a warn is a person's).
 */
export function ships({ context, event }: Args): boolean {
  return (
    event.type === "reviewed" &&
    event.proposal === "ship" &&
    (event.verdict === "pass" || event.verdict === "warn") &&
    (context.verdict === "pass" || context.verdict === "warn") &&
    event.reviewer !== "" &&
    event.confounders.length === 0 &&
    (event.role !== "rule" || (goesWithoutPerson(context) && event.verdict === "pass")) &&
    namesTest(context, event.winner) &&
    context.preset !== "learning" &&
    context.preset !== "exploratory" &&
    context.planHash !== null &&
    (factsOf(context.type).unit === "replySuggestion" || context.published >= 2)
  );
}

/** Where the variants have rows the winner is one of them, and not control, which stands first. */
function namesTest({ variantIds }: ExperimentContext, winner: string | undefined): boolean {
  return variantIds.length === 0 || (winner !== undefined && variantIds.indexOf(winner) > 0);
}

export type Args = { context: ExperimentContext; event: ExperimentEvent };
