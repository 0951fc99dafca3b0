// Whole-number draws by inversion outward from the mode, for the Monte Carlo branches: binomial and hypergeometric.
import type { Rng } from "../random/index.ts";
import { binomialPmf, logChoose } from "./special/index.ts";

/** Below this the tails left over are rounding of the uniform draw. */
const negligible = 1e-18;

/** Successes in `trials` trials of probability p in (0, 1). About sd steps. */
export function drawBinomial(rng: Rng, trials: number, p: number): number {
  const mode = Math.min(trials, Math.floor((trials + 1) * p));
  const odds = p / (1 - p);
  return drawFromMode(
    rng,
    mode,
    binomialPmf(mode, trials, p),
    (k) => ((trials - k) / (k + 1)) * odds,
    (k) => k / (trials - k + 1) / odds,
  );
}

/** Marked ones among `taken` taken without replacement from `marked` marked and `plain` plain ones. About sd steps. */
export function drawHypergeometric(rng: Rng, marked: number, plain: number, taken: number): number {
  const mode = Math.floor(((taken + 1) * (marked + 1)) / (marked + plain + 2));
  const atMode = Math.exp(logChoose(marked, mode) + logChoose(plain, taken - mode) - logChoose(marked + plain, taken));
  return drawFromMode(
    rng,
    mode,
    atMode,
    (k) => ((marked - k) * (taken - k)) / ((k + 1) * (plain - taken + k + 1)),
    (k) => (k * (plain - taken + k)) / ((marked - k + 1) * (taken - k + 1)),
  );
}

/** `up(k)` is P(k + 1) / P(k) and `down(k)` is P(k - 1) / P(k), both 0 at the ends of the support. */
function drawFromMode(rng: Rng, mode: number, atMode: number, up: (k: number) => number, down: (k: number) => number): number {
  let rest = rng.nextDouble() - atMode;
  let high = mode;
  let low = mode;
  let atHigh = atMode;
  let atLow = atMode;
  while (rest >= 0 && atHigh + atLow > negligible) {
    atHigh *= up(high);
    if (atHigh > 0) {
      high++;
      rest -= atHigh;
      if (rest < 0) return high;
    }
    atLow *= down(low);
    if (atLow > 0) {
      low--;
      rest -= atLow;
      if (rest < 0) return low;
    }
  }
  return mode;
}
