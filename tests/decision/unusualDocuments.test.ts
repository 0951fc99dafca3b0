// Documents that are empty, broken, late, contradictory or merely odd, read and decided as `expos decide` does: each ends in a typed error or in the word
// that fits, and none names a winner.
import { describe, expect, test } from "vitest";
import { decide, namedDecisionPolicy, readDecisionInput } from "../../src/decision/index.ts";
import { designStream, drawBlocks } from "../../src/decision/world/outcomes.ts";
import { unitDocuments } from "../../src/decision/world/unitDocuments.ts";
import { type Brief, type DecisionPreset, isDomainError, type Post, scenarioCells, scenarioSchema } from "../../src/domain/index.ts";
import { checkValidity, type ValidityInput } from "../../src/erm/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { finishedExperiment } from "../support/finishedExperiment.ts";

const person = { reviewer: "ana", by: "person", confounders: [], acknowledged: [] };

/** A clear winner in every figure: what must not be shipped below would be, were nothing odd about it. */
function clear(blocks = 8): ValidityInput {
  return finishedExperiment({
    blocks,
    metrics: (block, isTest) => {
      const size = (isTest ? 3 : 1) * (1 + ((block * 5 + (isTest ? 2 : 0)) % 7) / 20);
      return {
        reach: 2000,
        views: 2500,
        reels_skip_rate: 0.4 / size,
        comments: Math.round(30 * size),
        shares: Math.round(50 * size),
        ig_reels_avg_watch_time: 5000,
      };
    },
  });
}

type Document = Record<string, unknown> & { posts: Post[]; plan: { posts: Post[] } };

function documentOf(input: ValidityInput, more: object = {}): Document {
  const document = { ...input, validity: checkValidity(input), looks: input.plan.looks, isFinal: true, review: person, ...more };
  return JSON.parse(JSON.stringify(document)) as Document;
}

/** The kind decided, with `!` before it where a winner is named, or the error's code. */
function said(document: unknown, preset?: DecisionPreset): string {
  try {
    const input = readDecisionInput(document);
    const decision = preset === undefined ? decide(input) : decide(input, namedDecisionPolicy(preset));
    return (decision.winner === undefined ? "" : "!") + decision.kind;
  } catch (error) {
    if (isDomainError(error)) return error.code;
    throw error;
  }
}

const withBrief = (input: ValidityInput, change: Partial<Brief>): ValidityInput => ({
  ...input,
  experiment: { ...input.experiment, brief: { ...input.experiment.brief, ...change } },
});
const withMetric = (input: ValidityInput, metric: string, of: (postId: string, at: number) => number | null): ValidityInput => ({
  ...input,
  snapshots: input.snapshots.map((one, at) => ({ ...one, metrics: { ...one.metrics, [metric]: of(one.postId, at) } })),
});
const flat = (input: ValidityInput): ValidityInput =>
  ["shares", "comments", "reels_skip_rate"].reduce((next, metric) => withMetric(next, metric, () => 1), input);
const guardrail = (change: object) => ({ ...exampleBrief().guardrails.find(({ source }) => source === "metric")!, ...change });
const cutAfter = (input: ValidityInput, blocks: number): ValidityInput => {
  const posts = input.posts.filter(({ block }) => Number(block) < blocks);
  const ids = new Set(posts.map(({ postId }) => postId));
  return { ...input, posts, snapshots: input.snapshots.filter(({ postId }) => ids.has(postId)) };
};
/** The platform said no, and the post went out all the same. */
const failing = (input: ValidityInput, which: (at: number) => boolean): ValidityInput => ({
  ...input,
  posts: input.posts.map((post, at) =>
    which(at) ? { ...post, attempts: [{ attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" as const }] } : post,
  ),
});
/** The same posts, dealt to the arms in another way. */
const dealt = (input: ValidityInput, mode: Post["assignment"]["mode"]): ValidityInput => {
  const of = <P extends Pick<Post, "assignment">>(post: P): P => ({ ...post, assignment: { ...post.assignment, mode } });
  return { ...input, plan: { ...input.plan, posts: input.plan.posts.map(of) }, posts: input.posts.map(of) };
};
const signal = (name: string, clearedAtMs: number | null = null) => ({
  accountEvents: [{ account: exampleBrief().accounts[0]!.id, signal: name, atMs: Date.parse("2027-03-05T00:00Z"), clearedAtMs }],
});
const units = (variable: "lane" | "reply", more: object = {}, seed = "units"): ValidityInput => {
  const cell = scenarioCells(scenarioSchema.parse({ name: "odd", blocks: [10], effects: [3], variable, ...more }))[0]!;
  return unitDocuments(cell, drawBlocks(cell, seed, 0), designStream(seed, 0));
};

test("the document that the others are changes of would ship", () => {
  expect(said(documentOf(clear()))).toBe("!ship");
});

const record = () => decide(readDecisionInput(documentOf(clear()))).evidence.looksTaken![0]!;

const firstSix = ({ blocks, differences }: ReturnType<typeof record>) => ({
  blocks: blocks.slice(0, 6),
  differences: { question: differences["question"]!.slice(0, 6) },
});

const odd: Record<string, readonly [expected: string, document: () => unknown]> = {
  "no proxies": ["decision-input", () => documentOf(withBrief(clear(), { successProxies: [] }))],
  "one metric to rise and to fall": [
    "decision-input",
    () => {
      const [first] = exampleBrief().successProxies;
      return documentOf(withBrief(clear(), { successProxies: [first!, { ...first!, direction: "increase" }] }));
    },
  ],
  "a metric that nobody could read": ["insufficient", () => documentOf(withMetric(clear(), "shares", () => null))],
  "a metric that is missing in the test arm alone": [
    "invalid",
    () => documentOf(withMetric(clear(), "shares", (id) => (id.endsWith("t") ? null : 50))),
  ],
  "no variation at all": ["insufficient", () => documentOf(flat(clear()))],
  "an infinite value": [
    "decision-input",
    () => ({
      ...documentOf(clear()),
      snapshots: JSON.parse(JSON.stringify(clear().snapshots).replace('"shares":50', '"shares":1e999')) as unknown,
    }),
  ],
  "a negative count": [
    "insufficient",
    () =>
      documentOf(
        withMetric(clear(), "shares", () => -1),
        { validity: checkValidity(clear()) },
      ),
  ],
  "a look beyond the plan": ["looks-exceed-plan", () => documentOf(clear(), { looks: [8, 9] })],
  "the same look planned twice": ["alpha-spent-twice", () => documentOf(clear(), { looks: [8, 8] })],
  "alpha spent twice": ["alpha-spent-twice", () => documentOf(clear(), { looksTaken: [record(), record()] })],
  "a plan that grew after its last look": ["alpha-spent-twice", () => documentOf(clear(10), { looks: [8, 10], looksTaken: [record()] })],
  "a plan that grew after an early look": [
    "plan-extended",
    () => documentOf(clear(16), { looks: [6, 12, 16], looksTaken: [{ ...record(), t: 0.5, ...firstSix(record()) }] }),
  ],
  "a look taken under another policy": [
    "policy-changed",
    () => documentOf(clear(), { looksTaken: [{ ...record(), policyHash: `sha256:${"0".repeat(64)}` }] }),
  ],
  "seconds among milliseconds": [
    "clocks-mixed",
    () => {
      const document = documentOf(clear());
      return {
        ...document,
        posts: document.posts.map((post, at) => (at === 3 ? { ...post, publishedMs: Math.round(post.publishedMs! / 1000) } : post)),
      };
    },
  ],
  "a post without a slot": [
    "decision-input",
    () => {
      const document = documentOf(clear());
      return { ...document, posts: document.posts.map(({ slot, ...post }, at) => (at === 0 ? post : { ...post, slot })) };
    },
  ],
  "a post told twice and differently": [
    "post-duplicate",
    () => {
      const document = documentOf(clear());
      return { ...document, posts: [...document.posts, { ...document.posts[0]!, status: "takenDown" }] };
    },
  ],
  "posts of no plan": ["invalid", () => documentOf({ ...clear(), plan: { ...clear().plan, posts: [], looks: [] } }, { looks: [] })],
  "no posts": ["insufficient", () => documentOf({ ...clear(), posts: [], snapshots: [] })],
  "no guardrails": ["insufficient", () => documentOf(withBrief(clear(), { guardrails: [] }))],
  "the validity report of another experiment": [
    "validity-of-another",
    () => documentOf(clear(), { validity: { ...checkValidity(clear()), experimentId: "another" } }),
  ],
  "a reviewer who found a confounder": ["iterate", () => documentOf(clear(), { review: { ...person, confounders: ["confounded"] } })],
  "nobody reviewed it": ["hold", () => documentOf(clear(), { review: undefined })],
  "seven of eight blocks": ["insufficient", () => documentOf(cutAfter(clear(), 7), { validity: checkValidity(clear()) })],
  "a login challenge that is open": ["pause", () => documentOf(clear(), signal("loginChallenge"))],
  "a spam signal, though it is invalid as well": [
    "pause",
    () =>
      documentOf(
        withMetric(clear(), "shares", (id) => (id.endsWith("t") ? null : 50)),
        signal("spamSignal"),
      ),
  ],
  "two failures in a row before the end": [
    "hold",
    () =>
      documentOf(
        failing(cutAfter(clear(12), 5), (at) => at >= 8),
        { isFinal: false, looks: [12] },
      ),
  ],
  "three failures among ten before the end": [
    "pause",
    () =>
      documentOf(
        failing(cutAfter(clear(12), 5), (at) => at % 3 === 0),
        { isFinal: false, looks: [12] },
      ),
  ],
  "a guardrail metric without data after its grace": [
    "insufficient",
    () => documentOf(withMetric(clear(), "ig_reels_avg_watch_time", () => null)),
  ],
  "the same before the end": [
    "hold",
    () =>
      documentOf(
        withMetric(cutAfter(clear(12), 5), "ig_reels_avg_watch_time", () => null),
        { isFinal: false, looks: [12] },
      ),
  ],
  "a guardrail that pauses beside one that holds": [
    "pause",
    () =>
      documentOf(
        withBrief(clear(), { guardrails: [guardrail({ threshold: 9000 }), guardrail({ id: "again", threshold: 9000, action: "pause" })] }),
      ),
  ],
  "a guardrail that holds, at the end": ["iterate", () => documentOf(withBrief(clear(), { guardrails: [guardrail({ threshold: 9000 })] }))],
  "posts that a bandit dealt out": ["insufficient", () => documentOf(dealt(clear(), "adaptive"))],
  "posts that nobody dealt out": ["insufficient", () => documentOf(dealt(clear(), "fixed"))],
  "a plan of five blocks, decided as evidence": ["insufficient", () => documentOf(clear(5))],
  "a micro experiment of three blocks": [
    "iterate",
    () => documentOf(withBrief(clear(3), { experimentType: "micro", decisionPreset: "learning" })),
  ],
  "an experiment that has not begun to be read": [
    "continue",
    () => documentOf({ ...clear(), asOf: clear().experiment.startMs! }, { isFinal: false }),
  ],
  "posts of one arm that were all boosted": [
    "insufficient",
    () => documentOf({ ...clear(), posts: clear().posts.map((post) => (post.isControl ? post : { ...post, boosted: true })) }),
  ],
  "a lane whose attempts fail": ["stop", () => documentOf(units("lane", { effects: [-3] }))],
  "attempts before their end": ["continue", () => documentOf(units("lane"), { isFinal: false })],
  "replies without a difference": ["iterate", () => documentOf(units("reply", { effects: [0] }))],
  "replies without a reading": ["insufficient", () => documentOf({ ...units("reply"), snapshots: [] })],
  "a tau below zero": ["decision-input", () => documentOf(clear(), { tau: -1 })],
  "a field that nobody knows": ["decision-input", () => documentOf(clear(), { winner: "question" })],
  "no document at all": ["decision-input", () => null],
};

test("regulated asks for a person's review and for proof that no guardrail suffers", () => {
  const harmless = (of: (at: number) => number) => withMetric(clear(12), "ig_reels_avg_watch_time", (_, at) => of(at));
  expect(said(documentOf(harmless(() => 5000)), "regulated")).toBe("!ship");
  expect(
    said(
      documentOf(
        harmless(() => 5000),
        { review: { ...person, by: "agent" } },
      ),
      "regulated",
    ),
  ).toBe("hold");
  expect(said(documentOf(harmless((at) => 5000 * Math.exp(Math.sin(5 * at)))), "regulated")).toBe("iterate");
  expect(said(documentOf(harmless((at) => 5000 * Math.exp(Math.sin(5 * at)))), "evidence")).toBe("!ship");
});

test("the bare rule of the first brief says how often it is wrong", () => {
  const decision = decide(readDecisionInput(documentOf(clear(5))), namedDecisionPolicy("seed"));
  expect(decision).toMatchObject({ kind: "ship", evidence: { falseWinnerRate: 0.5 } });
  expect(decision.reasons.at(-1)!.message).toContain("about 50 of 100 experiments");
});

describe("documents that name no winner", () => {
  test.each(Object.keys(odd))("%s", (name) => {
    const [expected, document] = odd[name]!;
    expect(said(document())).toBe(expected);
  });
});
