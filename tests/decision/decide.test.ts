import { describe, expect, test } from "vitest";
import { decisionSchema, type Brief } from "../../src/domain/index.ts";
import { decide, type DecisionInput, defaultDecisionPolicy, guardrailBreaches, testArmFigures } from "../../src/decision/index.ts";
import { checkValidity } from "../../src/erm/index.ts";
import { createRng, normal } from "../../src/random/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { type Finished, finishedExperiment } from "../support/finishedExperiment.ts";

const review = { reviewer: "ana", confounders: [], acknowledged: [] };
const better: NonNullable<Finished["metrics"]> = (block, isTest) => ({
  reach: 2000 + 37 * block,
  reels_skip_rate: (isTest ? 0.25 : 0.45) + 0.01 * (block % 3),
  comments: (isTest ? 45 : 20) + (block % 4),
  shares: (isTest ? 70 : 30) + (block % 5),
  ig_reels_avg_watch_time: 5000 + 10 * block + (isTest ? 5 : 0),
});
/** No difference between the arms: the same figures, dealt to either arm in turn. */
const same: typeof better = (block, isTest) => ({ ...better(block, isTest === (block % 2 === 0)), ig_reels_avg_watch_time: 5000 + block });

function inputOf(change: Finished = {}, more: Partial<DecisionInput> = {}): DecisionInput {
  const input = finishedExperiment(change);
  return { ...input, validity: checkValidity(input), looks: input.plan.looks, isFinal: true, ...more };
}

describe("the evidence preset", () => {
  test("ships what passes every gate, with all evidence, thresholds and the policy's hash", () => {
    const decision = decide(inputOf({ metrics: better }, { review }));
    expect(decision).toMatchObject({ kind: "ship", winner: "question" });
    expect(decision.evidence.arms[0]).toMatchObject({
      blocks: 8,
      p: 2 ** -8,
      minP: 2 ** -8,
      leads: ["reels_skip_rate", "comments", "shares"],
    });
    expect(decisionSchema.safeParse(decision).error?.issues).toBeUndefined();
  });

  test.each<[string, Finished, Partial<DecisionInput>, string, string]>([
    ["no review was made", { metrics: better }, {}, "hold", "review"],
    ["the review found a confounder", { metrics: better }, { review: { ...review, confounders: ["boost"] } }, "iterate", "review"],
    ["the arms do not differ", { metrics: same }, { review }, "iterate", "exactTest"],
    ["the test is mostly worse", { metrics: (block, isTest) => better(block, isTest === (block === 2)) }, { review }, "abandon", "pBetter"],
    ["the test is worse in every block", { metrics: (block, isTest) => better(block, !isTest) }, { review }, "stop", "harm"],
    ["no proxy varies within a block", { metrics: (block) => better(block, true) }, { review }, "insufficient", "variance"],
    [
      "the metric of a guardrail was never read",
      { metrics: (block, isTest) => ({ ...better(block, isTest), ig_reels_avg_watch_time: null }) },
      { review },
      "insufficient",
      "instrumentation",
    ],
    [
      "a guardrail is breached",
      { metrics: (block, isTest) => ({ ...better(block, isTest), ig_reels_avg_watch_time: 1000 }) },
      { review },
      "iterate",
      "guardrails",
    ],
    [
      "a validity warning is open",
      {
        metrics: better,
        post: (post, block, isTest) => (block === 0 && isTest ? { ...post, publishedMs: post.publishedMs! + 90 * 60_000 } : post),
      },
      { review },
      "iterate",
      "warnings",
    ],
  ])("does not ship when %s", (_, change, more, kind, rule) => {
    const decision = decide(inputOf(change, more));
    expect(decision.kind).toBe(kind);
    expect(decision.reasons).toContainEqual(expect.objectContaining({ rule, outcome: "against" }));
  });

  test("an acknowledged warning no longer stands in the way", () => {
    const change: Finished = {
      metrics: better,
      post: (post, block, isTest) => (block === 0 && isTest ? { ...post, publishedMs: post.publishedMs! + 90 * 60_000 } : post),
    };
    expect(decide(inputOf(change, { review: { ...review, acknowledged: ["blocks"] } })).kind).toBe("ship");
  });

  test("L6: an invalid comparison has no winner, however large the effect", () => {
    const decision = decide(
      inputOf(
        {
          metrics: better,
          post: (post, block, isTest) =>
            block < 2 && isTest ? { ...post, status: "publishedWithDefects", defects: ["parts.hook"] } : post,
        },
        { review },
      ),
    );
    expect(decision.kind).toBe("invalid");
    expect(decision.winner).toBeUndefined();
  });

  test.each<[string, (brief: Brief) => Brief]>([["guardrails", (brief) => ({ ...brief, guardrails: [] })]])(
    "L7: without %s it is insufficient",
    (_, change) => {
      expect(decide(inputOf({ metrics: better, brief: change(exampleBrief()) }, { review })).kind).toBe("insufficient");
    },
  );

  test("L7: missing blocks are insufficient at the end and a reason to go on before it", () => {
    const change: Finished = {
      metrics: (block, isTest) => (block === 0 && isTest ? { ...better(block, isTest), comments: null } : better(block, isTest)),
    };
    expect(decide(inputOf(change, { review })).kind).toBe("insufficient");
    expect(decide(inputOf(change, { isFinal: false })).kind).toBe("continue");
  });

  test("L5: an open survival signal pauses before everything else", () => {
    const accountEvents = [{ account: "a", signal: "loginChallenge" as const, atMs: 0, clearedAtMs: null }];
    expect(decide(inputOf({ metrics: better }, { review, accountEvents })).kind).toBe("pause");
  });

  test("its false-winner rate on label shuffles stays near the level: the test is exact", () => {
    let crossed = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const rng = createRng(`null-${run}`);
      const metrics: NonNullable<Finished["metrics"]> = () => ({
        reach: Math.exp(normal(rng, 8, 1)),
        reels_skip_rate: rng.next(),
        comments: Math.exp(normal(rng, 3, 1)),
        shares: Math.exp(normal(rng, 3, 1)),
      });
      if (testArmFigures(finishedExperiment({ metrics }))[0]!.p! <= defaultDecisionPolicy.evidence.alpha) crossed++;
    }
    // Binomial(300, .05): 15 +- 3.8; four standard errors.
    expect(crossed).toBeGreaterThan(1);
    expect(crossed).toBeLessThan(31);
  });
});

test("a value that is a share is compared by ratio: half the skips is a lift of ln 2, whatever log1p would make of it", () => {
  const brief = exampleBrief();
  const [skips] = brief.successProxies;
  const input = finishedExperiment({
    brief: { ...brief, successProxies: [skips!] },
    metrics: (block, isTest) => ({ reels_skip_rate: (isTest ? 0.2 : 0.4) * (1 + block / 100) }),
  });
  expect(testArmFigures(input)[0]!.logLift).toBeCloseTo(Math.LN2, 2);
  const milliseconds = finishedExperiment({
    brief: { ...brief, successProxies: [{ ...skips!, direction: "increase" }] },
    metrics: (block, isTest) => ({ reels_skip_rate: (isTest ? 4000 : 2000) + block }),
  });
  expect(testArmFigures(milliseconds)[0]!.logLift).toBeCloseTo(Math.LN2, 2);
});

test("with one proxy nobody can lead on two: the next step says so", () => {
  const brief = exampleBrief();
  const decision = decide(inputOf({ metrics: better, brief: { ...brief, successProxies: brief.successProxies.slice(0, 1) } }, { review }));
  expect(decision).toMatchObject({ kind: "iterate", next: { suggestion: expect.stringContaining("at least 2 proxies") } });
});

test("the brief's own limit of publish failures pauses a run that the policy would let go on", () => {
  const stopConditions: Brief["stopConditions"] = [{ kind: "publishFailures", failuresMin: 2, attempts: 20 }];
  const failing: Finished = {
    metrics: better,
    post: (post, block, isTest) =>
      block % 5 === 1 && isTest
        ? { ...post, attempts: [{ attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" }, ...post.attempts] }
        : post,
  };
  const kindOf = (brief: Brief) => decide(inputOf({ ...failing, brief }, { isFinal: false, looks: [] })).kind;
  expect(kindOf({ ...exampleBrief(), stopConditions })).toBe("pause");
  expect(kindOf(exampleBrief())).not.toBe("pause");
});

test("the exploratory preset returns a hypothesis, never something to ship", () => {
  const brief = { ...exampleBrief(), decisionPreset: "exploratory" as const };
  expect(decide(inputOf({ blocks: 5, metrics: better, brief }, { review }))).toMatchObject({ kind: "hypothesis", winner: "question" });
});

test("the learning preset names nobody", () => {
  const brief = { ...exampleBrief(), decisionPreset: "learning" as const };
  expect(decide(inputOf({ blocks: 3, metrics: better, brief }, { review })).kind).toBe("iterate");
});

describe("guardrails", () => {
  const { guardrails } = exampleBrief();
  const facts = (posts: ReturnType<typeof finishedExperiment>["posts"], asOf = Infinity) => ({
    posts,
    snapshots: [],
    accountEvents: [],
    asOf,
  });
  const failing = (from: number) =>
    finishedExperiment({
      post: (post, block) =>
        block >= from ? { ...post, attempts: [{ attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" as const }] } : post,
    }).posts;

  test("say nothing while nothing has failed", () => {
    expect(guardrailBreaches(guardrails, facts(finishedExperiment().posts))).toEqual([]);
  });

  test("pause at three failures in ten attempts, hold at two in a row, severest first", () => {
    expect(guardrailBreaches(guardrails, facts(failing(6))).map(({ guardrail, action, value }) => [guardrail.id, action, value])).toEqual([
      ["publish-failures", "pause", 4],
      ["two-failures-in-a-row", "hold", 4],
    ]);
    expect(guardrailBreaches(guardrails, facts(failing(7))).map(({ action }) => action)).toEqual(["hold"]);
  });

  test("L11: a metric that is missing is not counted as zero", () => {
    const input = finishedExperiment({ metrics: () => ({ ig_reels_avg_watch_time: null }) });
    expect(guardrailBreaches(guardrails, { ...facts(input.posts, input.asOf), snapshots: input.snapshots })).toEqual([]);
    const low = finishedExperiment({ metrics: () => ({ ig_reels_avg_watch_time: 1500 }) });
    expect(guardrailBreaches(guardrails, { ...facts(low.posts, low.asOf), snapshots: low.snapshots })).toMatchObject([
      { value: 1500, action: "hold" },
    ]);
  });
});
