import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Check, Post, Verdict } from "../../src/domain/index.ts";
import {
  checkAnyTime,
  actsAnyTime,
  checkValidity,
  type PostEvent,
  validityFold,
  type ValidityInput,
  type ValidityRecord,
  validityResult,
  validityStart,
  validityStep,
} from "../../src/erm/index.ts";
import { createRng, permutation } from "../../src/random/index.ts";
import { assertProperty } from "../support/property.ts";
import { experimentIn, hourMs, type World } from "./world.ts";

const seeds = fc.integer({ min: 0, max: 1e9 }).map((seed) => `laws/${seed}`);
const worlds: fc.Arbitrary<World> = fc.record({
  postsPerArm: fc.integer({ min: 3, max: 6 }),
  arms: fc.constantFrom(2 as const, 3 as const),
  mode: fc.constantFrom("blocked" as const, "random" as const, "adaptive" as const),
  failureOf: fc.constantFrom(
    () => 0.02,
    (arm: number) => (arm === 1 ? 0.5 : 0.02),
  ),
  makeUps: fc.boolean(),
});
const runs = { numRuns: 15 };

const verdicts = ({ checks }: { readonly checks: readonly Check[] }) => checks.map(({ checkId, verdict }) => `${checkId} ${verdict}`);
const rank = (verdict: Verdict) => ["pass", "warn", "insufficient", "invalid"].indexOf(verdict);

function recordedAt(record: ValidityRecord): number {
  if (record.kind === "reading") return record.snapshot.recordedAt;
  return record.kind === "event" ? record.event.at : record.recordedAt;
}

/** Everything of the experiment as records, in the order it was written down. */
function recordsOf({ plan, posts, snapshots, history = [], accountEvents = [] }: ValidityInput): ValidityRecord[] {
  return [
    ...plan.posts
      .filter(({ makeUpFor }) => makeUpFor !== undefined)
      .map((post): ValidityRecord => ({ kind: "planned", recordedAt: post.slot.startMs, post })),
    ...posts.flatMap((post): ValidityRecord[] => {
      const { publishedMs: _, ...waiting } = post;
      return [
        { kind: "post", recordedAt: post.slot.startMs - hourMs, post: { ...waiting, attempts: [], status: "scheduled" } },
        { kind: "post", recordedAt: post.publishedMs ?? post.slot.startMs, post },
      ];
    }),
    ...snapshots.map((snapshot): ValidityRecord => ({ kind: "reading", snapshot })),
    ...history.map((post): ValidityRecord => ({ kind: "history", recordedAt: post.publishedMs, post })),
    ...accountEvents.map((event): ValidityRecord => ({ kind: "account", recordedAt: event.atMs, event })),
  ];
}

describe("verdicts do not depend on", () => {
  test("the names of the arms", () =>
    assertProperty(
      fc.property(worlds, seeds, (world, seed) => {
        const named = checkValidity(experimentIn(world, createRng(seed)));
        const renamed = checkValidity(
          experimentIn({ ...world, rename: { control: "zebra", question: "aardvark", question2: "m" } }, createRng(seed)),
        );
        expect(verdicts(renamed)).toEqual(verdicts(named));
        expect(renamed.verdict).toBe(named.verdict);
      }),
      runs,
    ));

  test("which of two arms is called control, unless the check feeds on control alone", () =>
    assertProperty(
      fc.property(worlds, seeds, (world, seed) => {
        const input = experimentIn({ ...world, arms: 2 }, createRng(seed));
        const swap = <T extends { readonly variantId: string }>(post: T): T => ({
          ...post,
          variantId: post.variantId === "control" ? "question" : "control",
        });
        const swapped = { ...input, posts: input.posts.map(swap), plan: { ...input.plan, posts: input.plan.posts.map(swap) } };
        const others = (report: ReturnType<typeof checkValidity>) => verdicts(report).filter((text) => !text.startsWith("E10"));
        // A Monte Carlo p moves with the order of the arms; verdicts near a level may follow it.
        const exactOnly = checkValidity(input).checks.every(({ exactness }) => exactness !== "monteCarlo");
        fc.pre(exactOnly);
        expect(others(checkValidity(swapped))).toEqual(others(checkValidity(input)));
      }),
      runs,
    ));

  test("the hour of the clock: everything a day later", () =>
    assertProperty(
      fc.property(worlds, seeds, (world, seed) => {
        const dayMs = 24 * hourMs;
        const input = experimentIn(world, createRng(seed));
        // Weeks count in E5's second clock and in block classes, so the clock turns by 24 hours and the week by seven such turns.
        const turned = laterBy(input, 7 * dayMs);
        expect(verdicts(checkValidity(turned))).toEqual(verdicts(checkValidity(input)));
        const oneDay = verdicts(checkValidity(laterBy(input, dayMs, false)));
        expect(oneDay).toEqual(verdicts(checkValidity(input)));
      }),
      runs,
    ));

  test("the order in which posts and readings are handed over", () =>
    assertProperty(
      fc.property(worlds, seeds, (world, seed) => {
        const input = experimentIn(world, createRng(seed));
        const turned = {
          ...input,
          posts: input.posts.toReversed(),
          snapshots: input.snapshots.toReversed(),
          history: input.history!.toReversed(),
        };
        expect(checkValidity(turned)).toEqual(checkValidity(input));
      }),
      runs,
    ));

  test("how much the test variant is seen: x3 and x1/3 on its reach leave every verdict as it was", () =>
    assertProperty(
      fc.property(worlds, seeds, fc.constantFrom(3, 1 / 3), (world, seed, factor) => {
        const plain = checkValidity(experimentIn(world, createRng(seed)));
        const moved = checkValidity(experimentIn({ ...world, reachFactor: (arm) => (arm === 0 ? 1 : factor) }, createRng(seed)));
        expect(verdicts(moved)).toEqual(verdicts(plain));
        expect(moved.comparablePostIds).toEqual(plain.comparablePostIds);
      }),
      runs,
    ));
});

describe("records one by one", () => {
  test("L8, L11: any order, duplicates and late records give the report of the batch known by then", () =>
    assertProperty(
      fc.property(worlds, seeds, fc.double({ min: 0, max: 1, noNaN: true }), (world, seed, part) => {
        const rng = createRng(seed);
        const input = experimentIn(world, rng);
        const original = { ...input.plan, posts: input.plan.posts.filter(({ makeUpFor }) => makeUpFor === undefined) };
        const records = recordsOf(input);
        const shuffled = [...records, ...records.slice(0, 20)]
          .map((record) => ({ record, at: rng.next() }))
          .toSorted((a, b) => a.at - b.at);
        const fold = (of: readonly ValidityRecord[]) => of.reduce(validityStep, validityStart(input.experiment, original));
        const asOf = Math.round(input.plan.posts[0]!.slot.startMs + part * 60 * 24 * hourMs);
        const known = records.filter((record) => recordedAt(record) <= asOf);
        const inOrder = validityResult(fold(known), asOf);
        expect(validityResult(fold(shuffled.map(({ record }) => record)), asOf)).toEqual(inOrder);
        // The state is plain JSON: stopped and read back halfway, it goes on as if nothing had happened.
        const half = JSON.parse(JSON.stringify(fold(records.slice(0, records.length >> 1)))) as ReturnType<typeof fold>;
        expect(validityResult(records.slice(records.length >> 1).reduce(validityStep, half), asOf)).toEqual(inOrder);
        expect(validityResult(fold(records), input.asOf)).toEqual(checkValidity(input));
        expect(validityFold(validityStart(input.experiment, original), records)).toEqual(fold(records));
      }),
      { numRuns: 15 },
    ));

  test("L8: a post told by the events of its life is the post told as a whole, in any order of the events", () =>
    assertProperty(
      fc.property(worlds, seeds, (world, seed) => {
        const rng = createRng(seed);
        const input = experimentIn(world, rng);
        const proof = { url: "https://example.org/p", checkedAtMs: input.asOf, method: "api" as const };
        const events = input.posts.flatMap((post): PostEvent[] => {
          const ofPost = { experimentId: "e1", postId: post.postId };
          const [attempt] = post.attempts;
          const at = attempt!.atMs;
          if (post.publishedMs === undefined)
            return [
              { type: "postFailed", id: `f/${post.postId}`, at, ...ofPost, attempt: attempt!, errorClass: "processing", message: "" },
            ];
          return [
            { type: "postPublished", id: `p/${post.postId}`, at, ...ofPost, attempt: attempt!, publishedMs: post.publishedMs, defects: [] },
            { type: "postVerified", id: `v/${post.postId}`, at, ...ofPost, proof },
          ];
        });
        const records: ValidityRecord[] = [
          ...recordsOf(input).filter(({ kind }) => kind !== "post"),
          ...input.plan.posts.map((post): ValidityRecord => ({ kind: "planned", recordedAt: post.slot.startMs, post })),
          ...[...events, ...events.slice(0, 5)].map((event): ValidityRecord => ({ kind: "event", event })),
        ];
        const original = { ...input.plan, posts: input.plan.posts.filter(({ makeUpFor }) => makeUpFor === undefined) };
        const shuffled = permutation(rng, records.length).map((at) => records[at]!);
        const state = validityFold(validityStart(input.experiment, original), shuffled);
        expect(validityResult(state, input.asOf)).toEqual(checkValidity(input));
      }),
      runs,
    ));

  test("the checks that act at any time are those of the whole report", () =>
    assertProperty(
      fc.property(worlds, seeds, (world, seed) => {
        const input = experimentIn(world, createRng(seed));
        const whole = checkValidity(input).checks.filter(actsAnyTime);
        expect(checkAnyTime(input).toSorted((a, b) => (a.checkId < b.checkId ? -1 : 1))).toEqual(
          whole.toSorted((a, b) => (a.checkId < b.checkId ? -1 : 1)),
        );
      }),
      runs,
    ));
});

describe("a worse fault never gives a milder verdict", () => {
  test.each<[string, (level: number) => (post: Post, arm: number, block: number) => Post]>([
    ["more posts of one arm lost", (level) => (post, arm, block) => (arm === 1 && block < level ? lost(post) : post)],
    [
      "more blocks hours apart",
      (level) => (post, arm, block) => (arm === 1 && block < level ? { ...post, publishedMs: post.publishedMs! + 3 * hourMs } : post),
    ],
    [
      "one block further apart",
      (level) => (post, arm, block) =>
        arm === 1 && block === 0 ? { ...post, publishedMs: post.publishedMs! + level * 20 * 60_000 } : post,
    ],
    [
      "more posts that went out elsewhere",
      (level) => (post, arm, block) => (arm === 1 && block < level ? { ...post, account: "another" } : post),
    ],
    [
      "more first attempts that failed",
      (level) => (post, arm, block) =>
        arm === 1 && block < level
          ? {
              ...post,
              attempts: [
                { attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" },
                { attemptNo: 2, atMs: post.publishedMs!, outcome: "published" },
              ],
            }
          : post,
    ],
  ])("%s", (_, fault) =>
    assertProperty(
      fc.property(seeds, fc.integer({ min: 5, max: 10 }), (seed, postsPerArm) => {
        const judged = [0, 1, 2, 3, 4, 5].map((level) =>
          checkValidity(experimentIn({ postsPerArm, failureOf: () => 0, history: 0, change: fault(level) }, createRng(seed))),
        );
        const ranks = judged.map(({ verdict }) => rank(verdict));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
      { numRuns: 8 },
    ),
  );
});

test("L6: an invalid experiment says so in its verdict, whatever else passes", () =>
  assertProperty(
    fc.property(worlds, seeds, (world, seed) => {
      const { verdict, checks } = checkValidity(experimentIn(world, createRng(seed)));
      expect(verdict === "invalid").toBe(checks.some((check) => check.verdict === "invalid"));
    }),
    runs,
  ));

function lost(post: Post): Post {
  const { publishedMs: _, ...rest } = post;
  return { ...rest, status: "rejected", attempts: [{ attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" }] };
}

/** The whole experiment later; `onClock` false keeps weekdays as they were called. */
function laterBy(input: ValidityInput, byMs: number, onClock = true): ValidityInput {
  const slot = (old: Post["slot"]) => ({
    ...old,
    startMs: old.startMs + byMs,
    ...(onClock && { wallTime: new Date(old.startMs + byMs).toISOString().slice(0, 19) }),
  });
  return {
    ...input,
    experiment: { ...input.experiment, startMs: input.experiment.startMs! + byMs },
    plan: { ...input.plan, posts: input.plan.posts.map((post) => ({ ...post, slot: slot(post.slot) })) },
    posts: input.posts.map((post) => ({
      ...post,
      slot: slot(post.slot),
      ...(post.publishedMs !== undefined && { publishedMs: post.publishedMs + byMs }),
      attempts: post.attempts.map((attempt) => ({ ...attempt, atMs: attempt.atMs + byMs })),
    })),
    snapshots: input.snapshots.map((reading) => ({
      ...reading,
      capturedAtMs: reading.capturedAtMs + byMs,
      recordedAt: reading.recordedAt + byMs,
    })),
    history: (input.history ?? []).map((post) => ({ ...post, slot: slot(post.slot), publishedMs: post.publishedMs + byMs })),
    asOf: input.asOf + byMs,
  };
}
