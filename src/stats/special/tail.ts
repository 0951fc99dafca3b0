// A point of a distribution is described by its smaller tail, computed directly and held as a logarithm; the other tail is its complement.
import { log1mExp } from "./logarithms.ts";

export interface Tail {
  readonly side: "lower" | "upper";
  /** Natural logarithm of the probability on that side. */
  readonly log: number;
}

/** Everything lies above the point. */
export const nothingBelow: Tail = { side: "lower", log: -Infinity };
/** Everything lies at or below the point. */
export const nothingAbove: Tail = { side: "upper", log: -Infinity };

export function lowerTail(tail: Tail): number {
  return tail.side === "lower" ? Math.exp(tail.log) : -Math.expm1(tail.log);
}

export function upperTail(tail: Tail): number {
  return tail.side === "upper" ? Math.exp(tail.log) : -Math.expm1(tail.log);
}

export function logLowerTail(tail: Tail): number {
  return tail.side === "lower" ? tail.log : log1mExp(Math.min(tail.log, 0));
}

export function logUpperTail(tail: Tail): number {
  return tail.side === "upper" ? tail.log : log1mExp(Math.min(tail.log, 0));
}

/** The same tail of the mirrored distribution. */
export function mirrored(tail: Tail): Tail {
  return { side: tail.side === "lower" ? "upper" : "lower", log: tail.log };
}
