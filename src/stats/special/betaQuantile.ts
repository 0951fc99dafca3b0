// Quantiles of a beta variable as log odds, from which those of beta, F and t follow without loss at either end.
import { logScaledBeta } from "./gammaFunction.ts";
import { betaTailAtLogOdds, logDensityAtLogOdds } from "./incompleteBeta.ts";
import { standardQuantile } from "./normal.ts";
import { solveLogTail } from "./solve.ts";
import { logLowerTail } from "./tail.ts";

/** The log odds log(x / (1 - x)) of the x that has probability p on the given side. */
export function betaLogOddsQuantile(p: number, side: "lower" | "upper", a: number, b: number): number {
  if (p > 0.5) return betaLogOddsQuantile(1 - p, side === "lower" ? "upper" : "lower", a, b);
  if (p === 0) return side === "lower" ? -Infinity : Infinity;
  return side === "lower" ? solveLower(p, a, b) : -solveLower(p, b, a);
}

/** Log odds with P(X <= x) = p <= 1/2. */
function solveLower(p: number, a: number, b: number): number {
  const target = Math.log(p);
  return solveLogTail(
    (logOdds) => ({ log: logLowerTail(betaTailAtLogOdds(a, b, logOdds)), logDensity: logDensityAtLogOdds(a, b, logOdds) }),
    target,
    start(p, target, a, b),
    true,
  );
}

/** With both shapes above 1 Carter's approximation (Abramowitz & Stegun 26.5.22), else the leading term x^a / (a B), else the mean. */
function start(p: number, logP: number, a: number, b: number): number {
  if (a > 1 && b > 1) {
    const z = -standardQuantile(p);
    const h = 2 / (1 / (2 * a - 1) + 1 / (2 * b - 1));
    const lambda = (z * z - 3) / 6;
    const w = (z * Math.sqrt(Math.max(h + lambda, 0))) / h - (1 / (2 * b - 1) - 1 / (2 * a - 1)) * (lambda + 5 / 6 - 2 / (3 * h));
    return Math.log(a) - Math.log(b) - 2 * w;
  }
  const lead = (logP + logScaledBeta(a, b)) / a;
  return lead < -0.1 ? lead - Math.log(-Math.expm1(lead)) : Math.log(a) - Math.log(b);
}
