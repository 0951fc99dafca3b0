import { describe, expect, test } from "vitest";
import fc from "fast-check";
import {
  addTallies,
  type CharacteristicsRow,
  decide,
  type DecisionInput,
  type DecisionPolicy,
  defaultDecisionPolicy,
  namedDecisionPolicy,
  operatingCharacteristics,
  type RateName,
  tallyRuns,
  walkRule,
} from "../../src/decision/index.ts";
import { drawBlocks, keepBlocks } from "../../src/decision/world/outcomes.ts";
import { postDocuments } from "../../src/decision/world/postDocuments.ts";
import { type Scenario, type ScenarioCell, scenarioCells, scenarioSchema } from "../../src/domain/index.ts";
import { checkValidity, type ValidityInput } from "../../src/erm/index.ts";
import { createRng } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

const scenario = (more: object = {}): Scenario => scenarioSchema.parse({ name: "try", blocks: [8], effects: [0, 0.8], ...more });
const cellOf = (more: object = {}): ScenarioCell => scenarioCells(scenario(more))[0]!;
const evidence = namedDecisionPolicy("evidence");

function value(rows: readonly CharacteristicsRow[], rate: RateName, cell: string): number | undefined {
  return rows.find((row) => row.rate === rate && row.scenario.includes(cell))?.value;
}

describe("operating characteristics", () => {
  const { rows } = operatingCharacteristics({ policy: evidence, scenario: scenario(), runs: 400, seed: "7" });

  test("a cell without effect shows false winners, one with an effect power; both show cost and errors", () => {
    expect(rows.find(({ rate }) => rate === "falseWinner")).toMatchObject({ policy: "evidence", scenario: "try N=8 effect=0", runs: 400 });
    expect(value(rows, "falseWinner", "effect=0.8")).toBeUndefined();
    expect(value(rows, "power", "effect=0.8")).toBeGreaterThan(value(rows, "falseWinner", "effect=0")! + 0.2);
    for (const { value: rate, se, wilson } of rows) {
      expect(wilson[0]).toBeLessThanOrEqual(rate);
      expect(wilson[1]).toBeGreaterThanOrEqual(rate);
      expect(se).toBeGreaterThanOrEqual(0);
    }
  });

  test("the seed's own rule names a winner in about half of all A/A tests, ours does not", () => {
    const seedRule = operatingCharacteristics({ policy: namedDecisionPolicy("seed"), scenario: scenario(), runs: 400, seed: "7" }).rows;
    expect(value(seedRule, "falseWinner", "effect=0")).toBeGreaterThan(0.4);
    expect(value(rows, "falseWinner", "effect=0")).toBeLessThan(0.1);
  });

  test("among three arms a winner that another arm beats is a wrong winner", () => {
    const found = operatingCharacteristics({
      policy: namedDecisionPolicy("seed"),
      scenario: scenario({ arms: [3], effects: [[0.3, 0.4]] }),
      runs: 200,
      seed: "7",
    }).rows;
    expect(value(found, "wrongWinner", "effect=0.3/0.4")).toBeGreaterThan(0.1);
    expect(value(found, "falseWinner", "effect=0.3/0.4")).toBeUndefined();
  });

  test("faults are told apart from clean runs: a leak is always found", () => {
    const found = operatingCharacteristics({
      policy: evidence,
      scenario: scenario({ effects: [0], faults: [{ kind: "none" }, { kind: "leak", posts: 1 }], failureRate: 0.02 }),
      runs: 50,
      seed: "7",
    }).rows;
    expect(value(found, "detection", "leak=1")).toBe(1);
    expect(value(found, "falseInvalid", "try N=8 effect=0")).toBeLessThan(0.1);
    expect(value(found, "falseInvalid", "leak=1")).toBeUndefined();
  });

  test("an account with a history is watched for throttling, which warns now and then where nothing is wrong", () => {
    const found = operatingCharacteristics({
      policy: evidence,
      scenario: scenario({ blocks: [12], effects: [0], historyPosts: 40 }),
      runs: 200,
      seed: "7",
    }).rows;
    expect(value(found, "falseWarn", "effect=0")).toBeGreaterThan(0);
    expect(value(found, "falseWarn", "effect=0")).toBeLessThan(0.15);
  });

  test("bad input is refused with its path", () => {
    const base = { policy: evidence, scenario: scenario(), runs: 10, seed: "7" };
    expect(refusalOf(() => operatingCharacteristics({ ...base, runs: 0 }))).toMatchObject({ code: "runs-invalid", path: "runs" });
    expect(refusalOf(() => operatingCharacteristics({ ...base, seed: "" }))).toMatchObject({ code: "seed-empty", path: "seed" });
    expect(refusalOf(() => operatingCharacteristics({ ...base, scenario: { ...scenario(), blocks: [1] } }))).toMatchObject({
      code: "scenario-invalid",
      path: "blocks[0]",
    });
  });
});

describe("the synthetic world", () => {
  test("L8: tallies of batches add up to the tally of all runs, wherever it is cut", async () => {
    const cell = cellOf({ failureRate: 0.1 });
    const named = { name: "evidence", policy: evidence };
    const whole = tallyRuns(named, cell, "7", 0, 30);
    await assertProperty(
      fc.property(fc.integer({ min: 0, max: 30 }), (cut) => {
        expect(addTallies(tallyRuns(named, cell, "7", 0, cut), tallyRuns(named, cell, "7", cut, 30))).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });

  test("luck is common: another effect, size or number of arms leaves the draws of the first arms as they are", () => {
    const one = drawBlocks(cellOf(), "7", 3);
    const other = drawBlocks(cellOf({ blocks: [12], effects: [1.5], arms: [3] }), "7", 3);
    for (let block = 0; block < 8; block++)
      for (let proxy = 0; proxy < 3; proxy++) {
        expect(other.values[block * 9 + proxy]).toBe(one.values[block * 6 + proxy]);
        expect(other.values[block * 9 + 3 + proxy]).toBeCloseTo(one.values[block * 6 + 3 + proxy]! + 1.5, 12);
      }
  });

  test("its posts vary and go together as the scenario says", () => {
    const cell = cellOf({ blocks: [60], world: { logSd: 1.4, correlation: 0.6, viralShare: 0, slotSd: 0 } });
    const firsts: number[] = [];
    const seconds: number[] = [];
    for (let run = 0; run < 60; run++) {
      const { values } = drawBlocks(cell, "7", run);
      for (let post = 0; post < 120; post++) {
        firsts.push(values[post * 3]!);
        seconds.push(values[post * 3 + 1]!);
      }
    }
    expect(Math.sqrt(covariance(firsts, firsts))).toBeCloseTo(1.4, 1);
    expect(covariance(firsts, seconds) / 1.4 ** 2).toBeCloseTo(0.6, 1);
  });

  test("a clean blocked experiment passes every check: the short way over numbers and the long way over documents agree", () => {
    for (const arms of [2, 3, 4])
      for (let run = 0; run < 10; run++) {
        const cell = cellOf({ arms: [arms] });
        const { input, completeBlocks } = postDocuments(cell, drawBlocks(cell, "7", run), createRng(`design ${run}`));
        const report = checkValidity(input);
        // Without earlier posts the throttle check has nothing to compare with, and says so.
        const open = report.checks.filter(({ verdict }) => verdict !== "pass").map(({ checkId, verdict }) => `${checkId} ${verdict}`);
        expect([report.verdict, ...open]).toEqual(["pass", "E10 insufficient"]);
        expect(completeBlocks).toHaveLength(8);
      }
  });

  test.each([
    { variable: "hook", failureRate: 0.15, makeUp: false },
    { variable: "slot", failureRate: 0.05 },
  ])("what the walk over numbers says of $variable experiments is what decide says of their documents, look by look", (more) => {
    // Nothing but the looks: a run that failures pause waits for a person, whom no walk has.
    const unhurried = {
      ...evidence,
      futility: { chanceMin: null },
      harm: { ...evidence.harm, eValuePerArm: null },
      failures: { holdAtConsecutive: 1000, pauseAtFailures: 1000, ofAttempts: 1000 },
    };
    const cell = cellOf({ blocks: [12], effects: [1.2], ...more });
    for (let run = 0; run < 12; run++) {
      const table = drawBlocks(cell, "7", run);
      const { input, completeBlocks } = postDocuments(cell, table, createRng(`design ${run}`));
      const walk = walkRule(keepBlocks(table, completeBlocks), evidence.evidence, unhurried, undefined, 12);
      expect(decidedAlong(input, completeBlocks, unhurried)).toEqual({ blocks: walk.blocks, isWon: walk.winner !== null });
    }
  });

  test("the policy of the rows is the one that decides: without a preset it is evidence", () => {
    const rows = operatingCharacteristics({ policy: defaultDecisionPolicy, scenario: scenario(), runs: 20, seed: "7" }).rows;
    expect(new Set(rows.map(({ policy }) => policy))).toEqual(new Set(["evidence"]));
  });
});

function covariance(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(one), mean(other)];
  return mean(one.map((value, at) => (value - a) * (other[at]! - b)));
}

/** Decides on the documents as far as each complete block, until a winner is named or the plan is over; checks are let pass. */
function decidedAlong(input: ValidityInput, completeBlocks: readonly number[], policy: DecisionPolicy) {
  const validity = { ...checkValidity(input), verdict: "pass" as const, checks: [] };
  const review = { reviewer: "ana", confounders: [], acknowledged: [] };
  let looksTaken: NonNullable<DecisionInput["looksTaken"]> = [];
  for (let count = 4; ; count++) {
    const lastBlock = completeBlocks[count - 1]!;
    const posts = input.posts.filter(({ block }) => Number(block.slice("block-".length)) <= lastBlock);
    const ids = new Set(posts.map(({ postId }) => postId));
    const snapshots = input.snapshots.filter(({ postId }) => ids.has(postId));
    const isFinal = count === completeBlocks.length;
    const decision = decide({ ...input, posts, snapshots, validity, review, looks: [6, 9, 12], looksTaken, isFinal }, policy);
    looksTaken = decision.evidence.looksTaken!;
    if (decision.winner !== undefined || isFinal) return { blocks: count, isWon: decision.winner !== undefined };
  }
}
