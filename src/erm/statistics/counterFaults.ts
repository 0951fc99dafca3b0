// E11, hard faults in the figures of one post and metric: a value that is no number, a lifetime counter that falls, one reading told two ways.
// A reading repeated word for word changes nothing (law L11). Source: validity note 2.2.
import { requireSome } from "./arguments.ts";

export interface Reading {
  readonly capturedAtMs: number;
  /** null is missing, which is not a fault here. */
  readonly value: number | null;
}

export type CounterFault =
  | { readonly kind: "notANumber" | "negative"; readonly capturedAtMs: number; readonly value: number }
  | { readonly kind: "falling"; readonly capturedAtMs: number; readonly value: number; readonly before: number }
  | { readonly kind: "conflicting"; readonly capturedAtMs: number; readonly values: readonly number[] };

/**
 * Faults of a lifetime counter, in order of capture. A fall is measured against the highest believable reading before it. O(n log n).
 * @param readings of one post and one metric, in any order. @throws DomainError `statistics-argument` when there is none.
 */
export function counterFaults(readings: readonly Reading[]): CounterFault[] {
  requireSome("readings", readings);
  const byCapture = new Map<number, Set<number>>();
  for (const { capturedAtMs, value } of readings) {
    if (value === null) continue;
    const values = byCapture.get(capturedAtMs) ?? new Set<number>();
    byCapture.set(capturedAtMs, values.add(value));
  }
  const faults: CounterFault[] = [];
  let highest = 0;
  for (const [capturedAtMs, values] of [...byCapture].sort(([a], [b]) => a - b)) {
    const believable: number[] = [];
    for (const value of values) {
      if (!Number.isFinite(value)) faults.push({ kind: "notANumber", capturedAtMs, value });
      else if (value < 0) faults.push({ kind: "negative", capturedAtMs, value });
      else believable.push(value);
    }
    if (believable.length > 1) faults.push({ kind: "conflicting", capturedAtMs, values: believable.sort((a, b) => a - b) });
    for (const value of believable) {
      if (value < highest) faults.push({ kind: "falling", capturedAtMs, value, before: highest });
    }
    highest = Math.max(highest, ...believable);
  }
  return faults;
}
