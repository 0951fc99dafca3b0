// A p-value for the difference of two means that stays valid however often it is read: the mixture sequential probability ratio test with a normal
// mixture over the effect (Johari, Pekelis & Walsh, arXiv 1512.04922), on counts, means and variances at checkpoints.
import { DomainError } from "../domain/index.ts";
import type { SampleMoments } from "./meanDifference.ts";

export interface MomentsLook {
  readonly control: SampleMoments;
  readonly treatment: SampleMoments;
}

export interface MixtureSequentialLook {
  /** ln of the mixture likelihood ratio at this look; null where it is not defined. */
  readonly logRatio: number | null;
  /** min(1, 1 / ratio) of this look alone; 1 where it is not defined. */
  readonly lookP: number;
  /** Least `lookP` so far: P(it is ever <= a) <= a when the arms are equal. 1 at the first look, which only sets the scale. */
  readonly p: number;
}

/**
 * Every look of one stream. With n = 2 / (1 / n_c + 1 / n_t), V = v_c + v_t, d = mean_t - mean_c and tau2 = scale * v_c:
 * ln ratio = (ln V - ln(V + n tau2)) / 2 + n^2 tau2 d^2 / (2 V (V + n tau2)). O(looks).
 * @param looks cumulative, in order of time.
 * @param options.mixtureScale variance of the effects expected, in units of the control's variance; fixed before the data are seen.
 * @throws DomainError `statistics-argument` unless mixtureScale is positive and finite.
 */
export function mixtureSequentialTest(
  looks: readonly MomentsLook[],
  { mixtureScale }: { readonly mixtureScale: number },
): MixtureSequentialLook[] {
  if (!(mixtureScale > 0 && mixtureScale < Infinity))
    throw new DomainError({
      code: "statistics-argument",
      path: "options.mixtureScale",
      message: `mixtureScale must be positive and finite, not ${String(mixtureScale)}`,
      fix: "Pass the variance of past effects over the control's variance.",
      value: mixtureScale,
    });
  let least = 1;
  return looks.map((look, at) => {
    const logRatio = logMixtureRatio(look, mixtureScale);
    const lookP = logRatio === null ? 1 : Math.min(1, Math.exp(-logRatio));
    least = Math.min(least, lookP);
    return { logRatio, lookP, p: at === 0 ? 1 : least };
  });
}

function logMixtureRatio({ control, treatment }: MomentsLook, scale: number): number | null {
  if (control.variance === null || treatment.variance === null || control.count === 0 || treatment.count === 0) return null;
  const n = 2 / (1 / control.count + 1 / treatment.count);
  const variance = control.variance + treatment.variance;
  const mixture = scale * control.variance;
  if (!(variance > 0)) return null;
  const widened = variance + n * mixture;
  return 0.5 * Math.log(variance / widened) + (n * n * mixture * (treatment.mean - control.mean) ** 2) / (2 * variance * widened);
}
