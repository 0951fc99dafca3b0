// What to believe of an effect seen in a few blocks, and what shipping it may cost: the mean log lift pulled towards zero by a prior over past
// effects. Source: validity note 2.4.
import { blockEffect, normalNormalShrinkage, type ShrunkenEffect } from "../../stats/index.ts";
import { requireFinite } from "./arguments.ts";

export interface ShrunkEffect extends ShrunkenEffect {
  /** Raw mean log lift and the standard deviation of its error. */
  readonly estimate: number;
  readonly standardError: number;
  /** exp(mean) - 1: .2 is 20 % more. */
  readonly lift: number;
  /** 90 % interval of the lift. */
  readonly liftInterval: readonly [low: number, high: number];
}

/** Shipping is refused above this expected loss, log units. */
export const expectedLossMax = 0.05;

/**
 * Shrunken estimate from log lifts per block. `mean`, `sd`, `expectedLoss` and `interval` are in log units.
 * @param logLifts test less control per block: `blockDifferences` of a `compositeIndex` with every sd 1.
 * @param tau prior deviation of effects; `estimateTau` of finished experiments, .3 without any.
 * @throws DomainError for fewer than four blocks, figures that are not finite, or tau not positive.
 */
export function shrunkEffect(logLifts: readonly number[], tau: number): ShrunkEffect {
  const effect = blockEffect(logLifts);
  const shrunken = normalNormalShrinkage(effect, tau);
  return {
    ...effect,
    ...shrunken,
    lift: liftOf(shrunken.mean),
    liftInterval: [liftOf(shrunken.interval[0]), liftOf(shrunken.interval[1])],
  };
}

/** Relative change of a log difference: exp(x) - 1. @throws DomainError `statistics-argument` when it is not finite. */
export function liftOf(logLift: number): number {
  requireFinite("logLift", logLift);
  return Math.expm1(logLift);
}
