import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BlockTable,
  blockDifferences,
  compositeIndex,
  defaultDecisionPolicy as policy,
  evidenceRule,
  fewestBlocks,
  labelFreeSd,
  type PresetRule,
  type TakenLook,
  walkRule,
} from "../../src/decision/index.ts";
import { createRng, type Rng } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";
import { drawWorld, shareOf, threeErrors, type World } from "./statistics/world.ts";

/** The posts of a drawn world as the rule reads them. */
function tableOf({ proxies, arm, block }: World): BlockTable {
  const arms = new Set(arm).size;
  const values = arm.flatMap((_, post) => proxies.map((own) => own[post]!));
  return { arms, proxies: proxies.length, blocks: new Set(block).size, values, weights: proxies.map(() => 1) };
}
const drawTable = (rng: Rng, blocks: number, effects: readonly number[]): BlockTable => tableOf(drawWorld(rng, blocks, effects));
/** Tests alone, as the published table has them. */
const bare = { ...policy, futility: { chanceMin: null }, harm: { ...policy.harm, eValuePerArm: null } };
const testOnly = (preset: PresetRule): PresetRule => ({ ...preset, leadsMin: 0, expectedLossMax: null });

const someTable = fc
  .record({ arms: fc.integer({ min: 2, max: 4 }), proxies: fc.integer({ min: 1, max: 3 }), blocks: fc.integer({ min: 1, max: 9 }) })
  .chain(({ arms, proxies, blocks }) =>
    fc
      .array(fc.integer({ min: -30, max: 30 }), { minLength: arms * proxies * blocks, maxLength: arms * proxies * blocks })
      .map((tenths): BlockTable => ({
        arms,
        proxies,
        blocks,
        values: tenths.map((value) => value / 10),
        weights: [2, 1, 1].slice(0, proxies),
      })),
  );
const final = (plannedBlocks: number) => ({ plannedBlocks, isLook: true, isFinal: true });

describe("the rule on numbers", () => {
  test("its standardised differences are those of the general statistics on the same posts", async () => {
    await assertProperty(
      fc.property(someTable, (table) => {
        const { arms, proxies, blocks, values } = table;
        const outcome = evidenceRule(table, { ...policy.exploratory, blocksMin: 1, alpha: 0.99 }, policy, final(blocks));
        if (outcome.look === null) return;
        const block = Array.from({ length: blocks * arms }, (_, post) => `b${Math.floor(post / arms)}`);
        const arm = block.map((_, post) => `a${post % arms}`);
        const own = Array.from({ length: proxies }, (_, proxy) => block.map((_, post) => values[post * proxies + proxy]!));
        const varying = own.flatMap((y, proxy) => {
          try {
            return [{ y, sign: 1 as const, weight: table.weights[proxy]!, sd: labelFreeSd(y, block) }];
          } catch {
            return [];
          }
        });
        const index = compositeIndex(varying, block);
        const scale = varying.reduce((sum, { weight }) => sum + weight, 0) / table.weights.reduce((sum, weight) => sum + weight, 0);
        const { differences } = blockDifferences({ index, arm, block, test: "a1", control: "a0" });
        outcome.look.differences[0]!.forEach((difference, at) => expect(difference).toBeCloseTo(differences[at]! * scale, 9));
      }),
    );
  });

  test("swapping two test arms swaps what is said of them; names decide nothing", async () => {
    await assertProperty(
      fc.property(
        someTable.filter(({ arms }) => arms === 3),
        (table) => {
          const { arms, proxies } = table;
          const swapped = Array.from(table.values, (_, at) => {
            const [post, proxy] = [Math.floor(at / proxies), at % proxies];
            const arm = [0, 2, 1][post % arms]!;
            return table.values[(post - (post % arms) + arm) * proxies + proxy]!;
          });
          const one = evidenceRule(table, policy.exploratory, policy, final(table.blocks));
          const other = evidenceRule({ ...table, values: swapped }, policy.exploratory, policy, final(table.blocks));
          expect(other.kind).toBe(one.kind);
          expect(other.arms.map(({ crossed, leads }) => [crossed, leads])).toEqual(
            one.arms.toReversed().map(({ crossed, leads }) => [crossed, leads]),
          );
          const isTied = one.arms[0]!.effect?.mean === one.arms[1]!.effect?.mean;
          expect(isTied || other.winner === (one.winner === null ? null : 3 - one.winner)).toBe(true);
        },
      ),
    );
  });

  test("turning a block that the test arm lost into one it won never turns a winner into none", async () => {
    await assertProperty(
      fc.property(fc.array(fc.integer({ min: -20, max: 30 }), { minLength: 8, maxLength: 8 }), fc.nat(7), (tenths, at) => {
        const tableFrom = (differences: readonly number[]): BlockTable => ({
          arms: 2,
          proxies: 2,
          blocks: 8,
          weights: [1, 1],
          values: differences.flatMap((difference) => [0, 0, difference / 10, difference / 10]),
        });
        const preset = { ...policy.evidence, expectedLossMax: null };
        const one = evidenceRule(tableFrom(tenths), preset, bare, final(8));
        const better = evidenceRule(tableFrom(tenths.map((d, block) => (block === at ? Math.abs(d) : d))), preset, bare, final(8));
        expect(one.kind !== "ship" || better.kind === "ship").toBe(true);
      }),
    );
  });

  test("a crossing that another gate blocked stays a crossing, and is not tested again", () => {
    const table: BlockTable = {
      arms: 2,
      proxies: 2,
      blocks: 12,
      weights: [10, 1],
      values: Array.from({ length: 12 }, (_, block) => [0, 0, 1 + block / 50, block < 6 ? -0.01 : 1]).flat(),
    };
    const early = evidenceRule({ ...table, blocks: 6 }, policy.evidence, bare, { plannedBlocks: 12, isLook: true, isFinal: false });
    expect(early).toMatchObject({ kind: "continue", arms: [{ crossed: true, gates: { leads: false } }] });
    const later = evidenceRule(table, policy.evidence, bare, { ...final(12), looksTaken: [early.look!] });
    expect(later).toMatchObject({ kind: "ship", arms: [{ crossed: true, spending: { crossedAtLook: 1 } }] });
    expect(later.arms[0]!.spending!.looks[1]!.p).toBeNull();
  });

  test("alpha is spent once: a second last look on more blocks is refused, the same look again is the same answer", () => {
    const table = drawTable(createRng("once"), 10, [0.4]);
    const first = evidenceRule({ ...table, blocks: 8 }, policy.evidence, policy, final(8));
    const looksTaken: TakenLook[] = [first.look!];
    const again = evidenceRule({ ...table, blocks: 8 }, policy.evidence, policy, { ...final(8), looksTaken });
    expect(again.look).toBeNull();
    expect(again.arms).toEqual(first.arms);
    expect(() => evidenceRule(table, policy.evidence, policy, { ...final(10), looksTaken })).toThrow(
      expect.objectContaining({ code: "alpha-spent-twice" }),
    );
    expect(() => evidenceRule(table, policy.evidence, policy, final(8))).toThrow(expect.objectContaining({ code: "plan-extended" }));
  });

  test("a block that was voided after a look keeps its place with difference 0", () => {
    const table = drawTable(createRng("voided"), 12, [0.4]);
    const early = evidenceRule({ ...table, blocks: 6 }, policy.evidence, policy, { plannedBlocks: 12, isLook: true, isFinal: false });
    const size = table.arms * table.proxies;
    const without = { ...table, blocks: 11, values: Array.from(table.values).toSpliced(2 * size, size) };
    const places = [0, 1, null, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const late = evidenceRule(without, policy.evidence, policy, { ...final(12), looksTaken: [early.look!], places });
    expect(late.look!.differences[0]).toHaveLength(12);
    expect(late.look!.differences[0]![2]).toBe(0);
  });

  test("below 4 blocks nothing ever wins, and no preset names a winner that its level cannot reach", async () => {
    expect(fewestBlocks(policy.exploratory, 1)).toBe(4);
    expect(fewestBlocks(policy.exploratory, 2)).toBe(5);
    expect(fewestBlocks({ ...policy.evidence, blocksMin: 1 }, 1)).toBe(5);
    await assertProperty(
      fc.property(
        someTable.filter(({ blocks }) => blocks < 4),
        (table) => {
          for (const preset of [policy.evidence, policy.exploratory, policy.regulated, policy.learning])
            expect(evidenceRule(table, preset, policy, final(table.blocks)).winner).toBeNull();
        },
      ),
    );
  });

  test("without any variation within blocks it is insufficient; figures that are not finite are refused", () => {
    const flat = { arms: 2, proxies: 1, blocks: 8, weights: [1], values: Array.from({ length: 16 }, (_, at) => Math.floor(at / 2)) };
    expect(evidenceRule(flat, policy.evidence, policy, final(8))).toMatchObject({ kind: "insufficient", varies: false, winner: null });
    for (const bad of [Number.NaN, Infinity])
      expect(() =>
        evidenceRule({ ...flat, values: flat.values.map((v, at) => (at === 3 ? bad : v)) }, policy.evidence, policy, final(8)),
      ).toThrow("finite");
  });
});

describe("the published rates (validity note 2.5), through the very rule", () => {
  const rows: readonly [string, PresetRule, number, number, number, number][] = [
    ["evidence, 8 blocks", policy.evidence, 8, 0.046, 0.455, 16],
    ["evidence, 12 blocks, looks 6/9/12", policy.evidence, 12, 0.05, 0.58, 20.7],
    ["exploratory, 5 blocks", policy.exploratory, 5, 0.091, 0.46, 10],
    ["exploratory, 8 blocks", policy.exploratory, 8, 0.098, 0.63, 16],
  ];
  test.each(rows)("%s", (name, preset, blocks, nullRate, power, posts) => {
    const rng = createRng(name);
    const runs = 1200;
    const wins = (effect: number) =>
      shareOf(runs, () => walkRule(drawTable(rng, blocks, [effect]), testOnly(preset), bare).winner !== null);
    expect(Math.abs(wins(0) - nullRate)).toBeLessThan(threeErrors(nullRate, runs) + 0.005);
    expect(Math.abs(wins(0.8) - power)).toBeLessThan(threeErrors(power, runs) + 0.015);
    const cost = Array.from({ length: 300 }, () => walkRule(drawTable(rng, blocks, [0.8]), testOnly(preset), bare).posts);
    expect(cost.reduce((sum, one) => sum + one, 0) / cost.length).toBeCloseTo(posts, -0.5);
  });

  test("the bare rule of the first brief names a winner in about half of the experiments without any difference", () => {
    const rng = createRng("seed preset");
    const share = shareOf(1000, () => walkRule(drawTable(rng, 8, [0]), policy.seed, bare).winner !== null);
    expect(Math.abs(share - policy.seed.falseWinnerRate!)).toBeLessThan(threeErrors(0.5, 1000));
  });

  test("futility and harm end null runs early: about 10.7 posts of 16, and no more winners", () => {
    const rng = createRng("futility");
    const runs = Array.from({ length: 800 }, () => walkRule(drawTable(rng, 8, [0]), policy.evidence, policy));
    expect(runs.reduce((sum, { posts }) => sum + posts, 0) / runs.length).toBeLessThan(11.5);
    expect(runs.filter(({ winner }) => winner !== null).length / runs.length).toBeLessThan(0.05 + threeErrors(0.05, 800));
  });
});
