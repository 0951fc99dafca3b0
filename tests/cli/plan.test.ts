import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { run } from "../../src/cli/commands/plan.ts";
import { type Issue, planSchema } from "../../src/domain/index.ts";
import { openFileStore } from "../../src/adapters/index.ts";
import { readCalendar } from "../../src/schedule/index.ts";
import { edited, exampleInput, writtenBrief } from "../domain/briefs.ts";
import { testFolder } from "../support/folder.ts";
import { documentOf, printed } from "../support/printed.ts";

interface PlanDocument {
  readonly experimentId: string;
  readonly layer: string;
  readonly planHash: string;
  readonly looks: readonly number[];
  readonly posts: readonly {
    readonly postId: string;
    readonly variantId: string;
    readonly block: string;
    readonly startMs: number;
    readonly zone: string;
    readonly wallTime: string;
    readonly surface: string;
    readonly lane: string;
    readonly account: string;
    readonly probability: number;
  }[];
  readonly refused?: readonly Issue[];
  readonly notes: readonly string[];
}

const batch = "examples/briefs/batch-hook.yaml";

describe("expos plan", () => {
  test("prints a week as a person reads it", async () => {
    const { exitCode, out } = await printed(() => run({ file: batch, seed: "7" }), false);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Question or promise as the first line\n/);
    expect(out).toContain("16 posts in 8 blocks: promise (control), question (test); at every position each arm has probability 1/2");
    expect(out).toContain("Week of Mon 1 Mar 2027, Europe/Lisbon (UTC+00:00)");
    expect(out).toMatch(/^ {2}Mon {2}1 Mar {2}1[23]:\d\d {2}(promise|question) +api {2}block 0\d weekday-noon weekday$/m);
    expect(out).toContain("Nothing was kept");
  });

  test("shows both offsets of a week in which the clocks change, and who publishes in a browser", async () => {
    const file = testFolder().file(
      "lane.yaml",
      stringify(
        edited(writtenBrief("lane-reliability"), ["runWindow"], {
          start: "2027-03-22T00:00",
          end: "2027-04-10T00:00",
          zone: "Europe/Lisbon",
        }),
      ),
    );
    const { out } = await printed(() => run({ file, seed: "7" }), false);
    expect(out).toMatch(/Week of Mon 29 Mar 2027, Europe\/Lisbon \(UTC\+01:00\)/);
    expect(out).toContain("browser, by a person");
  });

  test("gives programs the whole plan, the same bytes for the same seed", async () => {
    const once = await printed(() => run({ file: batch, seed: "7" }), true);
    expect((await printed(() => run({ file: batch, seed: "7" }), true)).out).toBe(once.out);
    expect((await printed(() => run({ file: batch, seed: "8" }), true)).out).not.toBe(once.out);
    const plan = JSON.parse(once.out) as PlanDocument;
    expect(plan).toMatchObject({ layer: "aurora-coffee/instagram.reels/hook", planHash: expect.stringMatching(/^sha256:/), looks: [8] });
    expect(plan.posts).toHaveLength(16);
    expect(plan.posts[0]).toMatchObject({
      zone: "Europe/Lisbon",
      surface: "instagram.reels",
      lane: "api",
      account: "aurora.coffee.lisboa",
      probability: 0.5,
    });
    expect(plan.refused).toBeUndefined();
  });

  test.each([
    ["engagement-reply", [6, 9, 12], 24],
    ["lane-reliability", [10], 20],
    ["micro-hook", [3], 6],
  ])("plans %s, with the looks of its rule", async (name, looks, posts) => {
    const plan = await documentOf<PlanDocument>(() => run({ file: `examples/briefs/${name}.yaml`, seed: "7" }));
    expect(plan.looks.at(-1)).toBe(looks.at(-1));
    expect(plan.posts).toHaveLength(posts);
  });

  test("counts the account's other posts, hours and signals of a plan input", async () => {
    const input = exampleInput("plan-input", "valid") as { ordinaryPosts: { startMs: number }[]; recentPosts: { publishedMs: number }[] };
    const plan = await documentOf<PlanDocument>(() => run({ file: "examples/inputs/plan-input.valid.json", seed: "7" }));
    const others = [
      ...input.ordinaryPosts.slice(0, 1).map(({ startMs }) => startMs),
      ...input.recentPosts.map(({ publishedMs }) => publishedMs),
    ];
    for (const { startMs } of plan.posts)
      for (const other of others) expect(Math.abs(startMs - other)).toBeGreaterThanOrEqual(180 * 60_000);
    const free = await documentOf<PlanDocument>(() => run({ file: batch, seed: "7" }));
    expect(plan.posts.map(({ wallTime }) => wallTime)).not.toEqual(free.posts.map(({ wallTime }) => wallTime));
  });

  test("exports a calendar that comes back, and counts another one's events", async () => {
    const folder = testFolder();
    const ics = join(folder.path, "plan.ics");
    const plan = await documentOf<PlanDocument>(() => run({ file: batch, seed: "7", ics }));
    const { events } = readCalendar(readFileSync(ics, "utf8"), "UTC", { fromMs: 0, untilMs: 0 });
    expect(events.map(({ startMs, post }) => [startMs, post?.variantId])).toEqual(
      plan.posts.map(({ startMs, variantId }) => [startMs, variantId]),
    );

    // Its own export is not in its own way; the same events as somebody else's are.
    const again = await documentOf<PlanDocument>(() => run({ file: batch, seed: "7", calendar: ics }));
    expect(again.posts).toEqual(plan.posts);
    const foreign = folder.file("foreign.ics", readFileSync(ics, "utf8").replaceAll(/^X-EXPOS.*\r\n( .*\r\n)*/gm, ""));
    const moved = await documentOf<PlanDocument>(() => run({ file: batch, seed: "7", calendar: foreign }), 1);
    expect(moved.refused).toEqual([expect.objectContaining({ code: "window-too-small" })]);
  });

  test("does not replace a calendar file of somebody else", async () => {
    const file = testFolder().file("mine.ics", "keep me");
    expect(await documentOf(() => run({ file: batch, seed: "7", ics: file }), 1)).toMatchObject({ error: { code: "file-exists" } });
    expect(readFileSync(file, "utf8")).toBe("keep me");
    await documentOf(() => run({ file: batch, seed: "7", ics: file, force: true }));
    expect(readFileSync(file, "utf8")).toContain("BEGIN:VCALENDAR");
  });

  test("keeps the plan where a store is named, once, and nothing elsewhere", async () => {
    const folder = join(testFolder().path, "store");
    const first = await documentOf<PlanDocument>(() => run({ file: batch, seed: "7", store: folder }));
    await documentOf(() => run({ file: batch, seed: "7", store: folder }));
    const store = openFileStore(folder);
    const stored = await store.get("plan", first.experimentId);
    expect(stored!.rev).toBe(1);
    expect(planSchema.parse(stored!.value).planHash).toBe(first.planHash);
    expect(await store.get("experiment", first.experimentId)).toMatchObject({ value: { state: "approval", planHash: first.planHash } });
    expect((await store.list("variant")).map(({ value }) => value.variantId).toSorted()).toEqual(["control", "question"]);
  });

  test("a second experiment on the layer is told who else wants it", async () => {
    const folder = testFolder();
    await documentOf(() => run({ file: batch, seed: "7", store: folder.path }));
    const other = await documentOf<PlanDocument>(() => run({ file: batch, seed: "8", store: folder.path }));
    expect(other.notes).toEqual([expect.stringMatching(/^The layer aurora-coffee\/instagram\.reels\/hook is also wanted by /)]);
  });
});

describe("expos plan refuses", () => {
  const refusedPlan = async (path: (string | number)[], value: unknown): Promise<PlanDocument> => {
    const file = testFolder().file("brief.yaml", stringify(edited(writtenBrief("batch-hook"), path, value)));
    return documentOf<PlanDocument>(() => run({ file, seed: "7" }), 1);
  };

  test.each<[string, (string | number)[], unknown, string]>([
    ["a window that is too small", ["runWindow", "end"], "2027-03-03T00:00", "window-too-small"],
    ["pacing that nothing can keep", ["exposurePlan", "cadence"], { minGapMinutes: 40_000 }, "pacing-impossible"],
    [
      "cells outside the window",
      ["exposurePlan", "cells"],
      [{ cell: "x", weekdays: ["sun"], from: "23:00", to: "24:00" }],
      "plan-impossible|cells-too-few|window-too-small",
    ],
    ["a number of posts that is not the type's", ["exposurePlan", "postsPerVariant"], 21, "posts-per-variant"],
  ])("%s with the whole document and exit 1", async (_, path, value, code) => {
    const plan = await refusedPlan(path, value);
    expect(plan).toMatchObject({ layer: "aurora-coffee/instagram.reels/hook", posts: [], planHash: expect.stringMatching(/^sha256:/) });
    expect(plan.refused![0]!.code).toMatch(new RegExp(`^(${code})$`));
    expect(plan.refused![0]!.fix.length).toBeGreaterThan(10);
  });

  test("a slot in a gap of the clock, with the nearest times", async () => {
    const brief = edited(
      writtenBrief("batch-hook"),
      ["exposurePlan", "cells"],
      [{ cell: "night", weekdays: ["sat", "sun"], from: "01:00", to: "02:00" }],
    );
    const file = testFolder().file(
      "brief.yaml",
      stringify(edited(brief, ["runWindow"], { start: "2027-03-15T00:00", end: "2027-04-30T00:00", zone: "Europe/London" })),
    );
    const { refused } = await documentOf<PlanDocument>(() => run({ file, seed: "7" }), 1);
    expect(refused).toEqual([
      expect.objectContaining({
        code: "wall-time-gap",
        path: "exposurePlan.cells[0]",
        fix: expect.stringContaining("Use 2027-03-28T00:59 or 2027-03-28T02:00"),
      }),
    ]);
    const { out } = await printed(() => run({ file, seed: "7" }), false);
    expect(out).toContain("wall-time-gap at exposurePlan.cells[0]");
  });

  test("repeating events of a calendar count each time, all-day ones not, and both is said even of a refused plan", async () => {
    const folder = testFolder();
    const event = (...lines: string[]) => ["BEGIN:VEVENT", "UID:1", ...lines, "END:VEVENT"];
    const daily = event("SUMMARY:Noon", "DTSTART;TZID=Europe/Lisbon:20260101T123000", "RRULE:FREQ=DAILY");
    const holiday = event("SUMMARY:Holiday", "DTSTART;VALUE=DATE:20270305");
    const calendar = folder.file("c.ics", ["BEGIN:VCALENDAR", ...daily, ...holiday, "END:VCALENDAR"].join("\r\n"));
    const { refused } = await documentOf<PlanDocument>(() => run({ file: batch, seed: "7", calendar }), 1);
    expect(refused).toEqual([
      expect.objectContaining({ code: "window-too-small", message: expect.stringContaining("room for 7 complete blocks") }),
    ]);
    const { out } = await printed(() => run({ file: batch, seed: "7", calendar }), false);
    expect(out).toContain('"Holiday" does not count for the pacing: it lasts all day');
  });

  test("nothing is written for a refused plan", async () => {
    const folder = testFolder();
    const file = folder.file("brief.yaml", stringify(edited(writtenBrief("batch-hook"), ["runWindow", "end"], "2027-03-03T00:00")));
    const [ics, store] = [join(folder.path, "p.ics"), join(folder.path, "store")];
    await documentOf(() => run({ file, seed: "7", ics, store }), 1);
    expect([existsSync(ics), existsSync(store)]).toEqual([false, false]);
  });

  test.each<[string, () => Parameters<typeof run>[0], string]>([
    ["an empty seed", () => ({ file: batch, seed: "" }), "seed-empty"],
    ["a brief that is not there", () => ({ file: "nowhere.yaml", seed: "7" }), "brief-unreadable"],
    ["a broken plan input", () => ({ file: "examples/inputs/plan-input.broken.json", seed: "7" }), "plan-input-invalid"],
    ["a calendar that is none", () => ({ file: batch, seed: "7", calendar: "package.json" }), "calendar-invalid"],
    ["a calendar that is not there", () => ({ file: batch, seed: "7", calendar: "nowhere.ics" }), "calendar-unreadable"],
  ])("%s with a typed error", async (_, options, code) => {
    expect(await documentOf(() => run(options()), 1)).toMatchObject({ error: { code, fix: expect.any(String), path: expect.any(String) } });
  });

  test("a zone that nobody keeps, and a brief inside an input, by their paths", async () => {
    const folder = testFolder();
    const zone = folder.file("zone.yaml", stringify(edited(writtenBrief("batch-hook"), ["runWindow", "zone"], "Europe/Atlantis")));
    expect(await documentOf(() => run({ file: zone, seed: "7" }), 1)).toMatchObject({ error: { code: "zone-unknown" } });
    const input = { ...(exampleInput("plan-input", "valid") as object), brief: { ...writtenBrief("batch-hook"), hypothesis: "" } };
    const file = folder.file("input.json", JSON.stringify(input));
    expect(await documentOf(() => run({ file, seed: "7" }), 1)).toMatchObject({ error: { path: "input.json: brief.hypothesis" } });
  });
});
