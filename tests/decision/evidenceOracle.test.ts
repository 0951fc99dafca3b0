// Every figure of a decision's evidence, worked out again from the raw posts and readings by the plainest means: all sign patterns one by one, integrals by
// sums of thin slices, products term by term. Shares no code with the rule.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, type DecisionInput, defaultDecisionPolicy } from "../../src/decision/index.ts";
import { designStream, drawBlocks } from "../../src/decision/world/outcomes.ts";
import { postDocuments } from "../../src/decision/world/postDocuments.ts";
import { type Decision, type Guardrail, scenarioCells, scenarioSchema } from "../../src/domain/index.ts";
import { checkValidity, type ValidityInput } from "../../src/erm/index.ts";
import { assertProperty } from "../support/property.ts";

const looks = [5, 7, 8];
const metrics = ["proxy1", "proxy2", "proxy3"];
const reachFloor: Guardrail = {
  id: "reach",
  source: "metric",
  statistic: "reach",
  comparator: "<",
  threshold: 0.5,
  window: { posts: 100 },
  grace: { hours: 24 },
  minPosts: 1,
  action: "hold",
  resume: "human",
};

/** A drawn experiment of 8 blocks as far as its first `blocks`. */
function documentAt(whole: ValidityInput, blocks: number): ValidityInput {
  const posts = whole.posts.filter(({ block }) => Number(block.slice("block-".length)) < blocks);
  const ids = new Set(posts.map(({ postId }) => postId));
  return { ...whole, posts, snapshots: whole.snapshots.filter(({ postId }) => ids.has(postId)) };
}

function drawnExperiment(arms: number, effect: number, seed: string): ValidityInput {
  const cell = scenarioCells(scenarioSchema.parse({ name: "oracle", arms: [arms], blocks: [8], effects: [effect] }))[0]!;
  const { input } = postDocuments(cell, drawBlocks(cell, seed, 0), designStream(seed, 0));
  const brief = { ...input.experiment.brief, guardrails: [...input.experiment.brief.guardrails, reachFloor] };
  return { ...input, experiment: { ...input.experiment, brief } };
}

/** Decides at every look, giving back the looks taken before. */
function decisionsAlong(whole: ValidityInput): { input: ValidityInput; decision: Decision }[] {
  let looksTaken: NonNullable<DecisionInput["looksTaken"]> = [];
  return looks.map((blocks) => {
    const input = documentAt(whole, blocks);
    const review = { reviewer: "ana", confounders: [], acknowledged: [] };
    const decision = decide({ ...input, validity: checkValidity(input), looks, looksTaken, isFinal: blocks === 8, review });
    looksTaken = decision.evidence.looksTaken!;
    return { input, decision };
  });
}

describe("the evidence of a decision, worked out again from the posts", () => {
  test("p and crossings over looks and arms, leads, lift, loss, harm, futility and guardrails", async () => {
    await assertProperty(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom(-1.5, 0, 0.8, 2),
        fc.integer({ min: 1, max: 10_000 }),
        (arms, effect, seed) => {
          const taken: number[][][] = [];
          for (const { input, decision } of decisionsAlong(drawnExperiment(arms, effect, `oracle ${seed}`))) {
            const { evidence } = decision;
            const rows = rowsOf(input, arms);
            const blocks = rows.length;
            taken.push(Array.from({ length: arms - 1 }, (_, at) => rows.map((row) => standardised(rows, row, at + 1))));
            const spent = holmByDefinition(taken, looks, 0.05);
            evidence.arms.forEach((arm, at) => {
              const lifts = rows.map((row) => mean(metrics.map((_, proxy) => row[at + 1]![proxy]! - row[0]![proxy]!)));
              const believed = believe(lifts, 0.3);
              expect(arm.blocks).toBe(blocks);
              expect(arm.logLift).toBeCloseTo(mean(lifts), 10);
              expect(arm.shrunkenLogLift).toBeCloseTo(believed.mean, 6);
              expect(arm.pBetter).toBeCloseTo(believed.pBetter, 6);
              expect(arm.expectedLoss).toBeCloseTo(believed.loss, 6);
              expect(arm.interval![0]).toBeCloseTo(believed.mean - 1.6448536 * believed.sd, 5);
              expect(arm.leads).toEqual(metrics.filter((_, proxy) => mean(rows.map((row) => row[at + 1]![proxy]! - row[0]![proxy]!)) > 0));
              expect(arm.harmE).toBeCloseTo(harmByDefinition(lifts), 8);
              const last = taken.at(-1)![at]!;
              const chance = blocks === 8 ? null : futilityByDefinition(last, 8, 0.05 / (arms - 1));
              expect(arm.futility === null ? null : round(arm.futility)).toBe(chance === null ? null : round(chance));
              const crossedBefore = (spent[at]!.crossedAt ?? Infinity) < taken.length;
              expect(arm.p === null ? null : round(arm.p)).toBe(crossedBefore ? null : round(spent[at]!.p));
            });
            const reach = input.experiment.brief.testVariants.map((_, at) => reachDifferences(input, at + 1));
            const guardrail = evidence.guardrails!.find(({ guardrailId }) => guardrailId === "reach")!;
            expect(guardrail.harmE).toBeCloseTo(Math.max(...reach.map(harmByDefinition)), 8);
            expect(guardrail.pointHarm).toBeCloseTo(Math.min(...reach.map((own) => believe(own, 0.3).mean)), 6);

            const isHarmful = [...evidence.arms.map(({ harmE }) => harmE!), guardrail.harmE!].some((e) => e >= 20 * (arms - 1));
            const mayWin = evidence.arms.filter(
              (arm, at) =>
                spent[at]!.crossedAt !== null && arm.leads.length >= 2 && arm.expectedLoss! <= 0.05 && guardrailIsClean(reach[at]!),
            );
            const best = mayWin.reduce<(typeof mayWin)[number] | null>(
              (found, arm) => (found === null || arm.shrunkenLogLift! > found.shrunkenLogLift! ? arm : found),
              null,
            );
            const winner = isHarmful ? undefined : best?.variantId;
            expect(decision.winner).toBe(winner);
            expect([decision.kind === "stop", decision.kind === "ship"]).toEqual([isHarmful, winner !== undefined]);
            if (decision.kind === "ship") break;
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** Log values by block, arm (control first) and proxy. */
function rowsOf(input: ValidityInput, arms: number): number[][][] {
  const last = new Map(input.snapshots.filter(({ ageHours }) => ageHours === 168).map((one) => [one.postId, one.metrics]));
  const blocks = [...new Set(input.posts.map(({ block }) => block))].sort((a, b) => Number(a.slice(6)) - Number(b.slice(6)));
  return blocks.map((block) =>
    Array.from({ length: arms }, (_, arm) => {
      const post = input.posts.find((one) => one.block === block && one.variantId === (arm === 0 ? "control" : `test${arm}`))!;
      return metrics.map((metric) => Math.log(1 + last.get(post.postId)![metric]!));
    }),
  );
}

function reachDifferences(input: ValidityInput, arm: number): number[] {
  const last = new Map(input.snapshots.filter(({ ageHours }) => ageHours === 168).map((one) => [one.postId, one.metrics["reach"]!]));
  const blocks = [...new Set(input.posts.map(({ block }) => block))].sort((a, b) => Number(a.slice(6)) - Number(b.slice(6)));
  const reachOf = (block: string, id: string) =>
    Math.log(1 + last.get(input.posts.find((one) => one.block === block && one.variantId === id)!.postId)!);
  return blocks.map((block) => reachOf(block, `test${arm}`) - reachOf(block, "control"));
}

/** z difference of one block: each proxy over its root mean square less block means, arms ignored. */
function standardised(rows: number[][][], row: number[][], arm: number): number {
  return mean(
    metrics.map((_, proxy) => {
      const squares = rows.flatMap((own) => {
        const centre = mean(own.map((post) => post[proxy]!));
        return own.map((post) => (post[proxy]! - centre) ** 2);
      });
      return (row[arm]![proxy]! - row[0]![proxy]!) / Math.sqrt(mean(squares));
    }),
  );
}

/** Holm over arms, each judged from its first look; after a crossing the others anew. `taken[look][arm]` are differences. */
function holmByDefinition(taken: number[][][], at: readonly number[], alpha: number) {
  const arms = taken[0]!.length;
  const found: { p: number; crossedAt: number | null }[] = [];
  let open = Array.from({ length: arms }, (_, arm) => arm);
  while (open.length > 0) {
    for (const arm of open)
      found[arm] = spendByDefinition(
        taken.map((look) => look[arm]!),
        at,
        alpha / open.length,
      );
    const left = open.filter((arm) => found[arm]!.crossedAt === null);
    if (left.length === open.length) break;
    open = left;
  }
  return found;
}

function spendByDefinition(own: readonly (readonly number[])[], at: readonly number[], alpha: number) {
  const size = 2 ** own.at(-1)!.length;
  const dead = Array.from({ length: size }, () => false);
  let crossedAt: number | null = null;
  let p = 1;
  own.forEach((differences, look) => {
    const sums = dead.map((_, pattern) => differences.reduce((sum, d, block) => sum + ((pattern >> block) & 1 ? -d : d), 0));
    const already = dead.filter(Boolean).length;
    const wasDead = [...dead];
    sums.forEach((sum, pattern) => {
      if (wasDead[pattern]) return;
      const share = (already + sums.filter((other, one) => !wasDead[one] && other >= sum - 1e-9).length) / size;
      if (pattern === 0) p = share;
      if (share > alpha * (at[look]! / 8) ** 1.5 + 1e-12) return;
      dead[pattern] = true;
      if (pattern === 0) crossedAt = look + 1;
    });
  });
  return { p, crossedAt };
}

function harmByDefinition(differences: readonly number[]): number {
  let most = 1;
  for (let n = 1; n <= differences.length; n++) {
    const wealth = [0.15, 0.3, 0.5, 0.7, 0.9].map((bet) =>
      differences
        .slice(0, n)
        .reduce((product, d, t) => product * (1 - (bet * d) / Math.max(...differences.slice(0, t + 1).map(Math.abs), 1e-300)), 1),
    );
    most = Math.max(most, mean(wealth));
  }
  return most;
}

function futilityByDefinition(differences: readonly number[], planned: number, alpha: number): number {
  const n = differences.length;
  const sigma = Math.sqrt(mean(differences.map((d) => d * d)));
  const sum = differences.reduce((total, d) => total + d, 0);
  return 1 - normalShareBelow((quantileAbove(alpha) * sigma * Math.sqrt(planned) - sum) / (sigma * Math.sqrt(planned - n)));
}

/** Posterior of the lift by sums over a fine grid: prior times likelihood, both normal. */
function believe(lifts: readonly number[], tau: number) {
  const n = lifts.length;
  const delta = mean(lifts);
  const variance = lifts.reduce((sum, lift) => sum + (lift - delta) ** 2, 0) / (n - 1);
  const s = Math.sqrt(((variance / n) * (n - 1)) / (n - 3));
  const reach = 12 * Math.min(s, tau) + Math.abs(delta);
  const steps = 20_000;
  const width = (2 * reach) / steps;
  let [total, first, second, better, loss] = [0, 0, 0, 0, 0];
  for (let at = 0; at < steps; at++) {
    const effect = -reach + (at + 0.5) * width;
    const weight = Math.exp(-(effect ** 2) / (2 * tau ** 2) - (delta - effect) ** 2 / (2 * s ** 2));
    total += weight;
    first += weight * effect;
    second += weight * effect ** 2;
    if (effect > 0) better += weight;
    else loss -= weight * effect;
  }
  const centre = first / total;
  return { mean: centre, sd: Math.sqrt(second / total - centre ** 2), pBetter: better / total, loss: loss / total };
}

function guardrailIsClean(differences: readonly number[]): boolean {
  return believe(differences, defaultDecisionPolicy.tau).mean >= -Math.log(1.25);
}

/** Phi by Simpson's rule from 0. */
function normalShareBelow(z: number): number {
  const steps = 2000;
  const width = z / steps;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(z);
  for (let at = 1; at < steps; at++) sum += (at % 2 === 1 ? 4 : 2) * density(at * width);
  return 0.5 + (sum * width) / 3;
}

/** z with P(Z > z) = alpha, by halving. */
function quantileAbove(alpha: number): number {
  let [low, high] = [0, 10];
  for (let at = 0; at < 60; at++) {
    const middle = (low + high) / 2;
    if (1 - normalShareBelow(middle) > alpha) low = middle;
    else high = middle;
  }
  return low;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** To six digits; never -0. */
const round = (value: number) => Math.round(value * 1e6) / 1e6 + 0;
