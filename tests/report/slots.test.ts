import { describe, expect, test } from "vitest";
import { type Mapping, mappingSchema, parseWith } from "../../src/domain/index.ts";
import { analyse, renderAnalysis, type SnapshotsAnalysis } from "../../src/report/index.ts";
import { testFolder } from "../support/folder.ts";
import { refusalOf } from "../support/refusal.ts";

function mappingOf(slots: object, more: object = {}, columns: object = {}): Mapping {
  return parseWith(
    mappingSchema,
    {
      version: 1,
      kind: "snapshots",
      design: "observational",
      columns: { unit: "id", group: "kind", metrics: ["likes"], ...columns },
      slots,
      ...more,
    },
    { code: "test-mapping" },
  );
}

const lisbon = { time: "at", zone: "Europe/Lisbon" };

async function analysed(text: string, mapping: Mapping): Promise<SnapshotsAnalysis> {
  return (await analyse(testFolder().file("posts.csv", text), { mapping })) as SnapshotsAnalysis;
}

async function slotsOf(text: string, mapping: Mapping) {
  return (await analysed(text, mapping)).description.slots!;
}

const csv = (rows: readonly (readonly (string | number)[])[]) =>
  `id,kind,at,likes\n${rows.map(([kind, at], index) => `p${index},${kind},${at},${index}\n`).join("")}`;

/** Eight mornings against eight evenings, Monday to Monday in winter, when Lisbon keeps UTC. */
const days = ["04", "05", "06", "07", "08", "09", "10", "11"];
const mornings = days.map((day) => ["a", `2027-01-${day}T08:30:00Z`] as const);
const evenings = days.map((day) => ["b", `2027-01-${day}T20:30:00Z`] as const);

describe("slots of groups that were not dealt", () => {
  test("mornings and evenings stand twelve hours apart on the day's clock, and share no hour and no cell", async () => {
    const { comparisons, zone, weekdays } = await slotsOf(csv([...mornings, ...evenings]), mappingOf(lisbon));
    expect({ zone, weekdays }).toEqual({ zone: "Europe/Lisbon", weekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] });
    const [comparison] = comparisons;
    expect(comparison).toMatchObject({ by: "kind", postsLeftOut: 0 });
    expect(comparison?.groups.map(({ id, posts, byHour, byWeekday }) => [id, posts, byHour.indexOf(8), byWeekday])).toEqual([
      ["a", 8, 8, [2, 1, 1, 1, 1, 1, 1]],
      ["b", 8, 20, [2, 1, 1, 1, 1, 1, 1]],
    ]);
    const [pair] = comparison!.pairs;
    expect(pair).toMatchObject({
      groups: ["a", "b"],
      n: [8, 8],
      clocks: [
        // Two of C(16, 8) arrangements stand as far apart.
        { clock: "day", effectHours: 12, exactness: "exact", p: 2 / 12_870, reading: "apart" },
        // As far, but on a week of 168 hours 16 posts cannot prove it.
        { clock: "week", effectHours: 12, reading: "unproven" },
      ],
      hour: { totalVariation: 1, kolmogorovSmirnov: { statistic: 1, p: expect.closeTo(2 / 12_870, 12), exactness: "exact" } },
      weekday: { totalVariation: 0 },
      cells: { totalVariation: 1, range: [1, 1] },
    });
  });

  test("posts that took turns at the same hours are alike", async () => {
    const turns = [...mornings, ...evenings].map(([, at], index) => [index % 2 === 0 ? "a" : "b", at] as const);
    const [comparison] = (await slotsOf(csv(turns), mappingOf(lisbon))).comparisons;
    expect(comparison?.pairs[0]).toMatchObject({
      clocks: [{ clock: "day", effectHours: 0, p: 1, reading: "alike" }, { clock: "week" }],
      hour: { totalVariation: 0, kolmogorovSmirnov: { statistic: 0, p: 1 } },
    });
  });

  test("fewer than six posts in a group say nothing, however far apart", async () => {
    const [comparison] = (await slotsOf(csv([...mornings, ...evenings.slice(0, 5)]), mappingOf(lisbon))).comparisons;
    expect(comparison?.pairs[0]?.clocks.map(({ reading }) => reading)).toEqual(["tooFew", "tooFew"]);
  });

  test("an instant means the same however it is written; without an offset it is wall time; clocks change in March", async () => {
    const instants = [1_774_744_200, 1_774_751_400, 1_774_780_200];
    const written = (text: (seconds: number) => string | number) => csv(instants.map((seconds) => ["a", text(seconds)]));
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
    const expected = (await slotsOf(written(iso), mappingOf(lisbon))).comparisons;
    // 00:30, 02:30 and 10:30 UTC on the 29th of March 2026: winter time, then summer time twice.
    expect(expected[0]?.groups[0]?.byHour.flatMap((posts, hour) => (posts === 0 ? [] : [hour]))).toEqual([0, 3, 11]);
    expect(expected[0]?.groups[0]?.byWeekday).toEqual([0, 0, 0, 0, 0, 0, 3]);
    const offset = (seconds: number) => `${iso(seconds + 5.5 * 3600).slice(0, 19)}+05:30`;
    const wall = ["2026-03-29 00:30", "2026-03-29T03:30:00", "2026-03-29T11:30:00.25"];
    expect((await slotsOf(written(offset), mappingOf(lisbon))).comparisons).toEqual(expected);
    expect(
      (
        await slotsOf(
          written((s) => s),
          mappingOf({ ...lisbon, unit: "epochSeconds" }),
        )
      ).comparisons,
    ).toEqual(expected);
    expect(
      (
        await slotsOf(
          written((s) => s * 1000),
          mappingOf({ ...lisbon, unit: "epochMs" }),
        )
      ).comparisons,
    ).toEqual(expected);
    expect((await slotsOf(csv(wall.map((at) => ["a", at])), mappingOf(lisbon))).comparisons).toEqual(expected);
  });

  test("hours and weekdays in columns of their own mean the same as times; day names may be any seven texts", async () => {
    const names = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
    const parts = [...mornings, ...evenings].map(([kind, at]) => {
      const date = new Date(at);
      return `${kind},${date.getUTCHours() + 0.5},${names[(date.getUTCDay() + 6) % 7]}`;
    });
    const text = `id,kind,hour,day,likes\n${parts.map((row, index) => `p${index},${row},1\n`).join("")}`;
    const slots = { hour: "hour", weekday: "day", weekdayValues: names, firstWeekday: "mon" };
    const found = await slotsOf(text, mappingOf(slots));
    const timed = await slotsOf(csv([...mornings, ...evenings]), mappingOf(lisbon));
    expect(found.comparisons).toEqual(timed.comparisons);
    // Sunday first is the same week, told in the other order.
    const sundayFirst = { ...slots, weekdayValues: [names[6], ...names.slice(0, 6)], firstWeekday: "sun" };
    expect((await slotsOf(text, mappingOf(sundayFirst))).comparisons).toEqual(timed.comparisons);
  });

  test("where the first day of the week is not told, weekends are not told apart: a range stands for the seven possibilities", async () => {
    const text = `id,kind,hour,day,likes\n${["a,9,1", "a,9,2", "b,9,6", "b,9,7"].map((row, at) => `p${at},${row},1\n`).join("")}`;
    const open = await slotsOf(text, mappingOf({ hour: "hour", weekday: "day" }));
    expect(open.weekdays).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
    expect(open.comparisons[0]?.pairs[0]?.cells).toEqual({ totalVariation: null, range: [0, 1] });
    const told = await slotsOf(text, mappingOf({ hour: "hour", weekday: "day", firstWeekday: "mon" }));
    expect(told.comparisons[0]?.pairs[0]?.cells).toEqual({ totalVariation: 1, range: [1, 1] });
    const hours = await slotsOf(text, mappingOf({ hour: "hour" }));
    expect(hours).not.toHaveProperty("weekdays");
    expect(hours.comparisons[0]?.pairs[0]).not.toHaveProperty("cells");
    expect(hours.comparisons[0]?.pairs[0]?.clocks.map(({ clock }) => clock)).toEqual(["day"]);
  });

  test("L11: a post without a slot or a group is left out and counted, not put at midnight", async () => {
    const text = "id,kind,at,promo,likes\np1,a,2027-01-04T08:30Z,yes,1\np2,a,,no,2\np3,b,2027-01-04T09:30Z,,3\n";
    const found = await slotsOf(text, mappingOf({ ...lisbon, compare: ["kind", "promo"] }));
    expect(found.postsWithoutSlot).toBe(1);
    expect(found.comparisons.map(({ by, postsLeftOut, groups }) => [by, postsLeftOut, groups.map(({ id, posts }) => [id, posts])])).toEqual(
      [
        [
          "kind",
          1,
          [
            ["a", 1],
            ["b", 1],
          ],
        ],
        ["promo", 2, [["yes", 1]]],
      ],
    );
    expect(found.byHour).toEqual([
      { hour: 8, posts: 1, means: { likes: 1 } },
      { hour: 9, posts: 1, means: { likes: 3 } },
    ]);
  });

  test("a post with rows at several ages stands in one slot once; groups may be the files", async () => {
    const folder = testFolder();
    const rows = (name: string, hour: string) =>
      folder.file(
        `${name}.csv`,
        `id,at,age,likes\np1,2027-01-04T${hour}:00Z,1,5\np1,2027-01-04T${hour}:00Z,2,6\np2,2027-01-05T${hour}:00Z,1,5\n`,
      );
    rows("one", "08");
    rows("two", "18");
    const mapping = mappingOf(lisbon, { groupByFile: true }, { group: undefined, ageHours: "age" });
    const { description } = (await analyse(folder.path, { mapping })) as SnapshotsAnalysis;
    expect(description.slots?.comparisons).toMatchObject([
      {
        by: "file",
        groups: [
          { id: "one", posts: 2 },
          { id: "two", posts: 2 },
        ],
        pairs: [{ clocks: [{ effectHours: 10 }, { effectHours: 10 }] }],
      },
    ]);
  });

  test("large groups keep their full distances, and p comes from a drawn part of them", async () => {
    const many = Array.from({ length: 1_500 }, (_, at) => ["a", `2027-01-04T${String(at % 6).padStart(2, "0")}:00Z`] as const);
    const other = Array.from({ length: 900 }, (_, at) => ["b", `2027-01-04T${String((at % 6) + 6).padStart(2, "0")}:00Z`] as const);
    const [comparison] = (await slotsOf(csv([...many, ...other]), mappingOf(lisbon))).comparisons;
    expect(comparison?.pairs[0]?.clocks[0]).toMatchObject({
      effectHours: expect.closeTo(6, 9),
      postsTested: [500, 500],
      reading: "apart",
    });
  });

  test("the report says it in words and draws it, names no arm as ahead and decides nothing", async () => {
    const analysis = await analysed(csv([...mornings, ...evenings]), mappingOf(lisbon));
    expect(JSON.stringify(analysis)).not.toMatch(/pBest|"best"|decision/);
    const text = await renderAnalysis(analysis, "text");
    expect(text).toContain("kind a (8 posts) and b (8 posts): apart on the clock of the day (12.0 h to move");
    expect(await renderAnalysis(analysis, "md")).toContain("## Slots by kind");
    expect(await renderAnalysis(analysis, "html")).toMatch(
      /Share of posts by hour of the day, by kind[\s\S]*<svg|<svg[\s\S]*Share of posts by hour of the day, by kind/,
    );
  });

  describe("refuses, naming row, column and fix,", () => {
    test.each([
      { name: "a date without a time", at: "2027-01-04", slots: lisbon, code: "time-invalid", place: "row 1, column at" },
      { name: "a day that is in no calendar", at: "2027-02-30T10:00Z", slots: lisbon, code: "time-invalid", place: "row 1, column at" },
      { name: "a number where a time is written", at: "1774744200", slots: lisbon, code: "time-invalid", place: "row 1, column at" },
      {
        name: "milliseconds taken for seconds",
        at: "1774744200000",
        slots: { ...lisbon, unit: "epochSeconds" },
        code: "time-invalid",
        place: "row 1, column at",
      },
      { name: "hour 24", at: "24", slots: { hour: "at" }, code: "time-invalid", place: "row 1, column at" },
      { name: "a day of no name", at: "8", slots: { hour: "likes", weekday: "at" }, code: "weekday-unknown", place: "row 1, column at" },
      {
        name: "a zone that is none",
        at: "2027-01-04T10:00Z",
        slots: { ...lisbon, zone: "Europe/Atlantis" },
        code: "zone-unknown",
        place: "slots.zone",
      },
      { name: "a column that is not there", at: "8", slots: { hour: "when" }, code: "column-missing", place: "header" },
    ])("$name", async ({ at, slots, code, place }) => {
      await expect(analysed(csv([["a", at]]), mappingOf(slots))).rejects.toMatchObject({
        code,
        path: expect.stringContaining(place),
        fix: expect.stringMatching(/./),
      });
    });

    test("a post whose rows name two slots", async () => {
      const text = "id,kind,at,age,likes\np1,a,2027-01-04T08:00Z,1,5\np1,a,2027-01-04T09:00Z,2,6\n";
      await expect(analysed(text, mappingOf(lisbon, {}, { ageHours: "age" }))).rejects.toMatchObject({
        code: "slot-contradictory",
        path: expect.stringContaining("row 2"),
      });
    });

    test("a column with more groups than can be compared two by two", async () => {
      const text = csv(Array.from({ length: 13 }, (_, at) => [`g${at}`, "2027-01-04T08:00Z"]));
      await expect(analysed(text, mappingOf(lisbon))).rejects.toMatchObject({ code: "group-excess", path: "slots.compare" });
    });

    test("slots without anything to compare", () => {
      expect(refusalOf(() => mappingOf(lisbon, {}, { group: undefined }))).toMatchObject({ path: "slots.compare" });
    });
  });
});
