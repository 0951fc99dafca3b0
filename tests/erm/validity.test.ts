import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSchema, type Post, validityReportSchema } from "../../src/domain/index.ts";
import { actsAnyTime, checkValidity, type ValidityInput } from "../../src/erm/index.ts";
import { type Finished, finishedExperiment } from "../support/finishedExperiment.ts";
import { assertProperty } from "../support/property.ts";

const verdictOf = (input: ValidityInput, id: string) => checkValidity(input).checks.find(({ checkId }) => checkId === id)!;
const rejected = (post: Post): Post => {
  const { publishedMs: _, ...rest } = post;
  return { ...rest, status: "rejected" };
};

describe("validity of a blocked experiment", () => {
  test("passes when everything went as planned, with complete records", () => {
    const report = checkValidity(finishedExperiment());
    expect(report.verdict).toBe("pass");
    expect(report.checks.map(({ checkId }) => checkId)).toEqual(["E1", "E2", "E3", "E3'", "blocks", "E8", "E9", "E10", "E11"]);
    expect(report.comparablePostIds).toHaveLength(16);
    expect(validityReportSchema.safeParse(report).error?.issues).toBeUndefined();
    for (const check of report.checks) expect(checkSchema.safeParse(check).success).toBe(true);
  });

  test.each<[string, string, Finished]>([
    ["an arm nobody planned leaked in", "E1", { post: (post, block) => (block === 3 ? { ...post, variantId: "stranger" } : post) }],
    [
      "a post went out by another lane",
      "E1",
      { post: (post, block, isTest) => (block === 3 && isTest ? { ...post, lane: "browser" } : post) },
    ],
    ["two of eight test posts were lost", "E2", { post: (post, block, isTest) => (block < 2 && isTest ? rejected(post) : post) }],
    [
      "the tested field was not applied twice",
      "E2",
      {
        post: (post, block, isTest) => (block < 2 && isTest ? { ...post, status: "publishedWithDefects", defects: ["parts.hook"] } : post),
      },
    ],
    [
      "two blocks had posts three hours of the clock apart",
      "blocks",
      { post: (post, block, isTest) => (block < 2 && isTest ? { ...post, publishedMs: post.publishedMs! + 3 * 3_600_000 } : post) },
    ],
    [
      "test posts lack readings, control posts do not",
      "E11",
      { metrics: (block, isTest) => ({ reach: isTest && block < 6 ? null : 1000, reels_skip_rate: 0.4, comments: 9, shares: 9 }) },
    ],
  ])("is invalid when %s", (_, checkId, change) => {
    const input = finishedExperiment(change);
    expect(verdictOf(input, checkId).verdict).toBe("invalid");
    expect(checkValidity(input).verdict).toBe("invalid");
  });

  test.each<[string, string, Finished]>([
    ["one of eight test posts was lost", "E2", { post: (post, block, isTest) => (block === 0 && isTest ? rejected(post) : post) }],
    [
      "posts of a block went out 90 minutes apart",
      "blocks",
      { post: (post, block, isTest) => (block === 0 && isTest ? { ...post, publishedMs: post.publishedMs! + 90 * 60_000 } : post) },
    ],
  ])("warns when %s", (_, checkId, change) => {
    expect(verdictOf(finishedExperiment(change), checkId).verdict).toBe("warn");
  });

  test.each<[string, string, Finished]>([
    ["most posts have no whole reading", "E11", { metrics: () => ({ reach: null, reels_skip_rate: 0.4, comments: 9, shares: 9 }) }],
    ["nothing was read at the decision age", "E8", { ageHours: () => 24 }],
  ])("is insufficient when %s", (_, checkId, change) => {
    const input = finishedExperiment(change);
    expect(verdictOf(input, checkId).verdict).toBe("insufficient");
    expect(checkValidity(input).verdict).toBe("insufficient");
  });

  test("a counter that falls and two readings of one instant are faults", () => {
    const input = finishedExperiment();
    const [first] = input.snapshots;
    const fallen = { ...first!, ageHours: 170, capturedAtMs: first!.capturedAtMs + 7_200_000, metrics: { ...first!.metrics, reach: 10 } };
    expect(verdictOf({ ...input, snapshots: [...input.snapshots, fallen] }, "E11").verdict).toBe("invalid");
    const other = { ...first!, metrics: { ...first!.metrics, shares: 99 } };
    expect(verdictOf({ ...input, snapshots: [...input.snapshots, other] }, "E11").verdict).toBe("invalid");
  });

  test("a make-up that arrived heals its loss, and a run stopped for all is no arm's loss", () => {
    const input = finishedExperiment({ post: (post, block, isTest) => (block < 2 && isTest ? rejected(post) : post) });
    const lost = input.posts.filter(({ status }) => status === "rejected");
    const makeUps = lost.map((post): Post => ({
      ...post,
      postId: `${post.postId}-again`,
      makeUpFor: post.postId,
      status: "verified",
      publishedMs: post.slot.startMs + 60_000,
    }));
    const healed = { ...input, posts: [...input.posts, ...makeUps], plan: { ...input.plan, posts: [...input.plan.posts, ...makeUps] } };
    expect(verdictOf(healed, "E2").verdict).toBe("pass");
    expect(verdictOf(healed, "blocks").verdict).toBe("pass");
    const stopped = finishedExperiment({
      post: (post, block, isTest) => (block > 3 && isTest ? { ...rejected(post), status: "cancelled" } : post),
    });
    expect(verdictOf(stopped, "E2").verdict).toBe("pass");
    expect(verdictOf(stopped, "blocks").verdict).toBe("pass");
  });

  test("a reach gap between the arms is an outcome, not a mismatch", () => {
    for (const factor of [3, 1 / 3])
      expect(
        checkValidity(
          finishedExperiment({
            metrics: (block, isTest) => ({ reach: 2000 * (isTest ? factor : 1), reels_skip_rate: 0.4, comments: 20 + block, shares: 30 }),
          }),
        ).verdict,
      ).toBe("pass");
  });

  test("L11: a duplicate reading changes nothing, a late record is not seen before it is written down", () =>
    assertProperty(
      fc.property(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 3 }), (at, copies) => {
        const input = finishedExperiment();
        const twice = { ...input, snapshots: [...input.snapshots, ...Array.from({ length: copies }, () => input.snapshots[at]!)] };
        expect(checkValidity(twice)).toEqual(checkValidity(input));
        const late = { ...input, snapshots: [...input.snapshots, { ...input.snapshots[at]!, recordedAt: input.asOf + 1, metrics: {} }] };
        expect(checkValidity(late)).toEqual(checkValidity(input));
      }),
      { numRuns: 20 },
    ));

  test("relabelling the arms changes no verdict", () => {
    const swapped = finishedExperiment({ post: (post, block, isTest) => (block < 2 && !isTest ? rejected(post) : post) });
    expect(checkValidity(swapped).verdict).toBe("invalid");
  });

  test("what counts facts acts at any time, what has a p-value waits for a look", () => {
    const { checks } = checkValidity(finishedExperiment());
    expect(checks.filter(actsAnyTime).map(({ checkId }) => checkId)).toEqual(["E1", "E2", "E3'", "blocks", "E8", "E10"]);
  });
});

test("E4 speaks where each post's arm was drawn by itself", () => {
  const drawn = (input: ValidityInput): ValidityInput => ({
    ...input,
    plan: {
      ...input.plan,
      posts: input.plan.posts.map((post, at) => ({
        ...post,
        variantId: at < 14 ? "control" : "question",
        assignment: { ...post.assignment, mode: "random" as const },
      })),
    },
  });
  const check = checkValidity(drawn(finishedExperiment({ blocks: 8 }))).checks.find(({ checkId }) => checkId === "E4")!;
  expect(check).toMatchObject({ n: [14, 2], exactness: "exact", verdict: "warn" });
  expect(check.p).toBeCloseTo((2 * (1 + 16 + 120)) / 2 ** 16, 12);
});
