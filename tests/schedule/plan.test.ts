import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { slotBin } from "../../src/domain/index.ts";
import { makeVariants } from "../../src/intake/index.ts";
import { createRng } from "../../src/random/index.ts";
import { compilePlan, fitsPace, offsetAt, paceFreeMs, paceOf, planMakeUp, resolveWallTime, wallTimeAt } from "../../src/schedule/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

const zones = ["Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland", "UTC"];
const experimentId = "e1";

function planOf(zone: string, seed: string, start = "2027-03-01", end = "2027-04-05", postsPerVariant = 8) {
  const base = exampleBrief();
  const brief = {
    ...base,
    exposurePlan: { ...base.exposurePlan, postsPerVariant },
    runWindow: { start: `${start}T00:00`, end: `${end}T00:00`, zone },
  };
  const variants = makeVariants(brief, experimentId);
  return { brief, variants, plan: compilePlan({ experimentId, brief, variants, ordinaryPostsMs: [] }, createRng(seed)) };
}

describe("a blocked plan", () => {
  test("gives every arm one post in every block, on matched days, paced, in its zone, across clock changes", () =>
    assertProperty(
      fc.property(
        fc.constantFrom(...zones),
        fc.string({ minLength: 1 }),
        fc.constantFrom(["2027-03-01", "2027-04-05"], ["2027-10-11", "2027-11-20"]),
        (zone, seed, [start, end]) => {
          const { brief, variants, plan } = planOf(zone, seed, start, end);
          const pace = paceOf("instagram.reels", brief.exposurePlan.cadence);
          const times = plan.posts.map(({ slot }) => slot.startMs);
          for (const [block, posts] of Map.groupBy(plan.posts, (post) => post.block)) {
            expect(posts.map(({ variantId }) => variantId).sort()).toEqual(variants.map(({ variantId }) => variantId).sort());
            expect(new Set(posts.map(({ slot }) => slot.cell)).size).toBe(1);
            expect(block).toContain(posts[0]!.slot.cell);
          }
          for (const post of plan.posts) {
            const cell = brief.exposurePlan.cells.find(({ cell: name }) => name === post.slot.cell)!;
            const timeOfDay = post.slot.wallTime.slice(11);
            expect(timeOfDay >= cell.from && timeOfDay < cell.to).toBe(true);
            expect(wallTimeAt(post.slot.startMs, zone)).toBe(post.slot.wallTime);
            expect(
              fitsPace(
                pace,
                times.filter((ms) => ms !== post.slot.startMs),
                post.slot.startMs,
                zone,
              ),
            ).toBe(true);
          }
        },
      ),
      { numRuns: 20 },
    ));

  test("L8: comes from seed and slots alone", () => {
    expect(planOf("UTC", "a").plan).toEqual(planOf("UTC", "a").plan);
    expect(planOf("UTC", "a").plan.posts).not.toEqual(planOf("UTC", "b").plan.posts);
  });

  test("L10: the order within blocks is drawn: over seeds each arm comes first about half of the time", () => {
    let first = 0;
    let blocks = 0;
    for (let seed = 0; seed < 40; seed++)
      for (const posts of Map.groupBy(planOf("UTC", `s${seed}`).plan.posts, ({ block }) => block).values()) {
        blocks++;
        if (posts[0]!.isControl) first++;
      }
    expect(blocks).toBe(320);
    expect(first / blocks).toBeGreaterThan(0.4);
    expect(first / blocks).toBeLessThan(0.6);
  });

  test("a window that cannot hold it is refused with what would", () => {
    const { plan } = planOf("UTC", "a", "2027-03-01", "2027-03-05");
    expect(plan.posts).toEqual([]);
    expect(plan.refused).toEqual([
      expect.objectContaining({ code: "window-too-small", path: "runWindow", fix: expect.stringContaining("Extend") }),
    ]);
  });

  test("one make-up stays in cell and weekday class, once", () => {
    const { brief, plan } = planOf("Europe/Lisbon", "a");
    const failed = plan.posts[0]!;
    const taken = plan.posts.map(({ slot }) => slot.startMs);
    const makeUp = planMakeUp(brief, plan, failed, taken, failed.slot.startMs, createRng("m"))!;
    expect(makeUp).toMatchObject({ makeUpFor: failed.postId, variantId: failed.variantId, block: failed.block });
    expect(makeUp.slot.cell).toBe(failed.slot.cell);
    expect(slotBin(makeUp.slot.wallTime).split("/")[1]).toBe(slotBin(failed.slot.wallTime).split("/")[1]);
    const extended = { ...plan, posts: [...plan.posts, makeUp] };
    expect(planMakeUp(brief, extended, failed, taken, failed.slot.startMs, createRng("m"))).toBeUndefined();
  });
});

describe("wall time", () => {
  test.each([
    ["Europe/London", "2026-03-29T01:30"],
    ["America/New_York", "2026-03-08T02:30"],
  ])("in %s refuses %s, which clocks skip, with its neighbours", (zone, wallTime) => {
    expect(refusalOf(() => resolveWallTime(wallTime, zone))).toMatchObject({
      code: "wall-time-gap",
      fix: expect.stringMatching(/^Use .*T\d\d:\d\d or /),
    });
  });

  test.each([
    ["Europe/London", "2026-10-25T01:30", "2026-10-25T00:30Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"],
    ["Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-04T14:30Z"],
  ])("in %s takes the earlier %s of two, and says so", (zone, wallTime, instant) => {
    expect(resolveWallTime(wallTime, zone)).toEqual({ instantMs: Date.parse(instant), note: expect.stringContaining("twice") });
  });

  test("knows offsets of half an hour", () => {
    expect(offsetAt(0, "Asia/Kolkata")).toBe("+05:30");
  });
});

test("pacing waits for the gap, and for the next day once the day is full", () => {
  const pace = { maxPerDay: 2, minGapMinutes: 180 };
  const at = (text: string): number => Date.parse(text);
  expect(paceFreeMs(pace, [at("2027-03-01T09:00Z")], at("2027-03-01T10:00Z"), "UTC")).toBe(at("2027-03-01T12:00Z"));
  expect(paceFreeMs(pace, [at("2027-03-01T09:00Z"), at("2027-03-01T12:00Z")], at("2027-03-01T16:00Z"), "UTC")).toBe(
    at("2027-03-02T00:00Z"),
  );
  expect(paceFreeMs(pace, [], at("2027-03-01T16:00Z"), "UTC")).toBe(at("2027-03-01T16:00Z"));
});
