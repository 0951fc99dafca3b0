import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Surface, surfaceNames } from "../../src/domain/index.ts";
import { surfacePace } from "../../src/catalogue/index.ts";
import { createPacingLedger, paceFreeMs } from "../../src/schedule/index.ts";
import { densestWindow } from "../../src/schedule/instants.ts";
import { assertProperty } from "../support/property.ts";

const at = (text: string): number => Date.parse(text);
const open = { maxPerDay: 100_000, minGapMinutes: 0 };
const post = (surface: Surface, startMs: number, account = "a") => ({ account, surface, startMs, isOwn: false });

/** How many posts, one every so many minutes from the start, fit before the ledger says no, and why not. */
function filled(surface: Surface, everyMinutes: number, zone: string, fromMs: number, accounts = ["a"]) {
  const ledger = createPacingLedger({ zone, paceOf: () => open });
  for (let count = 0; ; count++) {
    const next = post(surface, fromMs + count * everyMinutes * 60_000, accounts[count % accounts.length]);
    const breach = ledger.breachOf(next);
    if (breach !== undefined) return { count, breach };
    ledger.add(next);
  }
}

describe("the ledger", () => {
  test.each<[Surface, number, number]>([
    ["instagram.reels", 10, 25],
    ["threads.post", 1, 125],
    ["facebook.reels", 10, 15],
    ["tiktok.video", 10, 7],
    ["youtube.shorts", 10, 50],
    ["x.post", 0.01, 50],
  ])("stops %s at half of the platform's cap", (surface, everyMinutes, allowed) => {
    expect(filled(surface, everyMinutes, "Europe/Lisbon", at("2027-03-01T09:00Z"))).toEqual({ count: allowed, breach: "quota" });
  });

  test("counts YouTube for all accounts of the app, by the Pacific day", () => {
    const ledger = createPacingLedger({ zone: "Pacific/Auckland", paceOf: () => open });
    // 06:59Z in July is still the day before in California.
    for (let count = 0; count < 50; count++) ledger.add(post("youtube.shorts", at("2026-07-15T06:00Z") + count * 60_000, `a${count % 3}`));
    expect(ledger.breachOf(post("youtube.shorts", at("2026-07-15T06:59Z"), "another"))).toBe("quota");
    expect(ledger.breachOf(post("youtube.shorts", at("2026-07-15T07:00Z"), "another"))).toBeUndefined();
  });

  test("counts days in the client's zone: two posts of one UTC day may lie on two days", () => {
    const ledger = createPacingLedger({ zone: "Pacific/Auckland", paceOf: () => ({ maxPerDay: 1, minGapMinutes: 30 }) });
    ledger.add(post("instagram.reels", at("2026-07-15T11:00Z")));
    expect(ledger.breachOf(post("instagram.reels", at("2026-07-15T11:40Z")))).toBe("dayCap");
    expect(ledger.breachOf(post("instagram.reels", at("2026-07-15T12:10Z")))).toBeUndefined();
    expect(ledger.breachOf(post("instagram.reels", at("2026-07-15T12:10Z"), "another"))).toBeUndefined();
  });

  test("keeps a gap before and after, on one surface; across surfaces where the brief asks for it", () => {
    const rules = { zone: "UTC", paceOf: () => ({ maxPerDay: 9, minGapMinutes: 180 }) };
    const noon = at("2027-03-01T12:00Z");
    for (const accountGapMinutes of [undefined, 60]) {
      const ledger = createPacingLedger({ ...rules, ...(accountGapMinutes !== undefined && { accountGapMinutes }) });
      ledger.add(post("instagram.reels", noon));
      for (const sign of [-1, 1]) {
        expect(ledger.breachOf(post("instagram.reels", noon + sign * 179 * 60_000))).toBe("gap");
        expect(ledger.breachOf(post("instagram.reels", noon + sign * 180 * 60_000))).toBeUndefined();
        expect(ledger.breachOf(post("instagram.feed", noon + sign * 59 * 60_000))).toBe(
          accountGapMinutes === undefined ? undefined : "gap",
        );
      }
    }
  });

  test("forgets what is taken out again, and counts the experiment's own posts apart", async () => {
    const instants = fc.array(fc.tuple(fc.constantFrom(...surfaceNames), fc.integer({ min: 0, max: 3 * 86_400_000 }), fc.boolean()), {
      maxLength: 30,
    });
    await assertProperty(
      fc.property(instants, instants, (kept, gone) => {
        const rules = { zone: "Europe/London", paceOf: surfacePace, ownMaxPerDay: 2 };
        const posts = (list: typeof kept) => list.map(([surface, startMs, isOwn]) => ({ account: "a", surface, startMs, isOwn }));
        const [one, other] = [createPacingLedger(rules), createPacingLedger(rules)];
        for (const each of posts(kept)) one.add(each);
        for (const each of [...posts(kept), ...posts(gone)]) other.add(each);
        for (const each of posts(gone)) other.remove(each);
        for (const each of [...posts(gone), ...posts(kept)]) expect(other.breachOf(each)).toBe(one.breachOf(each));
      }),
      { numRuns: 60 },
    );
  });
});

test("the densest window is that of a count by hand", () =>
  assertProperty(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 })),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 15 }),
      (instants, added, window) => {
        const all = [...instants, added];
        let densest = 0;
        for (let from = added - window + 1; from <= added; from++)
          densest = Math.max(densest, all.filter((ms) => from <= ms && ms < from + window).length);
        expect(
          densestWindow(
            instants.toSorted((a, b) => a - b),
            added,
            window,
          ),
        ).toBe(densest);
      },
    ),
  ));

test("pacing at run time waits for the gap, and for the next day once the day is full", () => {
  const pace = { maxPerDay: 2, minGapMinutes: 180 };
  expect(paceFreeMs(pace, [at("2027-03-01T09:00Z")], at("2027-03-01T10:00Z"), "UTC")).toBe(at("2027-03-01T12:00Z"));
  expect(paceFreeMs(pace, [at("2027-03-01T09:00Z"), at("2027-03-01T12:00Z")], at("2027-03-01T16:00Z"), "UTC")).toBe(
    at("2027-03-02T00:00Z"),
  );
  expect(paceFreeMs(pace, [], at("2027-03-01T16:00Z"), "UTC")).toBe(at("2027-03-01T16:00Z"));
});
