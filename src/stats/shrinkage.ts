// What to believe about an effect seen in a few posts: a normal prior over past effects pulls the estimate towards zero (notes/validity 2.4).
import { refuse, requireSample } from "./samples.ts";
import { requireFinite, requireNotNegative, requirePositive } from "./special/arguments.ts";
import { normalCdf, normalPdf, normalSf, normalUpperQuantile } from "./special/index.ts";

/** An effect in log units and the standard deviation of its error. */
export interface EffectEstimate {
  readonly estimate: number;
  readonly standardError: number;
}

/** Posterior of the effect. All but `pBetter` in log units: show `Math.expm1` of them as lift. */
export interface ShrunkenEffect {
  readonly mean: number;
  readonly sd: number;
  /** P(effect > 0). */
  readonly pBetter: number;
  /** Expected loss of shipping: E[max(0, -effect)]. */
  readonly expectedLoss: number;
  readonly interval: readonly [low: number, high: number];
}

/** Where there is no history: effects of about a third in log units are usual. */
const tauDefault = 0.3;
const tauRange = [0.1, 0.8] as const;
/** History needed before it counts as much as the default. */
const historyWeight = 10;

/**
 * Normal-normal shrinkage with prior N(0, tau^2): mean m = d tau^2 / (tau^2 + s^2), variance tau^2 s^2 / (tau^2 + s^2).
 * @param tau prior sd in log units, as `estimateTau` gives it.
 * @param level coverage of the interval; .9 by default.
 * @throws DomainError unless estimate is finite, standardError >= 0, tau positive and level inside (0, 1).
 */
export function normalNormalShrinkage({ estimate, standardError }: EffectEstimate, tau: number, level = 0.9): ShrunkenEffect {
  requireFinite("estimate", estimate);
  requireNotNegative("standardError", standardError);
  requireFinite("standardError", standardError);
  requirePositive("tau", tau);
  if (!(level > 0 && level < 1)) refuse("level", level, "must be inside (0, 1)", "Pass a coverage such as .9.");
  const kept = 1 / (1 + (standardError / tau) ** 2);
  const mean = estimate * kept;
  const sd = standardError * Math.sqrt(kept);
  const half = normalUpperQuantile((1 - level) / 2) * sd;
  const interval = [mean - half, mean + half] as const;
  if (sd === 0) return { mean, sd, pBetter: mean > 0 ? 1 : mean < 0 ? 0 : 0.5, expectedLoss: Math.max(0, -mean), interval };
  const z = mean / sd;
  return { mean, sd, pBetter: normalCdf(z), expectedLoss: sd * Math.max(0, normalPdf(z) - z * normalSf(z)), interval };
}

/**
 * The effect of n paired blocks: mean difference, with s^2 = (variance / n)(n - 1) / (n - 3), which makes the normal posterior as wide as
 * Student's t at few blocks.
 * @throws DomainError for fewer than four differences or one that is not finite.
 */
export function blockEffect(differences: readonly number[]): EffectEstimate {
  requireSample("differences", differences, 4);
  const n = differences.length;
  const estimate = differences.reduce((sum, difference) => sum + difference, 0) / n;
  const squares = differences.reduce((sum, difference) => sum + (difference - estimate) ** 2, 0);
  return { estimate, standardError: Math.sqrt(squares / n / (n - 3)) };
}

/**
 * Prior sd of effects on one surface and variable, from all its valid finished experiments (at least four blocks each, winners or not).
 * tauhat^2 = max(0, sum w (d^2 - s^2) / sum w), w = 1 / (s^2 + .09)^2; it counts as J experiments against 10 of the default .3; kept in [.1, .8].
 * @param before takes the place of that .3, in the weights too.
 * @throws DomainError for an estimate that is not finite, a negative standard error, or `before` not positive.
 */
export function estimateTau(history: readonly EffectEstimate[], before = tauDefault): number {
  requirePositive("before", before);
  let weights = 0;
  let excess = 0;
  history.forEach(({ estimate, standardError }, at) => {
    requireFinite(`history[${at}].estimate`, estimate);
    requireNotNegative(`history[${at}].standardError`, standardError);
    requireFinite(`history[${at}].standardError`, standardError);
    const weight = 1 / (standardError ** 2 + before ** 2) ** 2;
    weights += weight;
    excess += weight * (estimate ** 2 - standardError ** 2);
  });
  const observed = history.length === 0 ? 0 : Math.max(0, excess / weights);
  const tau = Math.sqrt((historyWeight * before ** 2 + history.length * observed) / (historyWeight + history.length));
  return Math.min(Math.max(tau, tauRange[0]), tauRange[1]);
}
