// Which arm is best, and what choosing another would cost: P(best) and expected loss of independent posteriors by composite Gauss-Legendre
// quadrature (notes/bandits 2.3). Deterministic, and right where a fixed grid fails: arms whose sds differ 100-fold, J- and U-shaped betas.
//
// Rates are integrated over log-odds, where every beta density is smooth with exponential tails whatever its parameters. Panels break where an
// arm's log density has fallen by c^2 / 2 from its mode, c = 1.2, 2.5, 4, 6, 9: for a normal arm its mean +- c sd, for a beta arm the points of
// equal fall, which stand in for quantiles at a hundredth of their price. Distribution functions are not looked up but summed from the same
// density values. Cost: about (6 + 5 arms) panels x 16 nodes x arms; five arms take about 0.2 ms, twenty about 1.3 ms.
import { DomainError } from "../domain/index.ts";
import { cumulativeMatrix, gaussLegendre } from "./quadrature.ts";
import { refuse } from "./samples.ts";
import { requireFinite, requirePositive } from "./special/arguments.ts";
import { normalCdf } from "./special/index.ts";

export type Posterior =
  | { readonly kind: "beta"; readonly a: number; readonly b: number }
  | { readonly kind: "normal"; readonly mean: number; readonly sd: number };

export interface BestOf {
  /** P(arm has the largest value), in the order given; sums to 1. Absolute error below 1e-9. */
  readonly pBest: number[];
  /** E[max of all - this arm], in the unit of the posteriors. */
  readonly expectedLoss: number[];
}

const armsMax = 1_000;
const falls = [1.2, 2.5, 4, 6, 9] as const;
/** Breaks closer than this share of their own arm's panel are merged: like arms then share their panels. */
const mergeShare = 0.3;
const sumTolerance = 1e-8;

const rule = gaussLegendre(16);
const cumulative = cumulativeMatrix(rule);
const order = rule.nodes.length;

/**
 * P(best) and expected loss of arms with independent posteriors. Kinds may be mixed where both speak of the same quantity.
 * @throws DomainError for no arm, more than 1,000, parameters that are not positive and finite (means may be any finite number), or spreads
 * so different that the quadrature does not close (probabilities not summing to 1 within 1e-8).
 */
export function bestOf(posteriors: readonly Posterior[]): BestOf {
  const arms = requirePosteriors(posteriors);
  const means = posteriors.map((posterior) => (posterior.kind === "beta" ? posterior.a / (posterior.a + posterior.b) : posterior.mean));
  if (arms.length === 1) return { pBest: [1], expectedLoss: [0] };

  const panels = panelsOf(arms);
  const count = panels.length * order;
  const values = new Float64Array(count);
  const weights = new Float64Array(count);
  panels.forEach(({ from, to, scale }, panel) => {
    const half = (to - from) / 2;
    for (let node = 0; node < order; node++) {
      const t = from + half * (1 + rule.nodes[node]!);
      values[panel * order + node] = scale === "logOdds" ? 1 / (1 + Math.exp(-t)) : t;
      weights[panel * order + node] = half * rule.weights[node]!;
    }
  });
  const curves = arms.map((arm) => curveOf(arm, panels, values));
  return integrateBest(curves, values, weights, means);
}

/** Density and distribution function of one arm at every node. */
interface Curve {
  readonly density: Float64Array;
  readonly below: Float64Array;
}

function integrateBest(curves: readonly Curve[], values: Float64Array, weights: Float64Array, means: readonly number[]): BestOf {
  const arms = curves.length;
  const pBest = Array.from<number>({ length: arms }).fill(0);
  // Measured from the largest mean, so that a large common level costs the losses no digits.
  const level = Math.max(...means);
  let excess = 0;
  const othersBefore = new Float64Array(arms);
  for (let node = 0; node < values.length; node++) {
    let product = 1;
    for (let arm = 0; arm < arms; arm++) {
      othersBefore[arm] = product;
      product *= curves[arm]!.below[node]!;
    }
    let othersAfter = 1;
    let best = 0;
    for (let arm = arms - 1; arm >= 0; arm--) {
      const here = weights[node]! * curves[arm]!.density[node]! * othersBefore[arm]! * othersAfter;
      pBest[arm]! += here;
      best += here;
      othersAfter *= curves[arm]!.below[node]!;
    }
    excess += best * (values[node]! - level);
  }
  const sum = pBest.reduce((total, p) => total + p, 0);
  if (!(Math.abs(sum - 1) <= sumTolerance))
    throw new DomainError({
      code: "quadrature-open",
      path: "posteriors",
      message: `the probabilities of being best sum to ${sum}, not 1: the spreads of the posteriors differ too much for double precision`,
      fix: "Check the posteriors for an arm with a spread that cannot be meant.",
    });
  return { pBest: pBest.map((p) => p / sum), expectedLoss: means.map((mean) => Math.max(0, excess / sum - (mean - level))) };
}

type Scale = "logOdds" | "linear";

interface Panel {
  readonly from: number;
  readonly to: number;
  readonly scale: Scale;
}

/** One posterior prepared for the nodes. */
interface Arm {
  readonly posterior: Posterior;
  /** Breaks, ascending: the arm's density outside the outermost two is nothing. */
  readonly breaks: readonly number[];
}

function panelsOf(arms: readonly Arm[]): Panel[] {
  const betas = arms.filter(({ posterior }) => posterior.kind === "beta");
  const normals = arms.filter(({ posterior }) => posterior.kind === "normal");
  if (betas.length === 0) return panelsBetween(breaksWithSpacing(normals.map(({ breaks }) => breaks)), "linear");
  if (normals.length === 0) return panelsBetween(breaksWithSpacing(betas.map(({ breaks }) => breaks)), "logOdds");
  // Mixed: below 0 no normal arm can be best (a rate is above it); between 0 and 1 all compete, on log-odds; above 1 only normal arms do.
  const inside = normals.map(({ breaks }) => [...logOddsBreaks, ...breaks.filter((x) => x > 0 && x < 1).map((x) => Math.log(x / (1 - x)))]);
  const above = normals.map(({ breaks }) => [1, ...breaks.filter((x) => x > 1)]);
  return [
    ...panelsBetween(
      breaksWithSpacing([...betas.map(({ breaks }) => breaks), ...inside.map((each) => each.toSorted((a, b) => a - b))]),
      "logOdds",
    ),
    ...panelsBetween(breaksWithSpacing(above.filter((each) => each.length > 1)), "linear"),
  ];
}

/** Breaks for a normal density read on log-odds: tails that fade with the width of the unit interval itself. */
const logOddsBreaks = [-40, -20, -8, -3, 0, 3, 8, 20, 36] as const;

interface Break {
  readonly at: number;
  /** Distance to the arm's own nearest break. */
  readonly spacing: number;
}

function breaksWithSpacing(all: readonly (readonly number[])[]): Break[] {
  return all
    .flatMap((breaks) =>
      breaks.map((at, index) => ({
        at,
        spacing: Math.min(at - (breaks[index - 1] ?? -Infinity), (breaks[index + 1] ?? Infinity) - at),
      })),
    )
    .sort((a, b) => a.at - b.at);
}

function panelsBetween(breaks: readonly Break[], scale: Scale): Panel[] {
  const panels: Panel[] = [];
  let from = breaks[0]?.at ?? 0;
  for (const { at, spacing } of breaks)
    if (at - from > mergeShare * spacing) {
      panels.push({ from, to: at, scale });
      from = at;
    }
  return panels;
}

function curveOf({ posterior, breaks }: Arm, panels: readonly Panel[], values: Float64Array): Curve {
  const density = new Float64Array(values.length);
  const below = new Float64Array(values.length);
  const mixed = panels[0]!.scale === "logOdds" && posterior.kind === "normal";
  const first = mixed ? -Infinity : breaks[0]!;
  const last = mixed ? Infinity : breaks.at(-1)!;
  const betaDensity = posterior.kind === "beta" ? relativeBetaDensity(posterior.a, posterior.b) : undefined;
  let sum = mixed ? normalCdf((0 - posterior.mean) / posterior.sd) : 0;
  panels.forEach(({ from, to, scale }, panel) => {
    const start = panel * order;
    const half = (to - from) / 2;
    const reached = posterior.kind === "beta" && scale === "linear" ? false : to > first && from < last;
    if (!reached) {
      below.fill(sum, start, start + order);
      return;
    }
    for (let node = 0; node < order; node++) {
      const x = values[start + node]!;
      density[start + node] =
        posterior.kind === "beta"
          ? betaDensity!(from + half * (1 + rule.nodes[node]!))
          : normalDensity(x, posterior.mean, posterior.sd) * (scale === "logOdds" ? x * (1 - x) : 1);
    }
    for (let node = 0; node < order; node++) {
      let inner = 0;
      for (let other = 0; other < order; other++) inner += cumulative[node * order + other]! * density[start + other]!;
      below[start + node] = sum + half * inner;
    }
    let mass = 0;
    for (let node = 0; node < order; node++) mass += rule.weights[node]! * density[start + node]!;
    sum += half * mass;
  });
  // A beta density was taken relative to its mode; a normal one is already to scale unless panels cut its far tails.
  if (!mixed)
    for (let at = 0; at < values.length; at++) {
      density[at]! /= sum;
      below[at]! /= sum;
    }
  return { density, below };
}

function normalDensity(x: number, mean: number, sd: number): number {
  const z = (x - mean) / sd;
  return Math.exp(-0.5 * z * z) / (sd * Math.sqrt(2 * Math.PI));
}

/** Density of the log-odds of a beta draw, 1 at its mode log(a / b). */
function relativeBetaDensity(a: number, b: number): (logOdds: number) => number {
  const mode = Math.log(a / b);
  const logDensity = relativeBetaLogDensity(a, b);
  return (logOdds) => Math.exp(logDensity(logOdds - mode));
}

/** s from the mode: a s - (a + b) log(1 + (a / (a + b)) (e^s - 1)), turned round for s > 0 so that nothing overflows or cancels. */
function relativeBetaLogDensity(a: number, b: number): (s: number) => number {
  const total = a + b;
  return (s) =>
    s > 0 ? -b * s - total * Math.log1p((b / total) * Math.expm1(-s)) : a * s - total * Math.log1p((a / total) * Math.expm1(s));
}

function betaBreaks(a: number, b: number): number[] {
  const mode = Math.log(a / b);
  const right = fallDistances(a, b);
  const left = fallDistances(b, a);
  // Parameters below 1 give long flat slopes; the bend between them, at log-odds 0, needs its own breaks.
  const bend = Math.min(a, b) < 1 ? [-8, -3, 0, 3, 8].filter((at) => at > mode - left.at(-1)! && at < mode + right.at(-1)!) : [];
  return [...left.map((s) => mode - s), mode, ...right.map((s) => mode + s), ...bend].sort((x, y) => x - y);
}

/**
 * Distances to the right of the mode at which the log density has fallen by c^2 / 2. Newton on a concave function comes down from the right;
 * a few per cent are enough for a break.
 */
function fallDistances(a: number, b: number): number[] {
  const total = a + b;
  const logDensity = relativeBetaLogDensity(a, b);
  const sd = Math.sqrt(1 / a + 1 / b);
  let s = 0;
  return falls.map((c) => {
    s = Math.max(s, c * sd);
    for (let step = 0; step < 50; step++) {
      const above = a / total / (a / total + (b / total) * Math.exp(-s));
      const move = (logDensity(s) + (c * c) / 2) / (total * above - a);
      s += move;
      if (Math.abs(move) <= 0.02 * s) break;
    }
    return s;
  });
}

function requirePosteriors(posteriors: readonly Posterior[]): Arm[] {
  if (!Array.isArray(posteriors) || posteriors.length === 0 || posteriors.length > armsMax)
    refuse("posteriors", posteriors.length, `must be a list of 1 to ${armsMax} posteriors`, "Pass one posterior per arm.");
  return posteriors.map((posterior: Posterior, at): Arm => {
    switch (posterior.kind) {
      case "beta":
        requirePositive(`posteriors[${at}].a`, posterior.a);
        requirePositive(`posteriors[${at}].b`, posterior.b);
        return { posterior, breaks: betaBreaks(posterior.a, posterior.b) };
      case "normal": {
        const { mean, sd } = posterior;
        requireFinite(`posteriors[${at}].mean`, mean);
        requirePositive(`posteriors[${at}].sd`, sd);
        return { posterior, breaks: [...falls.map((c) => mean - c * sd).reverse(), mean, ...falls.map((c) => mean + c * sd)] };
      }
      default:
        return refuse(
          `posteriors[${at}].kind`,
          (posterior as { kind: unknown }).kind,
          "must be beta or normal",
          'Pass { kind: "beta", a, b } or { kind: "normal", mean, sd }.',
        );
    }
  });
}
