import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planHash } from "../../src/canon/index.ts";
import { type Brief, planSchema, readBrief, slotBin, weekdays } from "../../src/domain/index.ts";
import { makeVariants } from "../../src/intake/index.ts";
import { createRng } from "../../src/random/index.ts";
import { compilePlan, type PlanInput, planMakeUp } from "../../src/schedule/index.ts";
import { edited, exampleBrief, exampleBriefs, writtenBrief } from "../domain/briefs.ts";
import { assertProperty } from "../support/property.ts";
import { expectSoundPlan, planInputArbitrary } from "./support/planInputs.ts";
import { expectRemedied } from "./support/remedied.ts";

const inputOf = (brief: Brief, change: Partial<PlanInput> = {}): PlanInput => ({
  experimentId: "e1",
  brief,
  variants: makeVariants(brief, "e1"),
  otherPosts: [],
  ...change,
});
const planned = (brief: Brief, seed = "7", change: Partial<PlanInput> = {}) => compilePlan(inputOf(brief, change), createRng(seed));
const batch = exampleBrief("batch-hook");
const { decisionPreset: _preset, ...anyPreset } = batch;
const within = (brief: Brief, start: string, end: string, zone = brief.runWindow.zone): Brief => ({
  ...brief,
  runWindow: { start, end, zone },
});
const planning = (brief: Brief, change: Partial<Brief["exposurePlan"]>): Brief => ({
  ...brief,
  exposurePlan: { ...brief.exposurePlan, ...change },
});
const account = { id: "aurora.coffee.lisboa", platform: "instagram" as const, openSignals: [], signals: [] };
const hourMs = 3_600_000;

describe("plans of random briefs, every type, six zones, clock changes, ordinary posts, working hours", () => {
  test("L1: are blocked, paced and right in their zone, or refused with a fix", async () => {
    let held = 0;
    let runs = 0;
    await assertProperty(
      fc.property(planInputArbitrary, fc.string({ minLength: 1 }), (input, seed) => {
        const plan = compilePlan(input, createRng(seed));
        expectSoundPlan(input, plan);
        runs++;
        if (plan.refused === undefined) held++;
      }),
      { numRuns: 150 },
    );
    // A judge that only ever sees refusals proves nothing.
    expect(held).toBeGreaterThan(runs / 10);
  });

  test("L8: come from seed and slots alone, byte for byte, and read back as what they are", () =>
    assertProperty(
      fc.property(planInputArbitrary, fc.string({ minLength: 1 }), (input, seed) => {
        const text = JSON.stringify(compilePlan(input, createRng(seed)));
        expect(JSON.stringify(compilePlan(structuredClone(input), createRng(seed)))).toBe(text);
        const read = planSchema.parse(JSON.parse(text));
        expect(planHash(input.brief, read.posts)).toBe(read.planHash);
      }),
      { numRuns: 30 },
    ));

  test("are refused with remedies that hold, alone or together as the fix says", () =>
    assertProperty(
      fc.property(planInputArbitrary, (input) => {
        const [issue] = compilePlan(input, createRng("7")).refused ?? [];
        if (issue !== undefined && issue.code !== "wall-time-gap") expectRemedied(input, issue.fix, "7");
      }),
      { numRuns: 150 },
    ));

  test("name the smallest combination where no remedy is enough alone", () => {
    const atNight = { ...account, workingHours: [{ weekdays: [...weekdays], from: "03:00", to: "04:00" }] };
    const brief = within(batch, "2027-03-01T00:00", "2027-03-03T00:00");
    const [issue] = planned(brief, "7", { account: atNight }).refused!;
    expect(issue).toMatchObject({ code: "plan-impossible", path: "exposurePlan" });
    expect(issue!.fix).toMatch(/^Extend the window to \S+, and .+: neither is enough alone\.$/);
    expectRemedied(inputOf(brief, { account: atNight }), issue!.fix, "7");
  });
});

describe("the order of arms", () => {
  test("L10: is uniform over seeds in every block, as the logged probability says", () => {
    const seeds = 600;
    const arms = readBrief(
      edited(
        writtenBrief("batch-hook"),
        ["testVariants"],
        [
          { id: "question", patch: { parts: { hook: "Why?" } } },
          { id: "number", patch: { parts: { hook: "Three things." } } },
        ],
      ),
    );
    const counts = new Map<string, number>();
    for (let seed = 0; seed < seeds; seed++)
      for (const [block, posts] of Map.groupBy(
        planned(within(arms, "2027-03-01T00:00", "2027-03-22T00:00"), `s${seed}`).posts,
        ({ block }) => block,
      )) {
        const key = `${block}: ${posts.map(({ variantId }) => variantId).join(" ")}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    const blocks = Map.groupBy(counts, ([key]) => key.split(":")[0]);
    let chiSquares = 0;
    for (const orders of blocks.values()) {
      expect(orders.length).toBe(6);
      chiSquares += orders.reduce((sum, [, count]) => sum + (count - seeds / 6) ** 2 / (seeds / 6), 0);
    }
    // 8 blocks x 5 degrees of freedom: 99.99 % of such sums lie below 84.
    expect(blocks.size).toBe(8);
    expect(chiSquares).toBeLessThan(84);
  });

  test("is drawn for each block alone: one block's order says nothing about the next one's", () => {
    let same = 0;
    const seeds = 400;
    for (let seed = 0; seed < seeds; seed++) {
      const first = [...Map.groupBy(planned(batch, `s${seed}`).posts, ({ block }) => block).values()].map(([post]) => post!.isControl);
      if (first[0] === first[1]) same++;
    }
    expect(Math.abs(same / seeds - 0.5)).toBeLessThan(0.1);
  });

  test("differs between experiments of one seed", () => {
    const orders = (experimentId: string) => planned(batch, "7", { experimentId }).posts.map(({ isControl }) => isControl);
    expect(["a", "b", "c", "d"].some((id) => orders(id).join() !== orders("e").join())).toBe(true);
    const ids = ["a", "b"].flatMap((id) => planned(batch, "7", { experimentId: id }).posts.map(({ postId }) => postId));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("slots", () => {
  test("move by at most the jitter share of the gap, and never out of their daypart", () => {
    for (let seed = 0; seed < 40; seed++)
      for (const { slot } of planned(batch, `s${seed}`).posts) {
        const cell = batch.exposurePlan.cells.find(({ cell: name }) => name === slot.cell)!;
        const [from, to] = [cell.from, cell.to].map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
        const minute = Number(slot.wallTime.slice(11, 13)) * 60 + Number(slot.wallTime.slice(14));
        expect(Math.abs(minute - (from! + to!) / 2)).toBeLessThanOrEqual(0.15 * 180);
      }
  });

  test("stay where they were when the window grows or another cell is added", () => {
    const times = (brief: Brief) => planned(brief).posts.map(({ slot }) => slot.wallTime);
    expect(times(within(batch, "2027-03-01T00:00", "2027-03-20T00:00"))).toEqual(times(batch));
  });

  test("give way to an ordinary post inside their band, or leave the day to it", () => {
    const free = planned(batch).posts[0]!.slot;
    const beside = planned(batch, "7", { otherPosts: [{ startMs: free.startMs - 175 * 60_000 }] });
    const moved = beside.posts.find(({ slot }) => slot.wallTime.startsWith(free.wallTime.slice(0, 10)))!.slot;
    expect(moved.startMs - free.startMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(slotBin(moved.wallTime)).toBe(slotBin(free.wallTime));
    const onTop = planned(batch, "7", { otherPosts: [{ startMs: free.startMs }] });
    expect(onTop.posts.some(({ slot }) => slot.cell === free.cell && slot.wallTime.startsWith(free.wallTime.slice(0, 10)))).toBe(false);
  });

  test("in a spring gap are refused with the nearest times, whatever the seed", () => {
    const night = planning(within(anyPreset, "2026-03-23T00:00", "2026-04-20T00:00", "Europe/London"), {
      cells: [{ cell: "night", weekdays: ["sat", "sun"], from: "01:00", to: "02:00" }],
      postsPerVariant: 5,
    });
    for (const seed of ["1", "2", "3"])
      expect(planned(night, seed).refused).toEqual([
        expect.objectContaining({
          code: "wall-time-gap",
          path: "exposurePlan.cells[0]",
          fix: expect.stringContaining("Use 2026-03-29T00:59 or 2026-03-29T02:00"),
        }),
      ]);
  });

  test("in an autumn fold are the earlier of two, and the plan says so", () => {
    const night = planning(within(batch, "2026-10-24T00:00", "2026-12-14T00:00", "Europe/London"), {
      cells: [{ cell: "night", weekdays: ["sun"], from: "01:15", to: "01:45" }],
      postsPerVariant: 2,
    });
    const plan = planned({
      ...night,
      experimentType: "lane",
      variableUnderTest: "lane",
      testVariants: [{ id: "browser", patch: { lane: "browser" } }],
      approvalLevel: "review",
      decisionPreset: "exploratory",
    });
    expect(plan.refused).toBeUndefined();
    expect(plan.posts[0]!.slot.wallTime.slice(0, 10)).toBe("2026-10-25");
    expect(new Date(plan.posts[0]!.slot.startMs).toISOString()).toMatch(/^2026-10-25T00:/);
    expect(plan.notes).toEqual(expect.arrayContaining([expect.stringMatching(/2026-10-25T01:\d\d exists twice in Europe\/London/)]));
  });

  test("are not planned in the past, in a cool-down or on an account in trouble", () => {
    const startMs = Date.parse("2027-03-01T00:00Z");
    const late = planned(batch, "7", { nowMs: startMs + 36 * hourMs });
    expect(Math.min(...late.posts.map(({ slot }) => slot.startMs))).toBeGreaterThan(startMs + 36 * hourMs);
    const resting = planned(batch, "7", {
      account: { ...account, signals: [{ signal: "spamSignal", atMs: startMs, clearedAtMs: startMs + hourMs }] },
    });
    expect(Math.min(...resting.posts.map(({ slot }) => slot.startMs))).toBeGreaterThanOrEqual(startMs + 72 * hourMs);
    const limited = planned(batch, "7", { nowMs: startMs, account: { ...account, openSignals: ["rateLimit"] } });
    expect(Math.min(...limited.posts.map(({ slot }) => slot.startMs))).toBeGreaterThanOrEqual(startMs + 30 * hourMs);
    for (const signal of ["loginChallenge", "accountRestricted", "spamSignal", "policyWarning"] as const)
      expect(planned(batch, "7", { account: { ...account, openSignals: [signal] } }).refused).toEqual([
        expect.objectContaining({ code: "account-signal-open", path: "account.openSignals" }),
      ]);
  });
});

describe("each type of experiment", () => {
  test.each(exampleBriefs)("%s has a plan, and its example reads as one", (name) => {
    const brief = exampleBrief(name);
    const input = inputOf(brief);
    expect(planned(brief).refused).toBeUndefined();
    expectSoundPlan(input, compilePlan(input, createRng("7")));
  });

  test("lane: both lanes are in every block", () => {
    for (const posts of Map.groupBy(planned(exampleBrief("lane-reliability")).posts, ({ block }) => block).values())
      expect(posts.map(({ lane }) => lane).toSorted()).toEqual(["api", "browser"]);
  });

  test("slot: the arms of a week take different days and their own cells, and cells without a day in common are refused", () => {
    const control = { ...batch.control, content: { ...batch.control.content, slotCell: "weekday-noon" } };
    const slotTest = (cell: string): Brief => ({
      ...within(batch, "2027-03-01T00:00", "2027-04-05T00:00"),
      variableUnderTest: "slot",
      control,
      testVariants: [{ id: "other", patch: { slotCell: cell } }],
    });
    expectSoundPlan(inputOf(slotTest("weekday-evening")), planned(slotTest("weekday-evening")));
    expect(planned(slotTest("weekday-evening")).refused).toBeUndefined();
    expect(planned(slotTest("weekend-evening")).refused).toEqual([
      expect.objectContaining({
        code: "cells-too-few",
        path: "exposurePlan.cells",
        fix: "Open weekday-noon and weekend-evening on every day.",
      }),
    ]);
  });

  test("two accounts share the blocks, and no block mixes them", () => {
    const accounts = [...batch.accounts, { id: "aurora.porto", platform: "instagram" as const }];
    const two = planning(within({ ...batch, accounts }, "2027-03-01T00:00", "2027-03-07T00:00"), { cadence: {} });
    const plan = planned(two);
    expect(plan.refused).toBeUndefined();
    expect(new Set(plan.posts.map(({ account }) => account)).size).toBe(2);
    expectSoundPlan(inputOf(two), plan);
  });

  test("a brief that does not fit its type has no plan", () => {
    expect(planned(planning(batch, { postsPerVariant: 30 })).refused).toEqual([
      expect.objectContaining({ code: "posts-per-variant", path: "exposurePlan.postsPerVariant" }),
    ]);
  });

  test("in hours when nobody works are refused with that, and so is a window that is over", () => {
    const nights = [{ weekdays: ["mon" as const], from: "03:00", to: "04:00" }];
    expect(planned(batch, "7", { account: { ...account, workingHours: nights } }).refused).toEqual([
      expect.objectContaining({
        code: "working-hours-too-few",
        path: "account.workingHours",
        fix: expect.stringContaining("hours of the slot cells"),
      }),
    ]);
    expect(planned(batch, "7", { nowMs: Date.parse("2027-03-15T00:00Z") }).refused).toEqual([
      expect.objectContaining({ code: "window-past", path: "runWindow.end" }),
    ]);
  });

  test("a window of more than 400 days is refused before anything is enumerated", () => {
    expect(planned(within(batch, "2027-03-01T00:00", "9999-03-01T00:00")).refused).toEqual([
      expect.objectContaining({ code: "window-too-long", path: "runWindow.end" }),
    ]);
  });

  test("looks are what the rule asks for", () => {
    expect(planned(batch).looks).toEqual([8]);
    expect(compilePlan(inputOf(batch), createRng("7"), { looks: (blocks) => [6, blocks] }).looks).toEqual([6, 8]);
  });
});

describe("a make-up", () => {
  const plan = planned(batch);
  const failed = plan.posts[0]!;
  const taken = plan.posts.map(({ slot }) => slot.startMs);

  test("stays in cell, weekday class and time of day, once", () => {
    const makeUp = planMakeUp(batch, plan, failed, taken, failed.slot.startMs, createRng("m"))!;
    expect(makeUp).toMatchObject({ makeUpFor: failed.postId, variantId: failed.variantId, block: failed.block });
    expect(makeUp.slot.cell).toBe(failed.slot.cell);
    expect(makeUp.slot.wallTime.slice(11)).toBe(failed.slot.wallTime.slice(11));
    expect(slotBin(makeUp.slot.wallTime).split("/")[1]).toBe(slotBin(failed.slot.wallTime).split("/")[1]);
    const extended = { ...plan, posts: [...plan.posts, makeUp] };
    expect(planMakeUp(batch, extended, failed, taken, failed.slot.startMs, createRng("m"))).toBeUndefined();
  });

  test("of a micro experiment stays in its week", () => {
    const micro = exampleBrief("micro-hook");
    const short = planned(micro);
    const last = short.posts.findLast(({ slot }) => slot.wallTime < "2027-03-08")!;
    const friday = Date.parse("2027-03-05T20:00Z");
    expect(
      planMakeUp(
        micro,
        short,
        last,
        short.posts.map(({ slot }) => slot.startMs),
        friday,
        createRng("m"),
      ),
    ).toBeUndefined();
  });

  test("that the window has no room for is announced", () => {
    const tight = planned(within(batch, "2027-03-01T00:00", "2027-03-09T00:00"));
    expect(tight.refused).toBeUndefined();
    expect(tight.notes).toEqual([expect.stringMatching(/blocks have no free slot left for a make-up/)]);
    expect(plan.notes).toEqual([]);
  });
});
