// The record that a unit was shown its arm: emitted when the variant is rendered or published, once per experiment and unit (assignment note 2.9).
import { sha256Hex } from "../canon/index.ts";
import { DomainError, type JournalEventOf, labelSchema } from "../domain/index.ts";
import type { Evaluation, EvaluationIssue } from "./evaluation.ts";

export type UnitExposed = JournalEventOf<"unitExposed">;

/**
 * The journal event of one exposure.
 * @param atMs when the arm was shown, epoch ms.
 * @throws DomainError `exposure-without-unit`: an evaluation without a unit cannot be joined with anything.
 */
export function exposureEvent(evaluation: Evaluation, atMs: number): UnitExposed {
  const { variant, reason, detail, inExperiment, experiment, unit, bucket, ruleId, hashVersion, assignmentId, propensity } = evaluation;
  if (unit === null || assignmentId === null)
    throw new DomainError({
      code: "exposure-without-unit",
      path: "unit",
      message: `an exposure to ${experiment.name} without a unit cannot be analysed`,
      fix: "Give the context a userId, sessionId, organizationId or unit.",
    });
  const hash = sha256Hex(assignmentId);
  return {
    type: "unitExposed",
    id: `exposure.${hash.slice(0, 32)}`,
    at: atMs,
    experimentName: experiment.name,
    experimentVersion: experiment.version,
    variantId: variant.id,
    unit: { type: unit.type, id: unit.id },
    reason,
    ...(detail !== undefined && { detail }),
    inExperiment,
    hashVersion,
    bucket,
    ...(propensity !== undefined && { propensity: propensity[variant.id]! }),
    ...(ruleId !== undefined && { ruleId }),
    // The journal wants one short line; an endless or multi-line unit id is stood for by its hash.
    assignmentId: labelSchema.safeParse(assignmentId).success ? assignmentId : `sha256:${hash}`,
  };
}

export interface ExposureReporter {
  /** Emits the event of a unit's first exposure; true if it was emitted. Never throws: a failing sink is reported and may be tried again. */
  report(evaluation: Evaluation, atMs: number): boolean;
}

/** How many exposures a reporter remembers; beyond it the oldest are forgotten, and the journal's ids drop what is told twice. */
const rememberedMax = 100_000;

export function createExposureReporter({
  sink,
  onIssue,
}: {
  readonly sink: (event: UnitExposed) => void;
  readonly onIssue?: ((issue: EvaluationIssue) => void) | undefined;
}): ExposureReporter {
  const told = new Set<string>();
  return {
    report(evaluation, atMs) {
      const { assignmentId } = evaluation;
      if (assignmentId === null || told.has(assignmentId)) return false;
      try {
        sink(exposureEvent(evaluation, atMs));
      } catch (error) {
        const experiment = evaluation.experiment.name;
        onIssue?.({ code: "sink-failed", experiment, path: "sink", message: "the exposure sink threw", fix: "Repair the sink.", error });
        return false;
      }
      told.add(assignmentId);
      if (told.size > rememberedMax) told.delete(told.values().next().value!);
      return true;
    },
  };
}
