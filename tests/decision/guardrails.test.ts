import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  failureStop,
  type GuardrailFact,
  guardrailReport,
  guardrailsAct,
  guardrailsResult,
  guardrailsStart,
  guardrailsStep,
  defaultDecisionPolicy,
} from "../../src/decision/index.ts";
import type { Attempt, Guardrail, OutcomeSnapshot, Post } from "../../src/domain/index.ts";
import { finishedExperiment } from "../support/finishedExperiment.ts";
import { assertProperty } from "../support/property.ts";

const hourMs = 3_600_000;
const base = finishedExperiment();
const start = base.posts[0]!.publishedMs!;
const rail = (change: Partial<Guardrail>): Guardrail => ({
  id: "g",
  source: "metric",
  statistic: "hides",
  comparator: ">",
  threshold: 5,
  window: { posts: 4 },
  grace: { hours: 48 },
  minPosts: 1,
  action: "pause",
  resume: "human",
  ...change,
});
const reading = (postId: string, hides: number | null, ageHours = 168): OutcomeSnapshot => {
  const { publishedMs } = base.posts.find((post) => post.postId === postId)!;
  const capturedAtMs = publishedMs! + ageHours * hourMs;
  return { postId, ageHours, capturedAtMs, recordedAt: capturedAtMs, metrics: { hides } };
};
const facts = (snapshots: OutcomeSnapshot[], posts: readonly Post[] = base.posts, asOf = base.asOf) => ({
  posts,
  snapshots,
  accountEvents: [],
  asOf,
});

describe("guardrail semantics", () => {
  test("inside its grace a metric guardrail at most warns, after it it acts", () => {
    const post = base.posts.slice(0, 1);
    const early = { ...reading("p0c", 9, 24), recordedAt: start + 24 * hourMs };
    expect(guardrailReport([rail({})], facts([early], post, start + 30 * hourMs))).toMatchObject({ action: "warn" });
    expect(guardrailReport([rail({})], facts([early], post, start + 50 * hourMs))).toMatchObject({ action: "pause" });
  });

  test("no data after grace holds and is an instrumentation alert; before it nothing is said", () => {
    const post = base.posts.slice(0, 1);
    expect(guardrailReport([rail({})], facts([], post, start + 30 * hourMs))).toMatchObject({ action: "none", silent: [] });
    const silent = guardrailReport([rail({})], facts([reading("p0c", null)], post, start + 50 * hourMs));
    expect(silent).toMatchObject({ action: "hold", breaches: [], silent: [{ postIds: ["p0c"] }], values: [null] });
    expect(guardrailReport([rail({ source: "manual" })], facts([], post, start + 50 * hourMs)).action).toBe("none");
  });

  test("of several triggers the severest wins and all evidence is kept", () => {
    const report = guardrailReport(
      [rail({ id: "a", action: "warn" }), rail({ id: "b" }), rail({ id: "c", action: "hold" })],
      facts([reading("p0c", 9)]),
    );
    expect(report.action).toBe("pause");
    expect(report.breaches.map(({ guardrail, action }) => [guardrail.id, action])).toEqual([
      ["b", "pause"],
      ["c", "hold"],
      ["a", "warn"],
    ]);
  });

  test("L5: a survival signal ignores grace", () => {
    const guard = rail({
      source: "account",
      statistic: "loginChallenge",
      comparator: ">=",
      threshold: 1,
      window: { hours: 24 },
      grace: { hours: 72 },
    });
    const event = { account: "a", signal: "loginChallenge" as const, atMs: start, clearedAtMs: null };
    expect(guardrailReport([guard], { ...facts([]), accountEvents: [event], asOf: start + 1 }).action).toBe("pause");
    const other = { ...guard, statistic: "rateLimit" };
    const limited = { ...event, signal: "rateLimit" as const };
    expect(guardrailReport([other], { ...facts([]), accountEvents: [limited], asOf: start + 1 }).action).toBe("warn");
  });
});

describe("stop rules for publish failures", () => {
  const attempts = (outcomes: string, lane: Attempt["lane"] = "api") =>
    Array.from(outcomes, (word, at) => ({
      attemptNo: 1,
      atMs: at,
      lane,
      outcome: word === "x" ? ("failed" as const) : ("published" as const),
      postId: `p${at}`,
      variantId: "v",
    }));
  const { failures } = defaultDecisionPolicy;

  test.each([
    ["", null],
    ["..x.", null],
    ["..xx", "hold"],
    ["xx.", null],
    ["x..x..x", "pause"],
    ["xxx.......", "pause"],
    ["xxx........", null],
  ])("%s gives %s", (outcomes, action) => {
    expect(failureStop(attempts(outcomes), failures)?.action ?? null).toBe(action);
  });

  test("two failures in a row count in one lane alone", () => {
    const mixed = [...attempts("x", "api"), ...attempts("x", "browser")];
    expect(failureStop(mixed, failures)).toBeNull();
  });
});

describe("the reducer", () => {
  const guardrails = [
    rail({ id: "hides" }),
    rail({ id: "failures", source: "publish", statistic: "failures", comparator: ">=", threshold: 2, window: { attempts: 5 } }),
    rail({ id: "signals", source: "account", statistic: "rateLimit", comparator: ">=", threshold: 1, window: { hours: 24 } }),
  ];
  const posts: Post[] = base.posts.map((post, at) =>
    at % 5 === 1 ? { ...post, attempts: [{ attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" }] } : post,
  );
  const snapshots = posts.map(({ postId }, at) => reading(postId, at % 4 === 0 ? null : at));
  const account = { account: "a", signal: "rateLimit" as const, atMs: start + 5 * 24 * hourMs, clearedAtMs: null };
  const all: GuardrailFact[] = [
    ...posts.map((post): GuardrailFact => ({ type: "post", at: post.slot.startMs, post })),
    ...snapshots.map((snapshot): GuardrailFact => ({ type: "snapshot", snapshot })),
    { type: "account", event: account },
  ];

  test("L8, L11: any order, any duplicates and any instant give what the batch gives", async () => {
    await assertProperty(
      fc.property(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.subarray(all),
        fc.integer({ min: 0, max: 60 * 24 }),
        (shuffled, again, hours) => {
          const asOf = start + hours * hourMs;
          const state = [...shuffled, ...again].reduce(guardrailsStep, guardrailsStart(guardrails));
          expect(guardrailsResult(state, asOf)).toEqual(guardrailReport(guardrails, { posts, snapshots, accountEvents: [account], asOf }));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a fact that says nothing new gives the same state", () => {
    const state = all.reduce(guardrailsStep, guardrailsStart(guardrails));
    const extra = { ...reading("p0c", 3), metrics: { likes: 3 } };
    expect(guardrailsStep(state, { type: "snapshot", snapshot: snapshots[1]! })).toBe(state);
    expect(guardrailsStep(state, { type: "snapshot", snapshot: { ...extra, recordedAt: 1 } })).toBe(state);
  });

  test("each action is due once in its window, severest first, and again in the next", () => {
    const state = all.reduce(guardrailsStep, guardrailsStart(guardrails));
    const first = guardrailsAct(state, base.asOf);
    expect(first.actions.length).toBeGreaterThan(1);
    expect(guardrailsAct(first.state, base.asOf)).toMatchObject({ state: first.state, actions: [] });
    const later = guardrailsAct(first.state, base.asOf + 24 * hourMs);
    expect(later.actions.map(({ guardrailId }) => guardrailId)).toEqual(["signals"]);
  });
});
