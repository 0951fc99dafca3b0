// Experiments as they come from life, each through the document that `expos validity` reads: every type, and what happens to posts on the way.
import { expect, test } from "vitest";
import { type Brief, type Post, validityReportSchema, type Verdict } from "../../src/domain/index.ts";
import { checkValidity, readValidityInput, type ValidityInput } from "../../src/erm/index.ts";
import { createRng } from "../../src/random/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { type Finished, finishedExperiment } from "../support/finishedExperiment.ts";
import { experimentIn, hourMs, launchMs, type World } from "./world.ts";

const dealt = (world: Partial<World>) => experimentIn({ postsPerArm: 8, failureOf: () => 0, ...world }, createRng("unusual"));
const micro = (blocks: number, change: Finished = {}) =>
  finishedExperiment({
    brief: { ...exampleBrief(), experimentType: "micro", exposurePlan: exampleBrief("micro-hook").exposurePlan },
    blocks,
    ...change,
  });

const testing = (variableUnderTest: Brief["variableUnderTest"], patch: Brief["testVariants"][number]["patch"]): Brief => ({
  ...exampleBrief(),
  variableUnderTest,
  testVariants: [{ id: "question", patch }],
});

const ended = (post: Post, status: Post["status"]): Post => {
  const { publishedMs: _, ...rest } = post;
  return { ...rest, status };
};

/** Suggested replies: `perBlock` of each arm under each post and day, with what became of each. */
function replies(perBlock: number, change: (post: Post, block: number, at: number) => Post = (post) => post): ValidityInput {
  const brief: Brief = exampleBrief("engagement-reply");
  const base = finishedExperiment({ brief: { ...brief, control: { ...brief.control, id: "control" } }, blocks: 6 });
  const posts = base.posts.flatMap((post) =>
    Array.from({ length: perBlock }, (_, at): Post =>
      change(
        {
          ...post,
          postId: `${post.postId}-${at}`,
          surface: "instagram.feed",
          lane: "browser",
          publishedMs: post.publishedMs! + 3 * at * hourMs,
        },
        Number(post.block),
        at,
      ),
    ),
  );
  const planned = posts.map(({ attempts: _a, publishedMs: _p, status: _s, ...post }) => post);
  const snapshots = posts.flatMap(({ postId, publishedMs }) => {
    if (publishedMs === undefined) return [];
    const capturedAtMs = publishedMs + 48 * hourMs;
    return [
      { postId, ageHours: 48, capturedAtMs, recordedAt: capturedAtMs, metrics: { accepted_as_is: 1, meaningful_reply: 0, reply_depth: 2 } },
    ];
  });
  return { ...base, posts, snapshots, plan: { ...base.plan, posts: planned } };
}

/** Publish attempts by hand and through the API; some fail. */
function lanes(fails: (post: Post, block: number, isTest: boolean) => boolean): ValidityInput {
  const lane = exampleBrief("lane-reliability");
  const brief: Brief = {
    ...testing("lane", { lane: "api" }),
    control: { ...exampleBrief().control, content: { ...exampleBrief().control.content, lane: "browser" } },
    experimentType: "lane",
    successProxies: lane.successProxies,
    decisionAgeHours: 24,
  };
  const base = finishedExperiment({
    brief,
    blocks: 10,
    ageHours: () => 24,
    metrics: () => ({ reach: 900 }),
    post: (post, block, isTest) => {
      const attempts = [{ ...post.attempts[0]!, operatorMinutes: isTest ? 0 : 6 }];
      const used: Post = { ...post, lane: isTest ? "api" : "browser", attempts };
      return fails(post, block, isTest)
        ? { ...ended(used, "rejected"), attempts: [{ ...attempts[0]!, outcome: "failed", errorClass: "processing" }] }
        : used;
    },
  });
  return { ...base, plan: { ...base.plan, posts: base.plan.posts.map((post) => ({ ...post, lane: post.isControl ? "browser" : "api" })) } };
}

const withMakeUps = (input: ValidityInput, lost: readonly string[]): ValidityInput => {
  const again = input.posts
    .filter(({ postId }) => lost.includes(postId))
    .map((post): Post => ({
      ...post,
      postId: `${post.postId}-again`,
      makeUpFor: post.postId,
      publishedMs: post.publishedMs! + 7 * 24 * hourMs,
    }));
  const readings = input.snapshots.flatMap((reading) =>
    lost.includes(reading.postId)
      ? [
          {
            ...reading,
            postId: `${reading.postId}-again`,
            capturedAtMs: reading.capturedAtMs + 7 * 24 * hourMs,
            recordedAt: reading.recordedAt + 7 * 24 * hourMs,
          },
        ]
      : [],
  );
  return {
    ...input,
    posts: [...input.posts.map((post) => (lost.includes(post.postId) ? ended(post, "rejected") : post)), ...again],
    snapshots: [...input.snapshots.filter(({ postId }) => !lost.includes(postId)), ...readings],
    plan: { ...input.plan, posts: [...input.plan.posts, ...again.map(({ attempts: _a, publishedMs: _p, status: _s, ...post }) => post)] },
  };
};

const asMode = (input: ValidityInput, mode: Post["assignment"]["mode"], share = 0.5): ValidityInput => {
  const probabilities = { control: share, question: 1 - share };
  const set = <T extends Pick<Post, "assignment">>(post: T): T => ({ ...post, assignment: { ...post.assignment, mode, probabilities } });
  return { ...input, posts: input.posts.map(set), plan: { ...input.plan, posts: input.plan.posts.map(set) } };
};

const onTest =
  (blocks: number, change: (post: Post) => Post): NonNullable<Finished["post"]> =>
  (post, block, isTest) =>
    isTest && block < blocks ? change(post) : post;

interface Expected {
  readonly verdict: Verdict;
  /** Checks with another verdict than pass, of those that a reader would look for. */
  readonly checks?: Readonly<Record<string, Verdict>>;
  readonly compared: number;
}

test.each<[string, ValidityInput, Expected]>([
  ["micro, one post per arm", micro(1), { verdict: "pass", compared: 2 }],
  [
    "micro, three posts per arm, one lost: for so few any loss is too many",
    micro(3, { post: onTest(1, (post) => ended(post, "missed")) }),
    { verdict: "invalid", checks: { E2: "invalid", blocks: "invalid" }, compared: 4 },
  ],
  ["batch, two losses made up a week later", withMakeUps(finishedExperiment(), ["p2t", "p5c"]), { verdict: "pass", compared: 16 }],
  [
    "batch, a block cancelled for both arms only lowers the number of blocks",
    finishedExperiment({ post: (post, block) => (block === 7 ? ended(post, "cancelled") : post) }),
    { verdict: "pass", checks: { E2: "pass", blocks: "pass" }, compared: 14 },
  ],
  [
    "batch, boosted, shared and cross-posted posts are left out, and their blocks with them",
    finishedExperiment({
      post: (post, block, isTest) =>
        !isTest
          ? post
          : block === 0
            ? { ...post, boosted: true }
            : block === 1
              ? { ...post, collab: true }
              : block === 2
                ? { ...post, crossPosted: true }
                : post,
    }),
    { verdict: "pass", compared: 10 },
  ],
  [
    "batch, everything read two days late: nothing was read at the decision age",
    finishedExperiment({ ageHours: () => 216 }),
    { verdict: "insufficient", checks: { E8: "pass", E11: "insufficient" }, compared: 0 },
  ],
  [
    "batch, one arm read two days late",
    finishedExperiment({ ageHours: (_, isTest) => (isTest ? 216 : 168) }),
    { verdict: "invalid", checks: { E8: "invalid" }, compared: 0 },
  ],
  [
    "batch, taken down and published without the tested field",
    finishedExperiment({
      post: (post, block, isTest) =>
        !isTest
          ? post
          : block === 0
            ? { ...post, status: "takenDown" }
            : block === 1
              ? { ...post, status: "publishedWithDefects", defects: ["parts.hook"] }
              : post,
    }),
    { verdict: "invalid", checks: { E2: "invalid", blocks: "invalid" }, compared: 12 },
  ],
  [
    "batch, a defect of something that is not under test",
    finishedExperiment({ post: onTest(2, (post) => ({ ...post, status: "publishedWithDefects", defects: ["cover"] })) }),
    { verdict: "pass", compared: 16 },
  ],
  [
    "batch, an unknown end left to a person",
    finishedExperiment({ post: onTest(1, (post) => ended(post, "manualResolution")) }),
    { verdict: "warn", checks: { E2: "warn", blocks: "warn" }, compared: 14 },
  ],
  [
    "batch, half of it still to come",
    {
      ...finishedExperiment({ post: (post, block) => (block > 3 ? { ...ended(post, "scheduled"), attempts: [] } : post) }),
      asOf: launchMs + 30 * 24 * hourMs,
    },
    { verdict: "pass", compared: 8 },
  ],
  [
    "batch, only control was ever published",
    finishedExperiment({ post: onTest(8, (post) => ended(post, "rejected")) }),
    { verdict: "invalid", checks: { E2: "invalid" }, compared: 0 },
  ],
  ["three arms", dealt({ arms: 3 }), { verdict: "pass", compared: 24 }],
  [
    "four arms, one of them read late",
    dealt({ arms: 4, lateHoursOf: (arm) => (arm === 3 ? 60 : 0) }),
    { verdict: "invalid", checks: { E8: "invalid" }, compared: 0 },
  ],
  [
    "slot test, mornings against evenings",
    dealt({ brief: testing("slot", { slotCell: "weekday-noon" }), hourOf: (arm) => (arm === 0 ? 9 : 19) }),
    { verdict: "pass", checks: { slots: "pass", blocks: "pass" }, compared: 16 },
  ],
  ["lane test, failures are outcomes", lanes((_, block, isTest) => isTest && block < 4), { verdict: "pass", compared: 20 }],
  ["replies, one of each arm a block", replies(1), { verdict: "pass", compared: 12 }],
  ["replies, three of each arm a block", replies(3), { verdict: "pass", compared: 36 }],
  [
    "arms set by hand: no split to test, and hardly a clock",
    asMode(finishedExperiment(), "fixed"),
    { verdict: "pass", checks: { E5: "pass", E7: "pass" }, compared: 16 },
  ],
  [
    "drawn systematically, without the planner",
    asMode(finishedExperiment(), "systematic"),
    { verdict: "pass", checks: { "E4''": "insufficient" }, compared: 16 },
  ],
  [
    "an arm that had no chance was published all the same",
    asMode(finishedExperiment(), "random", 0),
    { verdict: "invalid", checks: { E1: "invalid" }, compared: 16 },
  ],
  [
    "over the night in which the clocks change",
    dealt({ dayOf: (_arm, block, position) => 26 + block + position / 48, hourOf: () => 1.5 }),
    { verdict: "pass", compared: 16 },
  ],
])("%s", (_, input, { verdict, checks = {}, compared }) => {
  const report = checkValidity(readValidityInput(JSON.parse(JSON.stringify(input))));
  expect(validityReportSchema.safeParse(report).error?.issues).toBeUndefined();
  const own = Object.fromEntries(report.checks.map((check) => [check.checkId, check.verdict]));
  const found = Object.fromEntries(Object.keys(checks).map((checkId) => [checkId, own[checkId]]));
  expect({ verdict: report.verdict, checks: found, compared: report.comparablePostIds.length }).toEqual({ verdict, checks, compared });
  for (const { explanation } of report.checks) {
    expect(explanation).toMatch(/^\S.*\.$/);
    expect(explanation).not.toMatch(/NaN|undefined|Infinity|null/);
  }
  expect(report.checks.filter((check) => check.verdict === "invalid" && check.action === "none")).toEqual([]);
});
