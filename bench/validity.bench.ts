// What the named tests of validity and decision cost, each against the plainest loop that gives the same figure.
import { readFileSync } from "node:fs";
import {
  alphaSpending,
  blockDifferences,
  compositeIndex,
  futility,
  harmEProcess,
  labelFreeSd,
  shrunkEffect,
  slotStratifiedTest,
} from "../src/decision/statistics/index.ts";
import {
  checkValidity,
  chordHours,
  circularEnergyTest,
  sequentialMultinomialStart,
  sequentialMultinomialStep,
  type ValidityInput,
} from "../src/erm/index.ts";
import { drawBlocks, designStream } from "../src/decision/world/outcomes.ts";
import { postDocuments } from "../src/decision/world/postDocuments.ts";
import { scenarioCells, scenarioSchema } from "../src/domain/index.ts";
import { createRng, normal, permutation } from "../src/random/index.ts";
import { type BenchRow, compare } from "./support.ts";

const repeats = 50;
const events = 100_000;

export async function rows(): Promise<BenchRow[]> {
  const rng = createRng("bench/validity");
  const hours = Array.from({ length: 16 }, () => Math.floor(rng.next() * 96) / 4);
  const arm = hours.map((_, post) => post % 2);
  const differences = Array.from({ length: 12 }, () => normal(rng, 0.3));
  const looks = [6, 9, 12].map((n) => ({ differences: differences.slice(0, n), t: n / 12 }));
  const arms = Array.from({ length: events }, () => Math.floor(rng.next() * 3));
  const twelve = posts(12, 2);
  const twelveOfThree = posts(12, 3);

  const finished = JSON.parse(readFileSync("examples/inputs/validity-input.valid.json", "utf8")) as ValidityInput;

  const dealt = withoutBlocks(20);
  const fortyHours = Array.from({ length: 40 }, () => Math.floor(rng.next() * 96) / 4);
  const fortyArms = fortyHours.map((_, post) => post % 2);

  return [
    await compare({
      what: "checkValidity, 20 posts x 2 arms without blocks, 40 earlier posts, 20 experiments",
      rival: "reading the same documents once from JSON",
      ours: () => dealt.map((input) => checkValidity(input).checks.length),
      theirs: () => dealt.map((input) => (JSON.parse(JSON.stringify(input)) as ValidityInput).posts.length),
      note: "DESIGN 9: one experiment < 5 ms",
    }),
    await compare({
      what: "circularEnergyTest, 20 posts per arm, 9,999 draws",
      rival: "the same draws, all pairs of posts anew for each",
      ours: () => circularEnergyTest({ hours: fortyHours, arm: fortyArms, periodHours: 24 }, { rng: createRng("draws") }).p,
      theirs: () => plainDrawnEnergyTest(fortyHours, fortyArms, 24),
    }),
    await compare({
      what: `checkValidity, 8 blocks x 2 arms with history, ${repeats} times`,
      rival: "reading the same document once from JSON",
      ours: () => repeat(() => checkValidity(finished).checks.length),
      theirs: () => repeat(() => (JSON.parse(JSON.stringify(finished)) as ValidityInput).posts.length),
      note: "DESIGN 9: one experiment < 5 ms",
    }),
    await compare({
      what: "circularEnergyTest, 8 posts per arm",
      rival: "all 12,870 arrangements, statistic anew for each",
      ours: () => circularEnergyTest({ hours, arm, periodHours: 24 }).p,
      theirs: () => plainEnergyTest(hours, 24),
    }),
    await compare({
      what: `alphaSpending, looks at 6, 9 and 12 blocks, ${repeats} times`,
      rival: "adding up the 4,096 patterns of the last look",
      ours: () => repeat(() => alphaSpending(looks, { alpha: 0.05 }).crossedAtLook ?? 0),
      theirs: () => repeat(() => plainSignFlip(differences)),
      note: "DESIGN 9: exact test of 12 pairs < 2 ms",
    }),
    await compare({
      what: `slotStratifiedTest, 12 pairs, ${repeats} times`,
      rival: "adding up the 4,096 patterns",
      ours: () => repeat(() => slotStratifiedTest(twelve).p),
      theirs: () => repeat(() => plainSignFlip(differences)),
      note: "DESIGN 9: < 2 ms",
    }),
    await compare({
      what: `one decision's statistics, 12 blocks x 3 arms, ${repeats} times`,
      rival: "adding up 4,096 patterns for each test arm",
      ours: () => repeat(() => decisionStatistics(twelveOfThree)),
      theirs: () => repeat(() => plainSignFlip(differences) + plainSignFlip(differences)),
    }),
    await compare({
      what: `sequentialMultinomial, ${events} events`,
      rival: "a plain loop with mutable counts",
      ours: () => arms.reduce(sequentialMultinomialStep, sequentialMultinomialStart([1, 1, 1])).logBayesFactorMax,
      theirs: () => plainSequentialMultinomial(arms),
    }),
  ];
}

function repeat(work: () => number): number {
  let sum = 0;
  for (let at = 0; at < repeats; at++) sum += work();
  return sum;
}

function posts(blocks: number, arms: number) {
  const rng = createRng(`bench/validity/${arms}`);
  const length = blocks * arms;
  return {
    index: Array.from({ length }, () => normal(rng)),
    arm: Array.from({ length }, (_, post) => (post % arms === 0 ? "control" : `t${post % arms}`)),
    block: Array.from({ length }, (_, post) => `b${Math.floor(post / arms)}`),
    test: "t1",
    control: "control",
  };
}

/** What a decision needs of one experiment at its last look: three proxies, every test arm against control. */
function decisionStatistics({ index, arm, block }: ReturnType<typeof posts>): number {
  const proxies = [1, 2, 3].map((weight) => ({ y: index, sign: 1 as const, weight, sd: labelFreeSd(index, block) }));
  const composite = compositeIndex(proxies, block);
  let sum = 0;
  for (const test of ["t1", "t2"]) {
    const { differences } = blockDifferences({ index: composite, arm, block, test, control: "control" });
    const looks = [6, 9, 12].map((n) => ({ differences: differences.slice(0, n), t: n / 12 }));
    sum += alphaSpending(looks, { alpha: 0.025 }).looks.length;
    sum += harmEProcess(differences, 2).eValue + shrunkEffect(differences, 0.3).expectedLoss;
    sum += futility(differences.slice(0, 9), { plannedBlocks: 12, alpha: 0.05, testArms: 2 })?.chance ?? 0;
  }
  return sum;
}

function plainSignFlip(differences: readonly number[]): number {
  const observed = differences.reduce((sum, d) => sum + d, 0);
  let hits = 0;
  for (let pattern = 0; pattern < 2 ** differences.length; pattern++) {
    let sum = 0;
    for (let block = 0; block < differences.length; block++) sum += (pattern >>> block) & 1 ? -differences[block]! : differences[block]!;
    if (sum >= observed - 1e-12) hits++;
  }
  return hits / 2 ** differences.length;
}

function plainEnergyTest(hours: readonly number[], periodHours: number): number {
  const energy = (mask: number) => {
    let across = 0;
    let within = 0;
    for (let i = 0; i < hours.length; i++)
      for (let j = 0; j < i; j++) {
        const distance = chordHours(hours[i]!, hours[j]!, periodHours);
        if (((mask >>> i) ^ (mask >>> j)) & 1) across += distance;
        else within += distance;
      }
    return across - within;
  };
  const half = hours.length / 2;
  const observed = energy(0b0101_0101_0101_0101);
  let hits = 0;
  let arrangements = 0;
  for (let mask = 0; mask < 2 ** hours.length; mask++) {
    let ones = 0;
    for (let bits = mask; bits !== 0; bits &= bits - 1) ones++;
    if (ones !== half) continue;
    arrangements++;
    if (energy(mask) >= observed - 1e-9) hits++;
  }
  return hits / arrangements;
}

function plainDrawnEnergyTest(hours: readonly number[], arm: readonly number[], periodHours: number): number {
  const rng = createRng("draws");
  const distances = hours.map((x) => hours.map((y) => chordHours(x, y, periodHours)));
  const energy = (labels: readonly number[]) => {
    let sum = 0;
    for (let i = 0; i < labels.length; i++)
      for (let j = 0; j < i; j++) sum += labels[i] === labels[j] ? -distances[i]![j]! : distances[i]![j]!;
    return sum;
  };
  const observed = energy(arm);
  let hits = 0;
  for (let draw = 0; draw < 9_999; draw++) {
    const labels = permutation(rng, arm.length).map((at) => arm[at]!);
    if (energy(labels) >= observed - 1e-9) hits++;
  }
  return (1 + hits) / 10_000;
}

/** Simulated experiments whose arms were dealt at random, a full history beside them. */
function withoutBlocks(postsPerArm: number): ValidityInput[] {
  const [cell] = scenarioCells(
    scenarioSchema.parse({ name: "bench", assignment: "random", blocks: [postsPerArm], effects: [0], historyPosts: 40 }),
  );
  return Array.from({ length: 20 }, (_, run) => postDocuments(cell!, drawBlocks(cell!, "bench", run), designStream("bench", run)).input);
}

function plainSequentialMultinomial(arms: readonly number[]): number {
  const counts = [0, 0, 0];
  let logBayesFactor = 0;
  let highest = 0;
  for (let n = 0; n < arms.length; n++) {
    const arm = arms[n]!;
    logBayesFactor += Math.log((1 + counts[arm]!) / ((3 + n) / 3));
    counts[arm]!++;
    if (logBayesFactor > highest) highest = logBayesFactor;
  }
  return highest;
}
