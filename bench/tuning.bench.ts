// What tuning and streaming cost: simulated experiments a second through the full rule, and journal events a second through the operators, each
// against the plainest loop over the same data.
import { readFileSync } from "node:fs";
import { from } from "rxjs";
import {
  type BlockTable,
  decide,
  defaultDecisionPolicy,
  holmSpending,
  namedDecisionPolicy,
  operatingCharacteristics,
  readDecisionInput,
  tallyRuns,
  walkRule,
} from "../src/decision/index.ts";
import type { JournalEvent } from "../src/domain/index.ts";
import { scenarioCells, scenarioSchema } from "../src/domain/index.ts";
import { createRng, normal } from "../src/random/index.ts";
import { guardrails, validity } from "../src/stream/index.ts";
import { type BenchRow, compare } from "./support.ts";

const experiments = 2_000;
const events = 200_000;
/** Posts of one experiment in the event stream. */
const postsEach = 20;

export async function rows(): Promise<BenchRow[]> {
  const evidence = namedDecisionPolicy("evidence");
  const [eight, twelve] = scenarioCells(scenarioSchema.parse({ name: "bench", blocks: [8, 12], effects: [0.4] }));
  const stream = manyExperiments(events);
  const perSecond = (ms: number) => `${Math.round((1000 * experiments) / ms).toLocaleString("en")} experiments/s (DESIGN 9: >= 5,000)`;
  const tuned: BenchRow[] = [];
  for (const cell of [eight!, twelve!]) {
    const row = await compare({
      what: `full rule, ${cell.blocks} blocks, ${experiments} simulated experiments`,
      rival: "drawing the same normals and one mean difference",
      ours: () => tallyRuns({ name: "evidence", policy: evidence }, cell, "bench", 0, experiments),
      theirs: () => plainExperiments(cell.blocks),
      rounds: 3,
    });
    tuned.push({ ...row, note: perSecond(row.oursMs) });
  }
  const faulty = scenarioSchema.parse({ name: "bench", blocks: [8], effects: [0], failureRate: 0.02 });
  const whole = await compare({
    what: "rule and checks over documents, 8 blocks, 200 experiments",
    rival: "the rule on numbers alone",
    ours: () => operatingCharacteristics({ policy: defaultDecisionPolicy, scenario: faulty, runs: 200, seed: "bench" }),
    theirs: () => tallyRuns({ name: "evidence", policy: evidence }, eight!, "bench", 0, 200),
    rounds: 3,
  });
  const loop = () => plainLoop(stream);
  return [
    ...tuned,
    whole,
    ...(await decisions()),
    await compare({
      what: `validity(), ${stream.length} events`,
      rival: "a Map and a plain loop",
      ours: () => drain(validity(), stream),
      theirs: loop,
      rounds: 3,
    }),
    await compare({
      what: `guardrails(), ${stream.length} events`,
      rival: "a Map and a plain loop",
      ours: () => drain(guardrails(), stream),
      theirs: loop,
      rounds: 3,
    }),
  ];
}

/** One decision, from the document to the rule to its test: each beside the part of it that cannot be left out. */
async function decisions(): Promise<BenchRow[]> {
  const text = readFileSync(new URL("../examples/inputs/decision-input.valid.json", import.meta.url), "utf8");
  const input = readDecisionInput(JSON.parse(text));
  const { evidence } = defaultDecisionPolicy;
  const unhurried = { ...defaultDecisionPolicy, futility: { chanceMin: null } };
  const three = drawnTable(12, 3);
  const sums = () => repeated(walks, () => signPatternSums(three, 12));
  const spent = [6, 9, 12].map((blocks) => ({ t: blocks / 12, differences: differencesOf(three, 1).slice(0, blocks) }));
  return [
    await compare({
      what: `decide on a document of ${input.posts.length} posts, ${documents} times`,
      rival: "JSON.parse of the document",
      ours: () => repeated(documents, () => decide(input).reasons.length),
      theirs: () => repeated(documents, () => (JSON.parse(text) as { looks: number[] }).looks.length),
    }),
    await compare({
      what: `reading and checking that document, ${documents} times`,
      rival: "JSON.parse of the document",
      ours: () => repeated(documents, () => readDecisionInput(JSON.parse(text)).posts.length),
      theirs: () => repeated(documents, () => (JSON.parse(text) as { looks: number[] }).looks.length),
    }),
    await compare({
      what: `walkRule to its end, 12 blocks x 3 arms, ${walks} times`,
      rival: "sums of the 2^12 sign patterns of both test arms",
      ours: () => repeated(walks, () => walkRule(three, evidence, unhurried).blocks),
      theirs: sums,
    }),
    await compare({
      what: `holmSpending, looks at 6, 9 and 12 blocks, 3 arms, ${walks} times`,
      rival: "sums of the 2^12 sign patterns of both test arms",
      ours: () => repeated(walks, () => holmSpending([spent, spent], { alpha: 0.05 })[0]!.looks.length),
      theirs: sums,
    }),
  ];
}

const documents = 50;
const walks = 100;

function repeated(times: number, work: () => number): number {
  let sum = 0;
  for (let at = 0; at < times; at++) sum += work();
  return sum;
}

function drawnTable(blocks: number, arms: number): BlockTable {
  const rng = createRng("bench/table");
  const values = Float64Array.from({ length: blocks * arms * 3 }, () => normal(rng));
  return { arms, proxies: 3, blocks, values, weights: [1, 1, 1] };
}

function differencesOf({ arms, proxies, blocks, values }: BlockTable, arm: number): number[] {
  return Array.from({ length: blocks }, (_, block) => values[(block * arms + arm) * proxies]! - values[block * arms * proxies]!);
}

function signPatternSums(table: BlockTable, blocks: number): number {
  let atLeast = 0;
  for (const arm of [1, 2]) {
    const differences = differencesOf(table, arm);
    let observed = 0;
    for (const difference of differences) observed += difference;
    for (let pattern = 0; pattern < 2 ** blocks; pattern++) {
      let sum = 0;
      for (let block = 0; block < blocks; block++) sum += (pattern >>> block) & 1 ? -differences[block]! : differences[block]!;
      if (sum >= observed) atLeast++;
    }
  }
  return atLeast;
}

function plainExperiments(blocks: number): number {
  let wins = 0;
  for (let run = 0; run < experiments; run++) {
    const rng = createRng(`bench/${run}`);
    let sum = 0;
    for (let draw = 0; draw < blocks * 2 * 4; draw++) sum += normal(rng);
    if (sum > 0) wins++;
  }
  return wins;
}

function drain(operator: ReturnType<typeof validity> | ReturnType<typeof guardrails>, stream: readonly JournalEvent[]): number {
  let count = 0;
  from(stream)
    .pipe(operator as ReturnType<typeof validity>)
    .subscribe(() => count++);
  return count;
}

function plainLoop(stream: readonly JournalEvent[]): number {
  const byExperiment = new Map<string, number>();
  for (const event of stream) {
    const id = "experimentId" in event ? event.experimentId : undefined;
    if (id !== undefined) byExperiment.set(id, (byExperiment.get(id) ?? 0) + 1);
  }
  return byExperiment.size;
}

/** Experiments one after the other, each ended: what is held in memory stays that of one. Facts alone, which no judge is asked about. */
function manyExperiments(count: number): JournalEvent[] {
  const stream: JournalEvent[] = [];
  for (let experiment = 0; stream.length < count; experiment++) {
    const experimentId = `e${experiment}`;
    for (let post = 0; post < postsEach; post++) {
      const at = 1_803_859_200_000 + (experiment * postsEach + post) * 1_000;
      stream.push({
        type: "outcomeCaptured",
        id: `${experimentId}/${post}`,
        at,
        experimentId,
        snapshot: { postId: `${experimentId}/p${post}`, ageHours: 24, capturedAtMs: at, recordedAt: at, metrics: { reach: 100 + post } },
      });
    }
    stream.push({ type: "experimentEnded", id: `${experimentId}/end`, at: 1_803_859_200_000, experimentId, state: "stopped" });
  }
  return stream;
}
