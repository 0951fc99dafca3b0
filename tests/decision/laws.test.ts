import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DecisionInput,
  decide,
  decisionPolicyHash,
  defaultDecisionPolicy as policy,
  namedDecisionPolicy,
  type Review,
} from "../../src/decision/index.ts";
import { checkValidity } from "../../src/erm/index.ts";
import { type Brief, type DecisionPreset, decisionPresets, decisionSchema } from "../../src/domain/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { type Finished, finishedExperiment } from "../support/finishedExperiment.ts";
import { assertProperty } from "../support/property.ts";

const review: Review = { reviewer: "ana", by: "person", confounders: [], acknowledged: [] };
const names = new Set(["ship", "hypothesis"]);

/** A finished run whose test arm multiplies every count by `lift`, with noise of its own per post. */
function runOf(lift: number, noise: readonly number[], change: Finished = {}): Finished {
  return {
    ...change,
    metrics: (block, isTest) => {
      const size = (isTest ? lift : 1) * Math.exp(noise[(2 * block + (isTest ? 1 : 0)) % noise.length]! / 10);
      return {
        reach: 2000,
        reels_skip_rate: Math.min(1, 0.4 / size),
        comments: Math.round(30 * size),
        shares: Math.round(50 * size),
        ig_reels_avg_watch_time: Math.round(5000 * Math.exp(noise[block % noise.length]! / 100)),
      };
    },
  };
}
function inputOf(change: Finished, more: Partial<DecisionInput> = {}): DecisionInput {
  const input = finishedExperiment(change);
  return { ...input, validity: checkValidity(input), looks: input.plan.looks, isFinal: true, review, ...more };
}

const someNoise = fc.array(fc.integer({ min: -10, max: 10 }), { minLength: 16, maxLength: 16 });
const someRun = fc
  .record({ lift: fc.constantFrom(0.5, 1, 1.5, 3), noise: someNoise, blocks: fc.integer({ min: 1, max: 9 }) })
  .map(({ lift, noise, blocks }) => runOf(lift, noise, { blocks }));
const somePreset = fc.constantFrom<DecisionPreset>(...decisionPresets);

describe("laws of the decision", () => {
  test("L5: an open survival signal pauses, whatever else is true", async () => {
    await assertProperty(
      fc.property(someRun, somePreset, fc.boolean(), (run, preset, isFinal) => {
        const accountEvents = [{ account: "a", signal: "spamSignal" as const, atMs: 0, clearedAtMs: null }];
        expect(decide(inputOf(run, { accountEvents, isFinal }), namedDecisionPolicy(preset)).kind).toBe("pause");
      }),
      { numRuns: 25 },
    );
  });

  test("L6: an invalid comparison never has a winner, and no review, preset or milder overall verdict changes that", async () => {
    await assertProperty(
      fc.property(someRun, somePreset, fc.constantFrom("pass" as const, "invalid" as const), (run, preset, told) => {
        const input = inputOf(run);
        const checks = input.validity.checks.map((check, at) => (at === 0 ? { ...check, verdict: "invalid" as const } : check));
        const acknowledged = checks.map(({ checkId }) => checkId);
        const decision = decide(
          { ...input, validity: { ...input.validity, verdict: told, checks }, review: { ...review, acknowledged } },
          namedDecisionPolicy(preset),
        );
        expect(decision).toMatchObject({ kind: "invalid" });
        expect(decision.winner).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  const empties: Record<string, (input: DecisionInput) => DecisionInput> = {
    "no proxies": (input) => withBrief(input, { successProxies: [] }),
    "no guardrails": (input) => withBrief(input, { guardrails: [] }),
    "no plan": (input) => ({ ...input, plan: { ...input.plan, posts: [], looks: [] }, looks: [] }),
    "no posts": (input) => ({ ...input, posts: [] }),
    "no readings": (input) => ({ ...input, snapshots: [] }),
    "a proxy that is missing everywhere": (input) => withMetric(input, "shares", null),
    "a guardrail metric that is missing everywhere": (input) => withMetric(input, "ig_reels_avg_watch_time", null),
    "a proxy that is infinite": (input) => withMetric(input, "shares", Infinity),
    "a proxy that is not a number": (input) => withMetric(input, "shares", Number.NaN),
    "a negative count": (input) => withMetric(input, "shares", -1),
    "no variation at all": (input) =>
      ["shares", "comments", "reels_skip_rate"].reduce((next, metric) => withMetric(next, metric, 0.5), input),
  };
  test.each(Object.keys(empties))("L7: %s names no winner under any preset", (name) => {
    const input = empties[name]!(inputOf(runOf(3, [1, -2, 0, 2, -1, 1, 0, -1, 2, 0])));
    for (const preset of decisionPresets) {
      const decision = decide({ ...input, validity: { ...input.validity, verdict: "pass" } }, namedDecisionPolicy(preset));
      expect(decision.winner).toBeUndefined();
      expect(decision.kind).toBe("insufficient");
    }
  });

  test("L8: the order of posts and readings, and readings told twice, change nothing", async () => {
    await assertProperty(
      fc.property(someRun, somePreset, fc.infiniteStream(fc.nat(1000)), (run, preset, keys) => {
        const input = inputOf(run);
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((item) => ({ item, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const other = { ...input, posts: shuffled(input.posts), snapshots: shuffled([...input.snapshots, ...input.snapshots]) };
        expect(decide(other, namedDecisionPolicy(preset))).toEqual(decide(input, namedDecisionPolicy(preset)));
      }),
      { numRuns: 25 },
    );
  });

  test("L8: however often one asks between the planned looks, the looks say the same", async () => {
    await assertProperty(
      fc.property(fc.constantFrom(0.5, 1, 1.4, 2), someNoise, fc.subarray([4, 5, 7, 8, 10, 11]), (lift, noise, asked) => {
        const whole = finishedExperiment(runOf(lift, noise, { blocks: 12 }));
        const decisionAt = (blocks: number, looksTaken: NonNullable<DecisionInput["looksTaken"]>) => {
          const ids = new Set(whole.posts.filter(({ block }) => Number(block) < blocks).map(({ postId }) => postId));
          const posts = whole.posts.filter(({ postId }) => ids.has(postId));
          const partial = { ...whole, posts, snapshots: whole.snapshots.filter(({ postId }) => ids.has(postId)) };
          return decide({ ...partial, validity: checkValidity(partial), looks: [6, 9, 12], looksTaken, isFinal: blocks === 12, review });
        };
        const along = (moments: readonly number[]) => {
          let looksTaken: NonNullable<DecisionInput["looksTaken"]> = [];
          return moments.flatMap((blocks) => {
            const decision = decisionAt(blocks, looksTaken);
            looksTaken = decision.evidence.looksTaken!;
            return [6, 9, 12].includes(blocks) ? [decision] : [];
          });
        };
        expect(along([...asked, 6, 9, 12].sort((a, b) => a - b))).toEqual(along([6, 9, 12]));
      }),
      { numRuns: 10 },
    );
  });

  test("L10: every decision fits its schema and carries thresholds, policy hash and the looks it took", async () => {
    await assertProperty(
      fc.property(someRun, somePreset, fc.boolean(), (run, preset, isFinal) => {
        const named = namedDecisionPolicy(preset);
        const decision = decide(inputOf(run, { isFinal }), named);
        expect(decisionSchema.safeParse(JSON.parse(JSON.stringify(decision))).error?.issues).toBeUndefined();
        expect(decision.evidence.policyHash).toBe(decisionPolicyHash(named));
        expect(decision.evidence.preset).toBe(preset);
        expect(decision.evidence.thresholds).toMatchObject({ alpha: named[preset].alpha, leadsMin: named[preset].leadsMin });
        expect(decision.reasons.length).toBeGreaterThan(0);
        const isTested = decision.kind === "ship" && named[preset].test !== "none";
        expect(decision.evidence.looksTaken!.length).toBeGreaterThanOrEqual(isTested ? 1 : 0);
      }),
      { numRuns: 25 },
    );
  });

  test("L11: a reading that comes after the present changes nothing", () => {
    const input = inputOf(runOf(2, [1, -1, 2, 0, -2, 1]));
    const late = input.snapshots.map((snapshot) => ({
      ...snapshot,
      recordedAt: input.asOf + 1,
      metrics: Object.fromEntries(Object.keys(snapshot.metrics).map((metric) => [metric, 0])),
    }));
    expect(decide({ ...input, snapshots: [...input.snapshots, ...late] })).toEqual(decide(input));
  });

  test("a review can only make less of a decision", async () => {
    await assertProperty(
      fc.property(someRun, somePreset, fc.constantFrom("boost", "outage"), (run, preset, confounder) => {
        const named = namedDecisionPolicy(preset);
        const clean = decide(inputOf(run), named);
        const found = decide(inputOf(run, { review: { ...review, confounders: [confounder] } }), named);
        expect(names.has(found.kind)).toBe(false);
        expect(found.kind === clean.kind || names.has(clean.kind)).toBe(true);
        const { review: _, ...unreviewed } = inputOf(run);
        const none = decide(unreviewed, named);
        expect(none.kind === clean.kind || !names.has(none.kind)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test("the names of the arms decide nothing", async () => {
    await assertProperty(
      fc.property(someRun, somePreset, (run, preset) => {
        const input = inputOf(run);
        const renamed = JSON.parse(
          JSON.stringify(input, (_, value: unknown) => (value === "question" ? "aaa" : value)).replaceAll('"question":', '"aaa":'),
        ) as DecisionInput;
        const one = decide(input, namedDecisionPolicy(preset));
        const other = decide(renamed, namedDecisionPolicy(preset));
        expect(other.kind).toBe(one.kind);
        expect(other.evidence.arms.map((arm) => ({ ...arm, variantId: "" }))).toEqual(
          one.evidence.arms.map((arm) => ({ ...arm, variantId: "" })),
        );
      }),
      { numRuns: 20 },
    );
  });
});

describe("looks and policies that contradict themselves are refused", () => {
  const input = inputOf(runOf(2, [1, -1, 2, 0, -2, 1], { blocks: 12 }));
  const [record] = decide(input).evidence.looksTaken!;
  test.each<[string, Partial<DecisionInput>, string]>([
    ["a look beyond the plan", { looks: [6, 13] }, "looks-exceed-plan"],
    ["the same look twice", { looks: [6, 6] }, "alpha-spent-twice"],
    ["a record twice", { looksTaken: [record!, record!] }, "alpha-spent-twice"],
    ["a record of another policy", { looksTaken: [{ ...record!, policyHash: `sha256:${"0".repeat(64)}` }] }, "policy-changed"],
    ["a record without differences", { looksTaken: [{ ...record!, differences: {} }] }, "look-record"],
    [
      "a last look before blocks that came later",
      {
        looksTaken: [
          { ...record!, blocks: record!.blocks.slice(0, 8), differences: { question: record!.differences["question"]!.slice(0, 8) } },
        ],
      },
      "alpha-spent-twice",
    ],
  ])("%s", (_, change, code) => {
    expect(() => decide({ ...input, ...change })).toThrow(expect.objectContaining({ code }));
  });

  test("contradictory directions of one metric", () => {
    const [proxy] = input.experiment.brief.successProxies;
    const contradiction = withBrief(input, { successProxies: [proxy!, { ...proxy!, direction: "increase" }] });
    expect(() => decide(contradiction)).toThrow(expect.objectContaining({ code: "proxies-contradict" }));
  });

  test("a look given back is not taken again; a policy cannot be changed in place", () => {
    const again = decide({ ...input, looksTaken: [record!] });
    expect(again.evidence.looksTaken).toEqual([record]);
    expect(again.kind).toBe(decide(input).kind);
    expect(() => Object.assign(policy.evidence, { alpha: 0.5 })).toThrow(TypeError);
  });
});

describe("between looks", () => {
  const halfway = (lift: number, more: Finished = {}) => {
    const input = finishedExperiment(runOf(lift, [1, -1, 2, 0, -2, 1, 0, 1], { blocks: 12, ...more }));
    const blocks = new Set(input.plan.posts.slice(0, 12).map(({ block }) => block));
    const posts = input.posts.filter(({ block }) => blocks.has(block));
    const ids = new Set(posts.map(({ postId }) => postId));
    const partial = { ...input, posts, snapshots: input.snapshots.filter(({ postId }) => ids.has(postId)) };
    return { ...partial, validity: checkValidity(partial), looks: [6, 9, 12], review };
  };

  test("a crossing at the first look ships early and is recorded with its half of the plan", () => {
    const decision = decide(halfway(4));
    expect(decision).toMatchObject({ kind: "ship", winner: "question", evidence: { look: 1, looksTaken: [{ t: 0.5 }] } });
  });

  test("no difference goes on; a hopeless arm is given up, as a recommendation", () => {
    expect(decide(halfway(1.01))).toMatchObject({ kind: expect.stringMatching("continue|abandon") });
    const hopeless = decide(halfway(0.5));
    expect(hopeless).toMatchObject({ kind: "abandon" });
    expect(hopeless.reasons[0]).toMatchObject({ rule: "futility", outcome: "against" });
  });

  test("two failures in a row hold it, three of ten attempts pause it", () => {
    const failing = (posts: readonly number[]): DecisionInput => {
      const input = withBrief(halfway(1.01), { guardrails: exampleBrief().guardrails.filter(({ source }) => source !== "publish") });
      return {
        ...input,
        isFinal: false,
        posts: input.posts.map((post, at) =>
          posts.includes(at) ? { ...post, attempts: [{ attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" as const }] } : post,
        ),
      };
    };
    expect(decide(failing([10, 11]))).toMatchObject({ kind: "hold", reasons: [{ rule: "failures" }] });
    expect(decide(failing([3, 6, 9]))).toMatchObject({ kind: "pause", reasons: [{ rule: "failures" }] });
  });
});

describe("several test arms", () => {
  test("the arm with the largest shrunken lift wins among those that pass", () => {
    const two = finishedExperiment(runOf(1.6, [1, -1, 2, 0, -2, 1, 0, 1]));
    const brief = two.experiment.brief;
    const third = { ...brief.testVariants[0]!, id: "bold" };
    const posts = two.posts.flatMap((post) =>
      post.isControl ? [post] : [post, { ...post, postId: `${post.postId}2`, variantId: "bold" }],
    );
    const snapshots = two.snapshots.flatMap((snapshot) => {
      if (snapshot.postId.endsWith("c")) return [snapshot];
      const scaled = Object.fromEntries(
        Object.entries(snapshot.metrics).map(([metric, value]) => [
          metric,
          metric === "comments" || metric === "shares" ? 2 * value! : value,
        ]),
      );
      return [snapshot, { ...snapshot, postId: `${snapshot.postId}2`, metrics: scaled }];
    });
    const plan = { ...two.plan, posts: posts.map(({ attempts: _a, publishedMs: _p, status: _s, ...planned }) => planned) };
    const input = {
      ...two,
      experiment: { ...two.experiment, brief: { ...brief, testVariants: [...brief.testVariants, third] } },
      plan,
      posts,
      snapshots,
    };
    const decision = decide({
      ...input,
      validity: { ...checkValidity(two), verdict: "pass", checks: [] },
      looks: [8],
      isFinal: true,
      review,
    });
    expect(decision).toMatchObject({ kind: "ship", winner: "bold", evidence: { thresholds: { alpha: 0.05, alphaPerArm: 0.025 } } });
    expect(decision.evidence.arms).toHaveLength(2);
  });
});

function withBrief(input: DecisionInput, change: Partial<Brief>): DecisionInput {
  return { ...input, experiment: { ...input.experiment, brief: { ...input.experiment.brief, ...change } } };
}

function withMetric(input: DecisionInput, metric: string, value: number | null): DecisionInput {
  return { ...input, snapshots: input.snapshots.map((snapshot) => ({ ...snapshot, metrics: { ...snapshot.metrics, [metric]: value } })) };
}
