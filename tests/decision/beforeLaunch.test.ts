// What is known before the first post: how large effects usually are, and the units in which the harm process bets.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decide,
  type DecisionInput,
  defaultDecisionPolicy,
  effectPrior,
  type PriorExperiment,
  readDecisionInput,
} from "../../src/decision/index.ts";
import { checkValidity, type HistoryPost } from "../../src/erm/index.ts";
import type { OutcomeSnapshot } from "../../src/domain/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { finishedExperiment } from "../support/finishedExperiment.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

const dayMs = 86_400_000;
const startMs = Date.parse("2027-03-01T12:00Z");
const metrics = (size: number) => ({
  reach: 2000,
  reels_skip_rate: Math.min(1, 0.4 / size),
  comments: Math.round(30 * size),
  shares: Math.round(50 * size),
});

function inputOf(more: Partial<DecisionInput> = {}): DecisionInput {
  const input = finishedExperiment({
    metrics: (block, isTest) => metrics((isTest ? 1.4 : 1) * (1 + ((block * 7 + (isTest ? 3 : 0)) % 5) / 10)),
  });
  return { ...input, validity: checkValidity(input), looks: input.plan.looks, isFinal: true, ...more };
}

const prior = (at: number, more: Partial<PriorExperiment> = {}): PriorExperiment => ({
  experimentId: `old-${at}`,
  variantId: "test",
  surface: "instagram.reels",
  variable: "hook",
  verdict: "pass",
  endedMs: startMs - dayMs,
  blocks: 8,
  logLift: 0.5,
  standardError: 0.2,
  ...more,
});

describe("the prior of effects", () => {
  test("without finished experiments it is the policy's .3, given it is as given", () => {
    expect(decide(inputOf()).evidence.prior).toEqual({ tau: 0.3, source: "policy", experiments: 0, leftOut: 0 });
    const given = decide(inputOf({ tau: 0.6, priorExperiments: [prior(0)] }));
    expect(given.evidence).toMatchObject({ prior: { tau: 0.6, source: "given", leftOut: 1 }, thresholds: { tau: 0.6 } });
  });

  test("it follows the formula of the note, by hand", () => {
    const lifts = [0.9, -0.6, 0.1, 1.2, -0.2];
    const errors = [0.2, 0.3, 0.25, 0.4, 0.1];
    const weights = errors.map((s) => 1 / (s * s + 0.09) ** 2);
    const excess =
      weights.reduce((sum, w, at) => sum + w * (lifts[at]! ** 2 - errors[at]! ** 2), 0) / weights.reduce((sum, w) => sum + w, 0);
    const tau = Math.sqrt((0.9 + 5 * Math.max(0, excess)) / 15);
    const priorExperiments = lifts.map((logLift, at) => prior(at, { logLift, standardError: errors[at]! }));
    const decision = decide(inputOf({ priorExperiments }));
    expect(decision.evidence.prior).toMatchObject({ source: "estimated", experiments: 5, leftOut: 0 });
    expect(decision.evidence.prior!.tau).toBeCloseTo(tau, 12);
    const wide = decision.evidence.arms[0]!;
    const narrow = decide(inputOf({ tau: 0.1 })).evidence.arms[0]!;
    expect(Math.abs(narrow.shrunkenLogLift!)).toBeLessThan(Math.abs(wide.shrunkenLogLift!));
  });

  test("only what is comparable, valid, large enough, another experiment and known at launch counts, won or lost", () => {
    const others: Partial<PriorExperiment>[] = [
      { surface: "instagram.feed" },
      { variable: "caption" },
      { verdict: "invalid" },
      { verdict: "insufficient" },
      { blocks: 3 },
      { experimentId: "e1" },
      { endedMs: startMs + 1 },
      { standardError: null },
      { logLift: null },
    ];
    const list = [prior(0), prior(1, { logLift: -0.4, verdict: "warn" }), ...others.map((more, at) => prior(at + 2, more))];
    expect(decide(inputOf({ priorExperiments: list })).evidence.prior).toMatchObject({ source: "estimated", experiments: 2, leftOut: 9 });
  });

  test("L8, L11: the order of the list and entries told twice change nothing; one told twice and differently is refused", async () => {
    await assertProperty(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), fc.nat(5), (order, twice) => {
        const list = [0.9, -0.6, 0.1, 1.2, -0.2, 0.3].map((logLift, at) => prior(at, { logLift, standardError: 0.1 + at / 20 }));
        const one = effectPrior(inputOf({ priorExperiments: list }), 0.3);
        expect(effectPrior(inputOf({ priorExperiments: [...order.map((at) => list[at]!), list[twice]!] }), 0.3)).toEqual(one);
      }),
      { numRuns: 20 },
    );
    const contradiction = [prior(0), prior(0, { logLift: 2 })];
    expect(refusalOf(() => decide(inputOf({ priorExperiments: contradiction })))).toMatchObject({
      code: "prior-contradicts",
      path: "priorExperiments[1]",
    });
  });

  test("the document takes both, and refuses a tau that is not positive with its path", () => {
    const document = JSON.parse(JSON.stringify(inputOf({ tau: 0.4, priorExperiments: [prior(0)] }))) as Record<string, unknown>;
    expect(readDecisionInput(document)).toMatchObject({ tau: 0.4, priorExperiments: [{ experimentId: "old-0" }] });
    expect(refusalOf(() => readDecisionInput({ ...document, tau: 0 }))).toMatchObject({ code: "decision-input", path: "tau" });
    expect(refusalOf(() => decide(inputOf({ tau: -1 })))).toMatchObject({ code: "tau-invalid", path: "tau" });
  });
});

describe("the units of the harm process", () => {
  const account = exampleBrief().accounts[0]!.id;
  const earlier = (count: number, sizeOf = (at: number) => Math.exp(Math.sin(at))) => {
    const history = Array.from({ length: count }, (_, at): HistoryPost => {
      const publishedMs = startMs - (count - at + 8) * dayMs;
      const slot = { startMs: publishedMs, zone: "UTC", wallTime: new Date(publishedMs).toISOString().slice(0, 16), cell: "noon" };
      return { postId: `h${at}`, account, surface: "instagram.reels", slot, publishedMs };
    });
    const readings = history.map(({ postId, publishedMs }, at): OutcomeSnapshot => {
      const capturedAtMs = publishedMs + 7 * dayMs;
      return { postId, ageHours: 168, capturedAtMs, recordedAt: capturedAtMs, metrics: metrics(sizeOf(at)) };
    });
    return { history, readings };
  };
  const withHistory = ({ history, readings }: ReturnType<typeof earlier>, more: Partial<DecisionInput> = {}): DecisionInput => {
    const input = inputOf(more);
    return { ...input, history, snapshots: [...readings, ...input.snapshots] };
  };
  const unitsOf = (input: DecisionInput) => decide(input).evidence.harmUnits!;

  test("are each proxy's deviation in the account's history, in the scale it is compared on", () => {
    const { history, readings } = earlier(30);
    const units = unitsOf(withHistory({ history, readings }));
    expect(units).toMatchObject({ source: "history", posts: 30 });
    const sdOf = (values: readonly number[]) => {
      const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
    };
    expect(units.sd["shares"]).toBeCloseTo(
      sdOf(readings.map(({ metrics: read }) => Math.log((read["shares"]! + 0.5) / (read["reach"]! + 1)))),
      10,
    );
    expect(units.sd["reels_skip_rate"]).toBeCloseTo(
      sdOf(readings.map(({ metrics: read }) => Math.log(read["reels_skip_rate"]! + 0.0005))),
      10,
    );
  });

  test("given ones win; too few posts, or a proxy that did not vary, leave every proxy at 1", () => {
    expect(unitsOf(withHistory(earlier(30), { sdAtLaunch: { shares: 2 } }))).toMatchObject({
      source: "given",
      sd: { shares: 2, comments: 1 },
    });
    expect(unitsOf(withHistory(earlier(9)))).toMatchObject({ source: "none", posts: 0, sd: { shares: 1 } });
    expect(unitsOf(withHistory(earlier(30, () => 1)))).toMatchObject({ source: "none" });
    expect(defaultDecisionPolicy.harm.historyPostsMin).toBe(10);
  });

  test("are frozen at launch: what is published or read later, of other accounts or at another age changes nothing", () => {
    const known = earlier(30);
    const units = unitsOf(withHistory(known));
    const wild = earlier(30, (at) => Math.exp(5 * Math.sin(at)));
    const asLater = {
      history: wild.history.map((post) => ({ ...post, postId: `late-${post.postId}`, publishedMs: post.publishedMs + 60 * dayMs })),
      readings: wild.readings.map((reading) => ({ ...reading, postId: `late-${reading.postId}` })),
    };
    const asOther = {
      history: wild.history.map((post) => ({ ...post, postId: `other-${post.postId}`, account: "somebody.else" })),
      readings: wild.readings.map((reading) => ({ ...reading, postId: `other-${reading.postId}` })),
    };
    const corrections = wild.readings.map((reading) => ({ ...reading, recordedAt: startMs + 1 }));
    const early = wild.readings.map((reading) => ({ ...reading, ageHours: 24, capturedAtMs: reading.capturedAtMs - 6 * dayMs }));
    const all = {
      history: [...known.history, ...asLater.history, ...asOther.history],
      readings: [...known.readings, ...asLater.readings, ...asOther.readings, ...corrections, ...early],
    };
    expect(unitsOf(withHistory(all))).toEqual(units);
  });
});
