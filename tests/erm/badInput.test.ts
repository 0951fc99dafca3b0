import { describe, expect, test } from "vitest";
import type { OutcomeSnapshot, Post } from "../../src/domain/index.ts";
import { checkValidity, readValidityInput, type ValidityInput } from "../../src/erm/index.ts";
import { exampleInput } from "../domain/briefs.ts";
import { finishedExperiment } from "../support/finishedExperiment.ts";
import { refusalOf } from "../support/refusal.ts";

const clean = finishedExperiment();
const of = (changed: Partial<ValidityInput>): ValidityInput => ({ ...clean, ...changed });
const metrics = (value: number | null): ValidityInput =>
  of({ snapshots: clean.snapshots.map((reading) => ({ ...reading, metrics: { ...reading.metrics, comments: value } })) });

describe("L7: nothing to judge is insufficient, never a pass", () => {
  test.each<[string, ValidityInput]>([
    ["no plan, no posts, no readings", of({ plan: { ...clean.plan, posts: [] }, posts: [], snapshots: [] })],
    ["a plan and no posts", of({ posts: [], snapshots: [] })],
    ["posts and no readings", of({ snapshots: [] })],
    ["a proxy that is missing in every reading", metrics(null)],
    ["a proxy that no reading names", of({ snapshots: clean.snapshots.map((reading) => ({ ...reading, metrics: { reach: 1 } })) })],
    ["an instant before the first post", of({ asOf: clean.plan.posts[0]!.slot.startMs - 1 })],
  ])("%s", (_, input) => {
    const report = checkValidity(input);
    expect(report.verdict).toBe("insufficient");
    expect(report.comparablePostIds).toEqual([]);
  });

  test.each([Number.NaN, Infinity, -Infinity])("a metric that is %s is a fault of the instruments and never compared", (value) => {
    const report = checkValidity(metrics(value));
    expect(report.verdict).toBe("invalid");
    expect(report.checks.find(({ checkId }) => checkId === "E11")).toMatchObject({ verdict: "invalid", action: "pause" });
    expect(report.comparablePostIds).toEqual([]);
  });

  test("a count below 0 is a fault of the instruments", () => {
    expect(checkValidity(metrics(-3)).verdict).toBe("invalid");
  });
});

describe("L12: input that would make every figure wrong is refused with path and fix", () => {
  const seconds = (post: Post): Post => ({ ...post, publishedMs: Math.round(post.publishedMs! / 1000) });
  const { slot: _, ...slotless } = clean.posts[2]!;
  test.each<[string, ValidityInput, string, string]>([
    [
      "seconds among milliseconds",
      of({ posts: clean.posts.map((post, at) => (at === 3 ? seconds(post) : post)) }),
      "clocks-mixed",
      "posts[3].publishedMs",
    ],
    [
      "readings in seconds",
      of({ snapshots: clean.snapshots.map((reading) => ({ ...reading, capturedAtMs: Math.round(reading.capturedAtMs / 1000) })) }),
      "clocks-mixed",
      "snapshots[0].capturedAtMs",
    ],
    ["the present in seconds", of({ asOf: Math.round(clean.asOf / 1000) }), "clocks-mixed", "asOf"],
    [
      "a post without a slot",
      of({ posts: clean.posts.map((post, at) => (at === 2 ? (slotless as Post) : post)) }),
      "validity-input",
      "posts[2].slot",
    ],
    [
      "one post told in two ways",
      of({ posts: [...clean.posts, { ...clean.posts[0]!, status: "live" }] }),
      "post-duplicate",
      "posts[16].postId",
    ],
    ["an instant that is no number", of({ asOf: Number.NaN }), "validity-input", "asOf"],
    [
      "a reading before its post was born",
      of({ snapshots: clean.snapshots.map((reading, at) => (at === 4 ? { ...reading, ageHours: -1 } : reading)) }),
      "validity-input",
      "snapshots[4].ageHours",
    ],
    [
      "a plan that holds a post twice",
      of({ plan: { ...clean.plan, posts: [...clean.plan.posts, clean.plan.posts[0]!] } }),
      "post-duplicate",
      "plan.posts[16].postId",
    ],
  ])("%s", (_, input, code, path) => {
    const error = refusalOf(() => checkValidity(input));
    expect(error).toMatchObject({ code, path });
    expect(error.fix.length).toBeGreaterThan(10);
  });

  const hourMs = 3_600_000;
  test.each<[string, (reading: OutcomeSnapshot) => OutcomeSnapshot, RegExp]>([
    [
      "read at one hour and written down an hour before",
      (reading) => ({ ...reading, recordedAt: reading.capturedAtMs - hourMs }),
      /written down 60 minutes before/,
    ],
    [
      "called a week old after a day",
      (reading) => ({ ...reading, capturedAtMs: reading.capturedAtMs - 144 * hourMs }),
      /told as 168.0 h old was made 24.0 h after/,
    ],
  ])("a reading %s is a fault of the instruments, until it is read anew", (_, change, reason) => {
    const [first, ...rest] = clean.snapshots;
    const report = checkValidity(of({ snapshots: [change(first!), ...rest] }));
    expect(report.verdict).toBe("invalid");
    expect(report.checks.find(({ checkId }) => checkId === "E11")).toMatchObject({ verdict: "invalid", action: "pause" });
    expect(report.checks.find(({ checkId }) => checkId === "E11")!.explanation).toMatch(reason);
    const { capturedAtMs } = change(first!);
    const honest = { ...first!, capturedAtMs, ageHours: (capturedAtMs - clean.posts[0]!.publishedMs!) / hourMs, recordedAt: clean.asOf };
    expect(checkValidity(of({ snapshots: [change(first!), honest, ...rest] })).verdict).not.toBe("invalid");
  });

  test("a post of a variant that nobody planned is a leak", () => {
    const report = checkValidity(of({ posts: clean.posts.map((post, at) => (at === 1 ? { ...post, variantId: "stranger" } : post)) }));
    expect(report.checks[0]).toMatchObject({ checkId: "E1", verdict: "invalid" });
    expect(report.comparablePostIds).not.toContain(clean.posts[1]!.postId);
  });

  test("one post under two variants is no mistake of the caller but a leak", () => {
    const report = checkValidity(of({ posts: [...clean.posts, { ...clean.posts[0]!, variantId: "question" }] }));
    expect(report.checks[0]).toMatchObject({ checkId: "E1", verdict: "invalid", postIds: [clean.posts[0]!.postId] });
  });

  test("the same post told twice changes nothing", () => {
    expect(checkValidity(of({ posts: [...clean.posts, clean.posts[5]!] }))).toEqual(checkValidity(clean));
  });

  test.each<[string, (document: Record<string, unknown[]>) => unknown, string]>([
    [
      "an unknown signal",
      (document) => ({ ...document, accountEvents: [{ account: "a", signal: "sulking", atMs: 1, clearedAtMs: null }] }),
      "accountEvents[0].signal",
    ],
    ["a field nobody knows", (document) => ({ ...document, winner: "question" }), "winner"],
    ["no posts at all", ({ posts, ...rest }) => ({ ...rest, snapshots: posts!.slice(0, 0) }), "posts"],
    ["no document", () => 7, ""],
  ])("a document with %s", (_, change, path) => {
    const document = exampleInput("validity-input", "valid") as Record<string, unknown[]>;
    expect(refusalOf(() => readValidityInput(change(document)))).toMatchObject({ code: "validity-input", path });
  });
});
