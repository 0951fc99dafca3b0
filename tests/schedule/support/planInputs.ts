// Random briefs of every type, in six zones, over windows that hold a clock change, with ordinary posts and working hours; and a judge that knows
// nothing of the compiler: it asks Temporal about zones and counts gaps, days and windows itself.
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect } from "vitest";
import {
  type Brief,
  type OrdinaryPost,
  type Plan,
  type PlannedPost,
  platformOf,
  type SlotCell,
  type Surface,
  surfaceNames,
  type Weekday,
  weekdays,
  type WorkingHours,
} from "../../../src/domain/index.ts";
import { countedQuotas, surfacePace } from "../../../src/catalogue/index.ts";
import { makeVariants } from "../../../src/intake/index.ts";
import { createRng, permutation } from "../../../src/random/index.ts";
import type { PlanInput } from "../../../src/schedule/index.ts";
import { exampleBrief } from "../../domain/briefs.ts";
import { dstZones } from "./zones.ts";

const bases = {
  micro: exampleBrief("micro-hook"),
  batch: exampleBrief("batch-hook"),
  engagement: exampleBrief("engagement-reply"),
  lane: exampleBrief("lane-reliability"),
};

/** First days of windows: most hold a change of the clocks in some of the zones. */
const starts = ["2026-03-02", "2026-03-23", "2026-03-30", "2026-09-21", "2026-10-19", "2026-10-26", "2027-01-11", "2027-03-08"];
const timeText = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const spanArbitrary = fc
  .record({ from: fc.integer({ min: 0, max: 1380 / 15 }), width: fc.integer({ min: 1, max: 40 }) })
  .map(({ from, width }) => ({ from: timeText(from * 15), to: timeText(Math.min(1440, from * 15 + width * 15)) }));

const cellsArbitrary: fc.Arbitrary<SlotCell[]> = fc
  .array(fc.tuple(spanArbitrary, fc.oneof(fc.constant<Weekday[]>([...weekdays]), fc.subarray<Weekday>([...weekdays], { minLength: 1 }))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((cells) => cells.map(([span, days], at) => ({ cell: `cell ${at + 1}`, weekdays: days, ...span })));

const cadenceArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        maxPerDay: fc.integer({ min: 1, max: 6 }),
        minGapMinutes: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2000 })),
      },
      { requiredKeys: [] },
    ),
  },
);

export interface DrawnInput extends PlanInput {
  readonly brief: Brief;
}

/** Inputs as they come from outside: briefs that fit their type, many of which no window can hold. */
export const planInputArbitrary: fc.Arbitrary<DrawnInput> = fc
  .record({
    type: fc.constantFrom("micro", "batch", "batch", "engagement", "lane", "slot"),
    zone: fc.constantFrom(...dstZones),
    start: fc.constantFrom(...starts),
    startTime: fc.constantFrom("00:00", "09:30"),
    days: fc.integer({ min: 4, max: 60 }),
    surface: fc.constantFrom(...surfaceNames),
    cells: cellsArbitrary,
    cadence: cadenceArbitrary,
    posts: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 20 })),
    arms: fc.integer({ min: 2, max: 4 }),
    jitterShare: fc.constantFrom(0, 0.15, 0.5),
    others: fc.array(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), here: fc.boolean() }), { maxLength: 12 }),
    hours: fc.option(fc.tuple(spanArbitrary, spanArbitrary), { nil: undefined }),
    accounts: fc.constantFrom(1, 1, 1, 2),
  })
  .map((drawn): DrawnInput => {
    const { type, zone, start, surface, posts } = drawn;
    const base = type === "slot" ? bases.batch : bases[type];
    const end = Temporal.PlainDate.from(start).add({ days: drawn.days }).toString();
    const platform = platformOf(surface);
    const postsPerVariant = type === "micro" ? 1 + (posts % 5) : type === "batch" || type === "slot" ? Math.max(5, posts) : posts;
    const { decisionPreset: _preset, ...plain } = base;
    const cells = drawn.cells;
    const control = {
      ...base.control,
      content: { ...base.control.content, ...(type === "slot" && { slotCell: cells[0]!.cell }) },
    };
    const arms = type === "slot" ? Math.min(drawn.arms, cells.length) : type === "lane" ? Math.min(drawn.arms, 3) : drawn.arms;
    const brief: Brief = {
      ...plain,
      platforms: [platform],
      surfaces: [surface],
      accounts: Array.from({ length: drawn.accounts }, (_, at) => ({ id: `account-${at}`, platform })),
      ...(type === "slot" && { variableUnderTest: "slot" as const }),
      control,
      testVariants: Array.from({ length: Math.max(1, arms - 1) }, (_, at) => ({
        id: `test-${at}`,
        patch:
          type === "slot"
            ? { slotCell: cells[(at + 1) % cells.length]!.cell }
            : type === "lane"
              ? { lane: (["api", "hybrid"] as const)[at]! }
              : type === "engagement"
                ? { parts: { reply: `Reply ${at}` } }
                : { parts: { hook: `Hook ${at}` } },
      })),
      exposurePlan: { ...base.exposurePlan, cells, cadence: drawn.cadence, postsPerVariant, jitterShare: drawn.jitterShare },
      runWindow: { start: `${start}T${drawn.startTime}`, end: `${end}T00:00`, zone },
    };
    const fromMs = Temporal.PlainDate.from(start).toZonedDateTime(zone).epochMilliseconds;
    const otherPosts = drawn.others.map(({ share, here }): OrdinaryPost => ({
      startMs: fromMs + Math.floor(share * drawn.days * 86_400_000),
      ...(here && { surface }),
    }));
    const workingHours: WorkingHours[] | undefined = drawn.hours?.map((span, at) => ({
      weekdays: at === 0 ? ["mon", "tue", "wed", "thu", "fri"] : ["sat", "sun"],
      ...span,
    }));
    const account = { id: "account-0", platform, openSignals: [], signals: [], ...(workingHours !== undefined && { workingHours }) };
    return { experimentId: "drawn", brief, variants: makeVariants(brief, "drawn"), otherPosts, account };
  });

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const plainOf = (wallTime: string): Temporal.PlainDateTime => Temporal.PlainDateTime.from(wallTime);

/** Fails the test unless the plan is what docs/planning.md promises. */
export function expectSoundPlan({ brief, otherPosts, account, variants }: DrawnInput, plan: Plan): void {
  if (plan.refused !== undefined) {
    expect(plan.posts).toEqual([]);
    for (const issue of plan.refused) expect(issue.fix.length).toBeGreaterThan(10);
    return;
  }
  expect(new Set(plan.posts.map(({ postId }) => postId)).size).toBe(plan.posts.length);
  expect(plan.posts.map(({ slot }) => slot.startMs)).toEqual(plan.posts.map(({ slot }) => slot.startMs).toSorted((a, b) => a - b));
  // L4: what the plan publishes of a variant is that variant, bytes and lane.
  for (const { variantId, contentHash, lane, isControl } of plan.posts) {
    const variant = variants.find((candidate) => candidate.variantId === variantId)!;
    expect([contentHash, lane, isControl]).toEqual([variant.contentHash, variant.content.lane, variant.role === "control"]);
  }
  for (const post of plan.posts) expectRightTime(post, brief, account?.workingHours);
  const blocks = Map.groupBy(plan.posts, ({ block }) => block);
  expect(blocks.size).toBe(brief.exposurePlan.postsPerVariant);
  for (const posts of blocks.values())
    expectBlock(
      posts,
      brief,
      variants.map(({ variantId }) => variantId),
    );
  if (brief.experimentType !== "engagement") expectPaced(plan.posts, otherPosts, brief);
}

function expectRightTime({ slot, variantId }: PlannedPost, brief: Brief, working: readonly WorkingHours[] | undefined): void {
  const { zone, start, end } = brief.runWindow;
  const plain = plainOf(slot.wallTime);
  const zoned = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
  const cell = brief.exposurePlan.cells.find((candidate) => candidate.cell === slot.cell)!;
  const [weekday, minute] = [weekdays[plain.dayOfWeek - 1]!, minuteOf(slot.wallTime.slice(11))];
  const inside = (span: { weekdays: readonly string[]; from: string; to: string }): boolean =>
    span.weekdays.includes(weekday) && minuteOf(span.from) <= minute && minute < minuteOf(span.to);
  // One assertion for each post: six would take half of the time of judging.
  expect({
    zone: slot.zone,
    exists: zoned.toPlainDateTime().equals(plain),
    startMs: slot.startMs,
    inWindow: slot.wallTime >= start && slot.wallTime < end,
    inCell: inside(cell),
    atWork: working === undefined || working.some(inside),
  }).toEqual({ zone, exists: true, startMs: zoned.epochMilliseconds, inWindow: true, inCell: true, atWork: true });
  if (brief.variableUnderTest === "slot") {
    const bound =
      variantId === brief.control.id
        ? brief.control.content.slotCell
        : brief.testVariants.find(({ id }) => id === variantId)!.patch.slotCell;
    expect(slot.cell).toBe(bound);
  }
}

function expectBlock(posts: readonly PlannedPost[], brief: Brief, variantIds: readonly string[]): void {
  expect(posts.map(({ variantId }) => variantId).toSorted()).toEqual(variantIds.toSorted());
  const distinct = (of: (post: PlannedPost) => unknown): number => new Set(posts.map(of)).size;
  expect(distinct(({ account, surface }) => `${account}/${surface}`)).toBe(1);
  if (brief.variableUnderTest !== "lane") expect(distinct(({ lane }) => lane)).toBe(1);
  const days = posts.map(({ slot }) => plainOf(slot.wallTime));
  expect(new Set(days.map((day) => (day.dayOfWeek >= 6 ? "weekend" : "weekday"))).size).toBe(1);
  if (brief.experimentType === "engagement") expect(new Set(days.map((day) => day.toPlainDate().toString())).size).toBe(1);
  if (brief.variableUnderTest !== "slot") {
    expect(distinct(({ slot }) => slot.cell)).toBe(1);
    if (brief.experimentType !== "engagement") {
      const minutes = days.map((day) => day.hour * 60 + day.minute);
      expect(Math.max(...minutes) - Math.min(...minutes)).toBeLessThanOrEqual(60);
    }
  }
  if (brief.experimentType === "micro" || brief.variableUnderTest === "slot")
    expect(new Set(days.map((day) => `${day.yearOfWeek}/${day.weekOfYear}`)).size).toBe(1);
  for (const { assignment } of posts) {
    expect(assignment.mode).toBe("blocked");
    expect(Object.keys(assignment.probabilities).toSorted()).toEqual(variantIds.toSorted());
    for (const share of Object.values(assignment.probabilities)) expect(share).toBe(1 / variantIds.length);
    // L10: the logged key restarts the stream that dealt the block.
    const order = permutation(createRng(assignment.key), variantIds.length);
    expect(posts.map(({ variantId }) => variantId)).toEqual(order.map((arm) => variantIds[arm]));
  }
}

function expectPaced(posts: readonly PlannedPost[], otherPosts: readonly OrdinaryPost[], brief: Brief): void {
  const { cadence } = brief.exposurePlan;
  const { zone } = brief.runWindow;
  const surface: Surface = brief.surfaces[0]!;
  const { maxPerDay, minGapMinutes } = surfacePace(surface);
  const gapMs = Math.max(minGapMinutes, cadence.minGapMinutes ?? 0) * 60_000;
  const dayOf = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString();
  for (const { id } of brief.accounts) {
    const own = posts.filter(({ account }) => account === id).map(({ slot }) => slot.startMs);
    // Posts without an account belong to the plan's first.
    const others = id === brief.accounts[0]!.id ? otherPosts.map(({ startMs }) => startMs) : [];
    const marked = [...own.map((ms) => ({ ms, isOwn: true })), ...others.map((ms) => ({ ms, isOwn: false }))].sort((a, b) => a.ms - b.ms);
    const all = marked.map(({ ms }) => ms);
    const gaps = marked.slice(1).flatMap(({ ms, isOwn }, at) => (isOwn || marked[at]!.isOwn ? [ms - marked[at]!.ms] : []));
    expect(Math.min(Infinity, ...gaps)).toBeGreaterThanOrEqual(gapMs);
    const byDay = Map.groupBy(all, dayOf);
    expect(Math.max(0, ...own.map((startMs) => byDay.get(dayOf(startMs))!.length))).toBeLessThanOrEqual(maxPerDay);
    for (const quota of countedQuotas(surface)) {
      if (!("rollingHours" in quota.window)) continue;
      const windowMs = quota.window.rollingHours * 3_600_000;
      for (const startMs of own)
        for (const from of all)
          if (from <= startMs && startMs < from + windowMs)
            expect(all.filter((ms) => from <= ms && ms < from + windowMs).length).toBeLessThanOrEqual(Math.floor(quota.cap / 2));
    }
  }
  if (cadence.maxPerDay !== undefined)
    for (const day of Map.groupBy(posts, ({ slot }) => dayOf(slot.startMs)).values())
      expect(day.length).toBeLessThanOrEqual(cadence.maxPerDay);
}
