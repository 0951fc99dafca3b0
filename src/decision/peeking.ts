// What reading a fixed-sample p-value at every checkpoint does: the first time it looked significant, and whether that survived to the end.
import type { MeanDifference } from "./meanDifference.ts";

export interface Peeking {
  /** Index of the first look with p <= level; null if there is none. */
  readonly firstAt: number | null;
  readonly significantAtEnd: boolean;
  /** Significant at some look. */
  readonly significantEver: boolean;
  /** True if the first significant difference pointed the other way than the last one; null if none was significant. */
  readonly wrongSignAtFirst: boolean | null;
  /** The test at the last look is defined. */
  readonly defined: boolean;
}

/** @param looks of one stream in order of time, at least one; an undefined test is not significant. */
export function peeking(looks: readonly Pick<MeanDifference, "p" | "difference">[], level = 0.05): Peeking {
  const last = looks.at(-1);
  const isSignificant = (look: Pick<MeanDifference, "p"> | undefined) => look !== undefined && look.p !== null && look.p <= level;
  const first = looks.findIndex(isSignificant);
  return {
    firstAt: first === -1 ? null : first,
    significantAtEnd: isSignificant(last),
    significantEver: first !== -1,
    wrongSignAtFirst: first === -1 ? null : Math.sign(looks[first]!.difference) !== Math.sign(last!.difference),
    defined: last !== undefined && last.p !== null,
  };
}
