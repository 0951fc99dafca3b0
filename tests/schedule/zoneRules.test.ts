import { describe, expect, test } from "vitest";
import { checkZoneRules } from "../../src/schedule/index.ts";

const slot = { startMs: Date.parse("2027-07-01T17:30Z"), zone: "Europe/Lisbon", wallTime: "2027-07-01T18:30", cell: "evening" };

describe("a slot is resolved anew before anybody relies on it", () => {
  test("and is silent while rules and instants are the same", () => {
    expect(checkZoneRules([{ postId: "p", slot: { ...slot, tzdbVersion: "2026b" } }], "2026b")).toEqual({ moved: [], notes: [] });
    expect(checkZoneRules([{ postId: "p", slot }], "2026b")).toEqual({ moved: [], notes: [] });
  });

  test("says that the rules are others where no slot moved", () => {
    const { moved, notes } = checkZoneRules([{ postId: "p", slot: { ...slot, tzdbVersion: "2026b" } }], "2027a");
    expect(moved).toEqual([]);
    expect(notes).toEqual(["Zone rules are 2027a now and were 2026b when this was planned: every slot is still at its instant."]);
  });

  test("refuses a slot whose instant is another now, and one that the clock skips now", () => {
    const other = { ...slot, startMs: slot.startMs + 3_600_000, tzdbVersion: "2026b" };
    const skipped = { ...slot, wallTime: "2027-03-28T01:30", startMs: Date.parse("2027-03-28T01:30Z"), tzdbVersion: "2026b" };
    const { moved } = checkZoneRules(
      [
        { postId: "p", slot },
        { postId: "q", slot: other },
        { postId: "r", slot: skipped },
      ],
      "2027a",
    );
    expect(moved.map(({ path }) => path)).toEqual(["posts.q.slot", "posts.r.slot"]);
    expect(moved[0]).toMatchObject({
      code: "zone-rules-changed",
      message:
        "2027-07-01T18:30 in Europe/Lisbon was planned as 2027-07-01T18:30 UTC (zone rules 2026b) and is 2027-07-01T17:30 UTC under 2027a",
    });
    expect(moved[1]!.message).toContain("is skipped by the clock under 2027a");
  });
});
