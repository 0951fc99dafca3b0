// The one source of chance: a seeded generator whose named forks depend on keys alone, never on the order of calls.
// Generator: alea of the seedrandom package (Baagoe 2010). Why alea, and why string keys only: tests/random/rng.test.ts.
import seedrandom from "seedrandom";
import { z } from "zod";
import { DomainError, parseWith } from "../domain/index.ts";

/** A seeded stream of uniform numbers. Its methods need no `this` and may be passed around. */
export interface Rng {
  /** The string that started this stream; `createRng(rng.seed)` starts the same stream anew, for forks too. Restoring replaces it. */
  readonly seed: string;
  /** Uniform on [0, 1), a multiple of 2^-32. One step of the generator. */
  next(this: void): number;
  /** Uniform on [0, 1) with 53 bits, for logarithms and tails. Two steps of the generator. */
  nextDouble(this: void): number;
  /**
   * A fresh stream named by this stream's seed and the key's parts. Consumes nothing: a fork is the same whenever it is taken,
   * and `fork("a", ...)` differs for every different list of parts (parts are length-prefixed).
   * @throws DomainError when a part is not a non-empty string, or there is none.
   */
  fork(this: void, key: string | readonly string[]): Rng;
  /** Where the stream stands, as plain JSON. */
  state(this: void): RngState;
  /**
   * Puts this stream (seed included, so that forks follow) where the state was taken, and returns it.
   * @throws DomainError when the state was not made by `state()`.
   */
  restore(this: void, state: RngState): Rng;
}

const word = z.number().min(0).lt(1);

/** JSON shape of `Rng.state()`: alea's three fractions and its carry. */
export const rngStateSchema = z.strictObject({
  algorithm: z.literal("alea"),
  seed: z.string().min(1),
  c: z.int().min(0).max(2_091_639),
  s0: word,
  s1: word,
  s2: word,
});

export type RngState = z.infer<typeof rngStateSchema>;

/**
 * Starts a stream from a seed. Same seed, same numbers, on every machine.
 * @param seed a non-empty string; numbers are refused so that 1 and "1" cannot silently be one stream.
 * @throws DomainError for any other seed.
 */
export function createRng(seed: string): Rng {
  requireKey("seed", seed);
  let key = seed;
  let draw = seedrandom.alea(seed, { state: true });
  const rng: Rng = {
    get seed() {
      return key;
    },
    next: () => draw(),
    nextDouble: () => draw.double(),
    fork: (parts) => createRng(forkKey(key, typeof parts === "string" ? [parts] : parts)),
    state: () => ({ algorithm: "alea", seed: key, ...draw.state() }),
    restore: (state) => {
      const {
        seed: restored,
        c,
        s0,
        s1,
        s2,
      } = parseWith(rngStateSchema, state, {
        code: "rng-state",
        fix: "Pass a value that state() returned.",
      });
      key = restored;
      draw = seedrandom.alea(restored, { state: { c, s0, s1, s2 } });
      return rng;
    },
  };
  return rng;
}

function forkKey(seed: string, parts: readonly string[]): string {
  if (!Array.isArray(parts) || parts.length === 0) refuseKey("key", parts);
  parts.forEach((part, at) => requireKey(parts.length === 1 ? "key" : `key[${at}]`, part));
  return [seed, ...parts].map((part) => `${part.length}:${part}`).join("");
}

function requireKey(path: string, value: unknown): void {
  if (typeof value !== "string" || value === "") refuseKey(path, value);
}

function refuseKey(path: string, value: unknown): never {
  throw new DomainError({
    code: "rng-key",
    path,
    message: `${path} must be a non-empty string${path === "key" ? " or a non-empty list of them" : ""}, not ${value === "" ? "an empty one" : typeof value}`,
    fix: "Pass a non-empty string; write a number as its text.",
    value,
  });
}
