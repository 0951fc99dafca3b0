import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DomainError } from "../../src/domain/index.ts";
import { createRng, type RngState } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";
import { expectUniform } from "./distance.ts";

const first = (seed: string, n = 8) => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => rng.next());
};
const text = fc.string({ minLength: 1, maxLength: 12, unit: "binary" });

function correlation(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  const meanA = a.reduce((x, y) => x + y, 0) / n;
  const meanB = b.reduce((x, y) => x + y, 0) / n;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((value, at) => {
    ab += (value - meanA) * (b[at]! - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[at]! - meanB) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

describe("a seed", () => {
  test("starts the same stream every time", () => {
    expect(first("demo")).toEqual(first("demo"));
  });

  test("gives these numbers for ever: a change of generator would silently change every recorded run", () => {
    expect(first("demo", 3)).toMatchInlineSnapshot(`
      [
        0.6684792584273964,
        0.7056298372335732,
        0.23705642600543797,
      ]
    `);
    expect(createRng("demo").fork(["layer", "batch"]).nextDouble()).toMatchInlineSnapshot(`0.21146609844884257`);
  });

  test("repeated in itself is another seed: '1', '11', '111', 'ab' and 'abab' are five streams", () => {
    const streams = ["1", "11", "111", "ab", "abab"].map((seed) => first(seed).join());
    expect(new Set(streams).size).toBe(5);
  });

  test("outside ASCII counts whole characters: two CJK names with the same low byte differ", () => {
    expect(first("一")).not.toEqual(first("伀"));
  });

  test.each([
    ["a number", 7],
    ["nothing", undefined],
    ["null", null],
    ["an object", { seed: "a" }],
    ["a list", ["a"]],
    ["an empty string", ""],
  ])("that is %s is refused, not turned into some stream", (_what, seed) => {
    expect(() => createRng(seed as string)).toThrow(
      expect.objectContaining({ name: "DomainError", code: "rng-key", path: "seed", fix: expect.stringContaining("non-empty string") }),
    );
  });
});

describe("neighbouring keys", () => {
  const keys = 20_000;
  const rng = createRng("neighbours");
  const draws = Array.from({ length: keys }, (_, at) => {
    const fork = rng.fork(String(at));
    return [fork.next(), fork.next(), fork.next()] as const;
  });

  test.each([0, 1, 2])("are uncorrelated at draw %i", (at) => {
    const column = draws.map((row) => row[at]!);
    expect(Math.abs(correlation(column.slice(1), column.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(keys));
    expect(Math.abs(correlation(column.slice(10), column.slice(0, -10)))).toBeLessThan(4 / Math.sqrt(keys));
    expectUniform(column);
  });

  test("never start the same stream", () => {
    expect(new Set(draws.map((row) => row.join())).size).toBe(keys);
  });

  test("as plain seeds are uncorrelated too", () => {
    const column = Array.from({ length: keys }, (_, at) => createRng(String(at)).next());
    expect(Math.abs(correlation(column.slice(1), column.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(keys));
    expectUniform(column);
  });
});

describe("a fork", () => {
  test("does not depend on what was drawn or forked before, and draws nothing itself (L8)", () =>
    assertProperty(
      fc.property(text, text, text, fc.nat(20), (seed, key, other, draws) => {
        const calm = createRng(seed);
        const busy = createRng(seed);
        for (let draw = 0; draw < draws; draw++) busy.next();
        busy.fork(other).next();
        const standing = busy.state();
        expect(busy.fork(key).next()).toBe(calm.fork(key).next());
        expect(busy.state()).toEqual(standing);
      }),
    ));

  test("is another stream for every other list of parts", () =>
    assertProperty(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), fc.array(text, { minLength: 1, maxLength: 4 }), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(createRng("s").fork(a).seed).not.toBe(createRng("s").fork(b).seed);
      }),
    ));

  test("keeps its parts apart: ('a', 'bc') is not ('ab', 'c'), nor a fork of a fork", () => {
    const rng = createRng("s");
    const starts = [rng.fork(["a", "bc"]), rng.fork(["ab", "c"]), rng.fork("abc"), rng.fork("a").fork("bc"), rng].map((each) =>
      each.next(),
    );
    expect(new Set(starts).size).toBe(5);
  });

  test("of one part is the fork of that string", () => {
    expect(createRng("s").fork(["a"]).next()).toBe(createRng("s").fork("a").next());
  });

  test("can be started again from the seed it names, as a log entry does", () => {
    const fork = createRng("s").fork(["client", "layer", "batch-7"]);
    expect(createRng(fork.seed).next()).toBe(fork.next());
  });

  test.each([[""], [[]], [["a", ""]], [["a", 7]], [7], [undefined]])("of %j is refused", (key) => {
    expect(() => createRng("s").fork(key as unknown as string)).toThrow(DomainError);
  });
});

describe("state", () => {
  test("survives JSON and continues the same stream, forks included", () =>
    assertProperty(
      fc.property(text, text, fc.nat(50), (seed, other, draws) => {
        const rng = createRng(seed);
        for (let draw = 0; draw < draws; draw++) rng.next();
        const state = JSON.parse(JSON.stringify(rng.state())) as RngState;
        const expected = [rng.next(), rng.nextDouble(), rng.fork("f").next()];
        const restored = createRng(other).restore(state);
        expect([restored.next(), restored.nextDouble(), restored.fork("f").next()]).toEqual(expected);
        expect(rng.restore(state)).toBe(rng);
        expect(rng.next()).toBe(expected[0]);
      }),
    ));

  test.each([[undefined], [{}], [{ ...createRng("s").state(), s0: 1.5 }], [{ ...createRng("s").state(), algorithm: "arc4" }]])(
    "that is not one is refused: %j",
    (state) => {
      const rng = createRng("s");
      expect(() => rng.restore(state as RngState)).toThrow(DomainError);
      expect(rng.next()).toBe(createRng("s").next());
    },
  );
});

describe("numbers", () => {
  test("lie in [0, 1): 32 bits from next, 53 from nextDouble", () => {
    const rng = createRng("numbers");
    let fine = 0;
    for (let draw = 0; draw < 5_000; draw++) {
      const coarse = rng.next();
      expect(coarse >= 0 && coarse < 1 && Number.isInteger(coarse * 2 ** 32)).toBe(true);
      const double = rng.nextDouble();
      expect(double >= 0 && double < 1 && Number.isInteger(double * 2 ** 53)).toBe(true);
      if (!Number.isInteger(double * 2 ** 40)) fine++;
    }
    expect(fine).toBeGreaterThan(4_900);
  });

  test("need no `this`", () => {
    const { next } = createRng("s");
    expect([next(), next()]).toEqual(first("s", 2));
  });
});
