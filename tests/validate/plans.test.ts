// Plans of 10,000 random briefs: every type, six zones, windows over clock changes, ordinary posts, working hours. Judged by Temporal and by counting.
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "../../src/random/index.ts";
import { compilePlan } from "../../src/schedule/index.ts";
import { expectSoundPlan, planInputArbitrary } from "../schedule/support/planInputs.ts";
import { expectReadable, expectRemedied } from "../schedule/support/remedied.ts";
import { assertProperty } from "../support/property.ts";

const briefs = 10_000;

test("L1: plans of 10,000 random briefs are blocked, paced and right in their zone, or refused with remedies that hold", async () => {
  const counts = new Map<string, number>();
  let refusals = 0;
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  await assertProperty(
    fc.property(planInputArbitrary, fc.string({ minLength: 1 }), (input, seed) => {
      const plan = compilePlan(input, createRng(seed));
      expectSoundPlan(input, plan);
      const [refusal] = plan.refused ?? [];
      count(refusal === undefined ? "planned" : `refused: ${refusal.code}`);
      // What a fix says is done and compiled for one refusal in eight: all would take as long as everything else.
      if (refusal !== undefined && refusal.code !== "wall-time-gap") {
        if (refusals++ % 8 === 0) expectRemedied(input, refusal.fix, seed);
        else expectReadable(input, refusal.fix);
      }
      if (refusal === undefined) {
        count(`planned: ${input.brief.variableUnderTest === "slot" ? "slot" : input.brief.experimentType}`);
        count(`planned: ${input.brief.runWindow.zone}`);
        if (plan.notes.some((note) => note.includes("exists twice"))) count("planned: with a time that exists twice");
      }
    }),
    { numRuns: briefs },
  );
  console.table([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([what, plans]) => ({ what, plans })));
  expect(counts.get("planned")).toBeGreaterThan(briefs / 10);
  for (const type of ["micro", "batch", "engagement", "lane", "slot"]) expect(counts.get(`planned: ${type}`)).toBeGreaterThan(50);
  expect(counts.get("refused: wall-time-gap")).toBeGreaterThan(0);
});

test("L10: over 4,000 keys each arm is at each position as often as its logged probability says", () => {
  const [input] = fc.sample(
    planInputArbitrary.filter((drawn) => drawn.variants.length === 3 && compilePlan(drawn, createRng("1")).refused === undefined),
    { numRuns: 1, seed: 7 },
  );
  const keys = 4000;
  const counts = new Map<string, number>();
  const logged = new Set<number>();
  let blocks = 0;
  for (let key = 0; key < keys; key++)
    for (const posts of Map.groupBy(compilePlan(input!, createRng(`key ${key}`)).posts, ({ block }) => block).values()) {
      blocks++;
      posts.forEach(({ variantId, assignment }, position) => {
        logged.add(assignment.probabilities[variantId]!);
        const cell = `${position} ${variantId}`;
        counts.set(cell, (counts.get(cell) ?? 0) + 1);
      });
    }
  expect([...logged]).toEqual([1 / 3]);
  // Ten standard errors: a bias of a few per cent of a probability would show.
  for (const seen of counts.values()) expect(Math.abs(seen / blocks - 1 / 3)).toBeLessThan(10 * Math.sqrt(2 / 9 / blocks));
  expect(counts.size).toBe(9);
});
