// Several tests at one level: Holm's step-down adjustment (1979).
import { requireProbability } from "./special/arguments.ts";

/**
 * Adjusted p-values in the order given: rejecting where one is <= alpha keeps the chance of any false rejection <= alpha, whatever the dependence.
 * @throws DomainError for a value outside [0, 1].
 */
export function holm(pValues: readonly number[]): number[] {
  pValues.forEach((p, at) => requireProbability(`pValues[${at}]`, p));
  const order = pValues.map((_, at) => at).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = [...pValues];
  let floor = 0;
  order.forEach((at, rank) => {
    floor = Math.max(floor, Math.min(1, (pValues.length - rank) * pValues[at]!));
    adjusted[at] = floor;
  });
  return adjusted;
}
