// How large effects usually are here: the deviation that estimates are pulled towards zero with, from all valid finished experiments on the same
// surface and variable, winners or not, or believing only in winners would feed on its own luck. Source: validity note 2.4.
import { z } from "zod";
import {
  countSchema,
  DomainError,
  type EffectPrior,
  idSchema,
  instantMsSchema,
  surfaceSchema,
  variableNameSchema,
  verdictSchema,
} from "../domain/index.ts";
import { estimateTau } from "../stats/index.ts";
import type { DecisionInput } from "./facts.ts";
import { launchMs } from "./launchUnits.ts";

/** One finished test arm against its control, as `testArmFigures` gives it. */
export const priorExperimentSchema = z.strictObject({
  experimentId: idSchema,
  variantId: idSchema,
  surface: surfaceSchema,
  variable: variableNameSchema,
  verdict: verdictSchema.describe("of its validity; only pass and warn count"),
  endedMs: instantMsSchema.describe("only what had ended before this experiment began counts"),
  blocks: countSchema.describe("complete blocks; fewer than four do not count"),
  logLift: z.number().nullable().describe("raw mean log lift"),
  standardError: z.number().min(0).nullable(),
});
export type PriorExperiment = z.infer<typeof priorExperimentSchema>;

const fewestBlocks = 4;

/**
 * A given tau stands as it is; else it is estimated from the prior experiments that count; else it is the policy's. Pure; the order of the list and
 * entries told twice change nothing.
 * @throws DomainError `prior-contradicts` for one test arm told twice and differently, `tau-invalid` for a tau that is not positive.
 */
export function effectPrior(input: DecisionInput, policyTau: number): EffectPrior {
  const { tau, priorExperiments = [] } = input;
  if (tau !== undefined) {
    if (!(tau > 0 && tau < Infinity)) refuse("tau-invalid", "tau", `tau must be positive, not ${tau}`, "Pass a deviation such as .3.", tau);
    return { tau, source: "given", experiments: 0, leftOut: priorExperiments.length };
  }
  const told = onceEach(priorExperiments);
  const estimates = told.flatMap((prior) => countedEffect(prior, input) ?? []);
  const leftOut = told.length - estimates.length;
  return estimates.length === 0
    ? { tau: policyTau, source: "policy", experiments: 0, leftOut }
    : { tau: estimateTau(estimates, policyTau), source: "estimated", experiments: estimates.length, leftOut };
}

/** Null where it does not count: not comparable, not valid, too small, itself, or not known when this experiment began. */
function countedEffect(prior: PriorExperiment, input: DecisionInput) {
  const { experiment } = input;
  const { surfaces, variableUnderTest } = experiment.brief;
  const { logLift: estimate, standardError } = prior;
  const counts =
    surfaces.includes(prior.surface) &&
    prior.variable === variableUnderTest &&
    (prior.verdict === "pass" || prior.verdict === "warn") &&
    prior.blocks >= fewestBlocks &&
    prior.experimentId !== experiment.experimentId &&
    prior.endedMs <= launchMs(input);
  return counts && estimate !== null && standardError !== null ? { estimate, standardError } : null;
}

/** In order of their names, so that sums come out the same to the last digit (law L8). */
function onceEach(priors: readonly PriorExperiment[]): PriorExperiment[] {
  const byArm = new Map<string, PriorExperiment>();
  priors.forEach((prior, at) => {
    const key = JSON.stringify([prior.experimentId, prior.variantId, prior.surface]);
    const before = byArm.get(key);
    if (before !== undefined && fingerprint(before) !== fingerprint(prior))
      refuse(
        "prior-contradicts",
        `priorExperiments[${at}]`,
        `${prior.variantId} of ${prior.experimentId} is told twice and differently`,
        "Give each finished test arm once.",
        prior.experimentId,
      );
    byArm.set(key, prior);
  });
  return [...byArm].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, prior]) => prior);
}

function fingerprint({ variable, verdict, endedMs, blocks, logLift, standardError }: PriorExperiment): string {
  return JSON.stringify([variable, verdict, endedMs, blocks, logLift, standardError]);
}

function refuse(code: string, path: string, message: string, fix: string, value: unknown): never {
  throw new DomainError({ code, path, message, fix, value });
}
