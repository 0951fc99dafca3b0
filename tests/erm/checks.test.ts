import { describe, expect, test } from "vitest";
import { type Check, checkSchema, type Post } from "../../src/domain/index.ts";
import { checkValidity, defaultValidityPolicy, type ValidityInput } from "../../src/erm/index.ts";
import { createRng } from "../../src/random/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { experimentIn, hourMs, launchMs, type World } from "./world.ts";

const input = (world: Partial<World> = {}, seed = "checks"): ValidityInput =>
  experimentIn({ postsPerArm: 8, failureOf: () => 0, ...world }, createRng(seed));
const check = (of: ValidityInput, id: string): Check | undefined => checkValidity(of).checks.find(({ checkId }) => checkId === id);
const ids = (of: ValidityInput) => checkValidity(of).checks.map(({ checkId }) => checkId);

describe("which checks speak", () => {
  test.each<[string, Partial<World>, string[]]>([
    ["a blocked plan", {}, ["E1", "E2", "E3", "E3'", "blocks", "E8", "E9", "E10", "E11"]],
    ["independent draws", { mode: "random" }, ["E1", "E2", "E3", "E3'", "E4", "E4'", "E5", "E6", "E7", "E8", "E9", "E10", "E11"]],
    ["a bandit", { mode: "adaptive" }, ["E1", "E2", "E3", "E3'", "E4'", "E4''", "E5", "E6", "E7", "E8", "E9", "E10", "E11"]],
  ])("%s has its own ratio and slot checks", (_, world, expected) => {
    expect(ids(input(world))).toEqual(expected);
  });

  test("every record is complete and tells its finding in one sentence", () => {
    for (const mode of ["blocked", "random", "adaptive"] as const)
      for (const record of checkValidity(input({ mode, postsPerArm: 12 })).checks) {
        expect(checkSchema.safeParse(record).error?.issues).toBeUndefined();
        expect(record.explanation).toMatch(/^[A-Z\d].*\.$/);
        expect(record.explanation).not.toMatch(/NaN|undefined|Infinity/);
      }
  });

  test("a lane test leaves failures to the outcomes and the lane out of the composition", () => {
    const brief = { ...exampleBrief(), variableUnderTest: "lane" as const };
    const lanes = input({ brief, failureOf: (arm) => (arm === 1 ? 0.5 : 0), makeUps: false });
    const browser = <T extends { readonly isControl: boolean }>(post: T) => ({
      ...post,
      lane: post.isControl ? ("api" as const) : ("browser" as const),
    });
    const tested: ValidityInput = {
      ...lanes,
      posts: lanes.posts.map(browser),
      plan: { ...lanes.plan, posts: lanes.plan.posts.map(browser) },
    };
    expect(ids(tested)).toEqual(["E1", "blocks", "E8", "E9", "E10", "E11"]);
    expect(check(tested, "blocks")?.verdict).toBe("pass");
    expect(check(tested, "E9")?.verdict).toBe("pass");
  });

  test("in a lane test a failed post is an outcome that can be compared", () => {
    const lane = exampleBrief("lane-reliability");
    const brief = { ...exampleBrief(), variableUnderTest: "lane" as const, successProxies: lane.successProxies };
    const tested = input({ brief, failureOf: (arm) => (arm === 1 ? 0.5 : 0), makeUps: false });
    expect(tested.posts.some(({ status }) => status === "rejected")).toBe(true);
    expect(checkValidity(tested).comparablePostIds).toHaveLength(16);
  });

  test("a slot test is measured from its plan, not from the other arm's clock", () => {
    const brief = { ...exampleBrief(), variableUnderTest: "slot" as const };
    const hourOf = (arm: number) => (arm === 0 ? 9 : 19);
    const tested = input({ brief, hourOf });
    expect(ids(tested)).toEqual(["E1", "E2", "E3", "E3'", "blocks", "slots", "E8", "E9", "E10", "E11"]);
    expect(checkValidity(tested).verdict).toBe("pass");
    expect(checkValidity(tested).comparablePostIds).toHaveLength(16);
    const late = (post: Post, arm: number, block: number): Post =>
      arm === 1 && block < 2 ? { ...post, publishedMs: post.publishedMs! + 3 * hourMs } : post;
    expect(check(input({ brief, hourOf, change: late }), "slots")).toMatchObject({ verdict: "invalid", statistic: 2 });
    expect(check(input({ brief, hourOf, mode: "random", change: late }), "E5")).toBeUndefined();
  });
});

describe("a fault is found by its check", () => {
  test("E1: a post of an arm that had no chance there", () => {
    const clean = input();
    const [first, ...others] = clean.plan.posts;
    const sure = {
      ...first!,
      assignment: { ...first!.assignment, probabilities: { control: first!.isControl ? 0 : 1, question: first!.isControl ? 1 : 0 } },
    };
    expect(check({ ...clean, plan: { ...clean.plan, posts: [sure, ...others] } }, "E1")).toMatchObject({
      verdict: "invalid",
      action: "pause",
    });
  });

  test("E2: a field under test that did not arrive counts as lost", () => {
    const coverLost = (post: Post, arm: number, block: number): Post =>
      arm === 1 && block < 2 ? { ...post, status: "publishedWithDefects", defects: ["parts.hook"] } : post;
    expect(check(input({ change: coverLost }), "E2")).toMatchObject({ verdict: "invalid", statistic: 2, action: "pause" });
    // For fewer than five posts per arm any loss is too many.
    const one = (post: Post, arm: number, block: number): Post => (arm === 1 && block === 0 ? { ...post, status: "takenDown" } : post);
    expect(check(input({ postsPerArm: 4, change: one }), "E2")?.verdict).toBe("invalid");
    expect(check(input({ postsPerArm: 5, change: one }), "E2")?.verdict).toBe("warn");
  });

  /** The first attempt of these posts failed, the second arrived. */
  const retried =
    (blocks: number) =>
    (post: Post, arm: number, block: number): Post =>
      arm === 1 && block < blocks
        ? {
            ...post,
            attempts: [
              { attemptNo: 1, atMs: post.slot.startMs, outcome: "failed" },
              { attemptNo: 2, atMs: post.publishedMs!, outcome: "published" },
            ],
          }
        : post;

  test("E3: first attempts that failed in one arm, though every post arrived in the end", () => {
    const found = check(input({ change: retried(6) }), "E3")!;
    expect(found).toMatchObject({ verdict: "invalid", exactness: "exact", effect: 0.75, action: "hold" });
    expect(found.p).toBeCloseTo(0.00699, 5);
    expect(check(input({ change: retried(6) }), "E2")?.verdict).toBe("pass");
  });

  test("E3: a large gap that no outcome of this size could prove is insufficient; no failure at all is a pass", () => {
    const few = check(input({ postsPerArm: 5, change: retried(1) }), "E3")!;
    expect(few).toMatchObject({ verdict: "insufficient", effect: 0.2 });
    expect(few.minP).toBeCloseTo(1, 9);
    expect(check(input({ postsPerArm: 3 }), "E3")).toMatchObject({ verdict: "pass", p: 1, explanation: "No first attempt failed." });
  });

  test("E4 and E4': 20 of 22 posts dealt to one arm", () => {
    const skewed = input({ mode: "random", postsPerArm: 11, deal: "independent" });
    const dealt = skewed.plan.posts.map((post, at) => ({ ...post, variantId: at < 20 ? "control" : "question" }));
    const report = checkValidity({ ...skewed, plan: { ...skewed.plan, posts: dealt } }).checks;
    expect(report.find(({ checkId }) => checkId === "E4")).toMatchObject({
      verdict: "invalid",
      n: [20, 2],
      exactness: "exact",
      action: "hold",
    });
    expect(report.find(({ checkId }) => checkId === "E4'")).toMatchObject({ verdict: "invalid", action: "hold" });
  });

  test("E4'': weights that changed are judged by what was logged, post by post", () => {
    const bandit = input({ mode: "adaptive", postsPerArm: 10, deal: "independent" });
    const leaning = (share: number) => ({
      ...bandit,
      plan: {
        ...bandit.plan,
        posts: bandit.plan.posts.map((post, at) => ({
          ...post,
          variantId: at < 18 ? "control" : "question",
          assignment: {
            ...post.assignment,
            probabilities: at < 10 ? { control: 0.5, question: 0.5 } : { control: share, question: 1 - share },
          },
        })),
      },
    });
    expect(check(leaning(0.95), "E4''")?.verdict).not.toBe("invalid");
    expect(check(leaning(0.3), "E4''")).toMatchObject({ verdict: "invalid", n: [18, 2] });
    const systematic = leaning(0.3);
    const asSystematic: ValidityInput = {
      ...systematic,
      plan: {
        ...systematic.plan,
        posts: systematic.plan.posts.map((post) => ({ ...post, assignment: { ...post.assignment, mode: "systematic" } })),
      },
    };
    expect(check(asSystematic, "E4''")).toMatchObject({ verdict: "insufficient" });
    const replay = () => [
      [5, 5],
      [3, 7],
    ];
    expect(check({ ...asSystematic, replay }, "E4''")).toMatchObject({ verdict: "invalid", exactness: "monteCarlo", draws: 2000 });
  });

  test("E5: antipodal slots, which an arc distance does not see", () => {
    const hourOf = (arm: number, block: number) => (arm === 0 ? [9, 21] : [3, 15])[block % 2]!;
    const antipodal = input({ mode: "random", postsPerArm: 10, hourOf, dayOf: (_, block) => block });
    const found = check(antipodal, "E5")!;
    expect(found.floor).toBe(2);
    expect(found.effect).toBeGreaterThan(2);
  });

  test("E5: arms that never share a part of the day cannot be compared, however few they are; six per arm are needed to say more", () => {
    const hourOf = (arm: number) => (arm === 0 ? 3 : 15);
    expect(check(input({ mode: "random", postsPerArm: 3, hourOf }, "apart"), "E5")).toMatchObject({
      verdict: "invalid",
      exactness: "deterministic",
    });
    const few = checkValidity(input({ mode: "random", postsPerArm: 5, dayOf: (_, block) => block % 5 }));
    expect(few.checks.find(({ checkId }) => checkId === "E5")).toMatchObject({ verdict: "insufficient" });
    expect(few.verdict).toBe("insufficient");
  });

  /** An account whose evening posts did forty times better, and posts of the arms at these hours. */
  function evenings(hourOf: (arm: number) => number, postsPerArm: number): ValidityInput {
    const plain = input({ mode: "random", postsPerArm, hourOf, history: 60 });
    const history = plain.history!.map((post, at) => {
      const startMs = post.slot.startMs + (at % 2) * 6 * hourMs;
      return { ...post, publishedMs: startMs, slot: { ...post.slot, startMs, wallTime: new Date(startMs).toISOString().slice(0, 19) } };
    });
    const late = new Set(history.filter((_, at) => at % 2 === 1).map(({ postId }) => postId));
    const snapshots = plain.snapshots.map((snapshot) =>
      late.has(snapshot.postId)
        ? {
            ...snapshot,
            metrics: { ...snapshot.metrics, comments: 40 * snapshot.metrics["comments"]!, shares: 40 * snapshot.metrics["shares"]! },
          }
        : snapshot,
    );
    return { ...plain, history, snapshots };
  }

  test("E6: slots that history says are worth more, all given to one arm", () => {
    const found = check(
      evenings((arm) => (arm === 0 ? 12 : 18), 8),
      "E6",
    )!;
    expect(found).toMatchObject({ verdict: "invalid", action: "hold", exactness: "exact" });
    expect(found.p).toBeLessThanOrEqual(0.005);
    expect(found.effect).toBeGreaterThan(1);
    // Three posts per arm: even the worst deal is one of twenty, so the bias cannot be told from luck.
    expect(
      check(
        evenings((arm) => (arm === 0 ? 12 : 18), 3),
        "E6",
      ),
    ).toMatchObject({ verdict: "insufficient" });
  });

  test("E6: where chances followed the hour, the hour proves nothing: labels are exchanged among posts with equal chances only", () => {
    const plain = evenings((arm) => (arm === 0 ? 12 : 18), 8);
    const own = <T extends Pick<Post, "assignment" | "isControl">>(post: T): T => ({
      ...post,
      assignment: { ...post.assignment, probabilities: post.isControl ? { control: 0.9, question: 0.1 } : { control: 0.1, question: 0.9 } },
    });
    const weighted = { ...plain, posts: plain.posts.map(own), plan: { ...plain.plan, posts: plain.plan.posts.map(own) } };
    expect(check(weighted, "E6")).toMatchObject({ verdict: "insufficient", p: 1, minP: 1 });
  });

  test("E6: a large predicted difference that the deal often makes is no fault", () => {
    const reports = Array.from({ length: 40 }, (_, run) =>
      check(input({ mode: "random", postsPerArm: 8, history: 60 }, `dealt ${run}`), "E6")!,
    );
    const { warnAbove, warnP } = defaultValidityPolicy.prognosis;
    expect(reports.some(({ effect, p }) => effect! > warnAbove && p! > warnP)).toBe(true);
    for (const { p, verdict } of reports) expect(verdict === "pass" || p! <= warnP).toBe(true);
    expect(check(input({ mode: "random", history: 39 }), "E6")).toMatchObject({ verdict: "insufficient" });
  });

  test("E7: one arm after the other", () => {
    const inTurn = input({ mode: "random", postsPerArm: 8 });
    const apart = input({ mode: "random", postsPerArm: 8, dayOf: (arm, block) => block + 8 * arm });
    expect(check(apart, "E7")?.verdict).toBe("invalid");
    expect(check(inTurn, "E7")?.verdict).toBe("pass");
  });

  test("E8: one arm was read later", () => {
    expect(check(input({ lateHoursOf: (arm) => arm * 60 }), "E8")).toMatchObject({ verdict: "invalid", action: "hold" });
    expect(check(input({ lateHoursOf: (arm) => arm * 25 }), "E8")).toMatchObject({ verdict: "warn" });
  });

  test("E9: one arm went out by another lane", () => {
    const byHand = (post: Post, arm: number): Post =>
      arm === 1 ? { ...post, attempts: post.attempts.map((attempt) => ({ ...attempt, lane: "browser" })) } : post;
    expect(check(input({ change: byHand }), "E9")).toMatchObject({ verdict: "invalid", effect: 1 });
    const formats = (post: Post, arm: number): Post => ({ ...post, format: arm === 1 ? "video" : "carousel" });
    expect(check(input({ change: formats }), "E9")?.verdict).toBe("invalid");
    const formatTest = input({ change: formats, brief: { ...exampleBrief(), variableUnderTest: "format" } });
    expect(check(formatTest, "E9")?.verdict).toBe("pass");
  });

  test("E9: where views came from warns at most, since the variant may have caused it; without sources there is none", () => {
    const clean = input();
    const armOf = new Map(clean.posts.map(({ postId, isControl }) => [postId, isControl ? 0 : 1]));
    const sourced = (share: (arm: number) => number): ValidityInput => ({
      ...clean,
      snapshots: clean.snapshots.map((reading) => {
        const arm = armOf.get(reading.postId);
        if (arm === undefined || reading.ageHours < 168) return reading;
        const forYou = share(arm);
        return {
          ...reading,
          metrics: { ...reading.metrics, "impression_sources.for_you": forYou, "impression_sources.follow": 1 - forYou },
        };
      }),
    });
    const found = check(
      sourced((arm) => (arm === 0 ? 0.2 : 0.9)),
      "E9",
    )!;
    expect(found).toMatchObject({ verdict: "warn", action: "none", effect: 1 });
    expect(found.explanation).toContain("source of views");
    expect(
      check(
        sourced(() => 0.8),
        "E9",
      ),
    ).toEqual(check(clean, "E9"));
  });

  test("E10: history of another account, or of the experiment itself, is no baseline", () => {
    const clean = input();
    const elsewhere = { ...clean, history: clean.history!.map((post) => ({ ...post, account: "someone-else" })) };
    expect(check(elsewhere, "E10")).toMatchObject({ verdict: "insufficient", n: [8, 0] });
    const own = clean.posts
      .slice(0, 5)
      .map(({ postId, account, surface, slot, publishedMs }) => ({ postId, account, surface, slot, publishedMs: publishedMs! }));
    const twice = { ...clean, history: [...clean.history!, ...clean.history!.slice(0, 7), ...own] };
    expect(checkValidity(twice)).toEqual(checkValidity(clean));
  });

  test("E10: throttling pauses and asks; the platform's own word makes it invalid; without history it cannot speak", () => {
    const throttled = check(input({ postsPerArm: 12, throttle: 0.05 }), "E10")!;
    expect(throttled).toMatchObject({ verdict: "warn", action: "pause" });
    expect(throttled.explanation).toMatch(/by chance in about \d/);
    expect(check(input({ history: 29 }), "E10")).toMatchObject({ verdict: "insufficient" });
    const clean = input();
    const restricted: ValidityInput = {
      ...clean,
      accountEvents: [
        { account: clean.posts[0]!.account, signal: "reachRestriction", atMs: launchMs, clearedAtMs: launchMs + 4 * 24 * hourMs },
      ],
    };
    expect(check(restricted, "E10")).toMatchObject({ verdict: "invalid", action: "pause" });
    expect(checkValidity(restricted).comparablePostIds.length).toBeLessThan(16);
  });

  test("E10: a test variant that nobody wants is an outcome, not throttling", () => {
    const unloved = input({ postsPerArm: 12, reachFactor: (arm) => (arm === 1 ? 0.05 : 1) });
    expect(check(unloved, "E10")).toEqual(check(input({ postsPerArm: 12 }), "E10"));
  });

  test("E11: a fall that a later reading took back is repaired", () => {
    const clean = input();
    const { postId, publishedMs } = clean.posts[0]! as Post & { publishedMs: number };
    const at = (ageHours: number, reach: number) => {
      const capturedAtMs = publishedMs + ageHours * hourMs;
      return { postId, ageHours, capturedAtMs, recordedAt: capturedAtMs, metrics: { reach } };
    };
    const fallen = { ...clean, snapshots: [...clean.snapshots, at(200, 1)] };
    expect(check(fallen, "E11")).toMatchObject({ verdict: "invalid", action: "pause", postIds: [postId] });
    expect(check({ ...fallen, snapshots: [...fallen.snapshots, at(220, 1_000_000)] }, "E11")?.verdict).toBe("pass");
  });

  test("E11: a correction of a reading replaces it, two versions of one moment contradict each other", () => {
    const clean = input();
    const first = clean.snapshots.find(({ ageHours }) => ageHours === 168)!;
    const corrected = { ...first, recordedAt: first.recordedAt + hourMs, metrics: { ...first.metrics, shares: 999 } };
    expect(check({ ...clean, snapshots: [...clean.snapshots, corrected] }, "E11")?.verdict).toBe("pass");
    expect(check({ ...clean, snapshots: [...clean.snapshots, { ...corrected, recordedAt: first.recordedAt }] }, "E11")?.verdict).toBe(
      "invalid",
    );
  });

  test("blocks: a block whose posts were swapped to other slots is void, and more than a fifth of them invalidates", () => {
    const moved = (blocks: number) => (post: Post, arm: number, block: number) =>
      arm === 1 && block < blocks ? { ...post, publishedMs: post.publishedMs! + 6 * hourMs } : post;
    expect(check(input({ change: moved(1) }), "blocks")).toMatchObject({ verdict: "warn", statistic: 1 });
    expect(check(input({ change: moved(2) }), "blocks")).toMatchObject({ verdict: "invalid", statistic: 2, action: "hold" });
    // A day late at the same hour, from Friday to Saturday, is no longer the block's kind of day.
    const aDayLate = (post: Post): Post =>
      new Date(post.slot.startMs).getUTCDay() === 5 ? { ...post, publishedMs: post.publishedMs! + 24 * hourMs } : post;
    expect(check(input({ change: aDayLate }), "blocks")?.statistic).toBeGreaterThan(0);
  });
});
