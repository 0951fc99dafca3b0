import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  approves,
  approvalSchema,
  daypartOf,
  experimentStates,
  experimentStatuses,
  guardVerdictAtLeast,
  guardVerdicts,
  holdsLayer,
  isSurvivalSignal,
  type JournalEventOf,
  journalEventSchema,
  journalEventTypes,
  needsPerson,
  platformOf,
  platforms,
  postStatuses,
  slotBin,
  statusOf,
  surfaceNames,
  surfaces,
  wallTimeSchema,
  wasPublished,
  weekdayClass,
  weekdayOf,
  weekdays,
  worstGuardVerdict,
  type OutcomeSnapshot,
  zoneSchema,
} from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";
import { exampleInput } from "./briefs.ts";

describe("verdicts", () => {
  test("rise from pass to block, and the worst of several is what counts", async () => {
    expect(guardVerdicts).toEqual(["pass", "warn", "unverified", "review", "block"]);
    expect(worstGuardVerdict([])).toBe("pass");
    expect(worstGuardVerdict(["warn", "review", "unverified"])).toBe("review");
    await assertProperty(
      fc.property(fc.array(fc.constantFrom(...guardVerdicts)), (all) => {
        const worst = worstGuardVerdict(all);
        for (const verdict of all) expect(guardVerdictAtLeast(worst, verdict)).toBe(true);
        expect(worstGuardVerdict(all.toReversed())).toBe(worst);
      }),
    );
  });
});

describe("statuses", () => {
  test("of an experiment are seen in the five words of the brief", () => {
    expect(experimentStates.map((state) => `${state}: ${statusOf(state)}`)).toEqual([
      "draft: draft",
      "generating: draft",
      "preflight: draft",
      "approval: draft",
      "approvalRegulated: draft",
      "approvalClaims: draft",
      "approvalBrowser: draft",
      "scheduled: running",
      "running: running",
      "paused: paused",
      "verifying: running",
      "review: running",
      "shipped: completed",
      "iterated: completed",
      "abandoned: completed",
      "stopped: completed",
      "invalid: invalid",
      "insufficient: completed",
    ]);
    expect(new Set(experimentStates.map(statusOf))).toEqual(new Set(experimentStatuses));
  });

  test("hold the layer from launch to the end, a pause included", () => {
    expect(experimentStates.filter(holdsLayer)).toEqual(["scheduled", "running", "paused", "verifying", "review"]);
  });

  test("of a post say whether anyone could see it", () => {
    expect(postStatuses.filter(wasPublished)).toEqual(["live", "verified", "publishedWithDefects", "takenDown"]);
  });

  test("of lanes and signals say where a person is needed", () => {
    expect((["api", "browser", "hybrid"] as const).map(needsPerson)).toEqual([false, true, true]);
    expect(isSurvivalSignal("loginChallenge")).toBe(true);
    expect(isSurvivalSignal("rateLimit")).toBe(false);
  });
});

describe("surfaces", () => {
  test("are called platform.surface, and every platform has one", () => {
    for (const name of surfaceNames) expect(name.split(".")[0]).toBe(platformOf(name));
    expect(new Set(surfaceNames.map(platformOf))).toEqual(new Set(platforms));
    expect(surfaces["instagram.reels"].decisionAgeHours).toBe(168);
  });
});

describe("wall time", () => {
  test("knows its weekday, against the engine's calendar", async () => {
    await assertProperty(
      fc.property(fc.date({ min: new Date("1600-01-01T00:00Z"), max: new Date("2400-01-01T00:00Z"), noInvalidDate: true }), (date) => {
        const wallTime = date.toISOString().slice(0, 16);
        expect(wallTimeSchema.parse(wallTime)).toBe(wallTime);
        expect(weekdays.indexOf(weekdayOf(wallTime))).toBe((date.getUTCDay() + 6) % 7);
      }),
    );
  });

  test("falls into 28 bins of weekday and daypart", () => {
    expect(slotBin("2027-03-02T18:30")).toBe("tue/18-24");
    expect(["00:00", "05:59", "06:00", "12:00", "17:59", "23:59"].map((time) => daypartOf(`2027-03-02T${time}`))).toEqual([
      "00-06",
      "00-06",
      "06-12",
      "12-18",
      "12-18",
      "18-24",
    ]);
    expect(weekdays.map(weekdayClass).filter((kind) => kind === "weekend")).toHaveLength(2);
  });

  test.each([
    "2027-02-29T10:00",
    "2027-13-01T10:00",
    "2027-04-31T10:00",
    "1900-02-29T10:00",
    "2027-01-01T24:00",
    "2027-01-01 10:00",
    "2027-1-1T10:00",
    "2027-01-01T10:00Z",
  ])("is refused where the calendar or the clock does not know it: %s", (text) =>
    expect(wallTimeSchema.safeParse(text).success).toBe(false),
  );

  test.each(["2028-02-29T10:00", "2000-02-29T23:59:59"])("includes leap days: %s", (text) =>
    expect(wallTimeSchema.safeParse(text).success).toBe(true),
  );

  test("has a zone with an IANA name", () => {
    for (const zone of ["Europe/Lisbon", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
      expect(zoneSchema.safeParse(zone).success).toBe(true);
    for (const zone of ["", "+01:00", "CET ", "Europe/", "Lisbon"]) expect(zoneSchema.safeParse(zone).success).toBe(false);
  });
});

describe("an approval", () => {
  const approval = approvalSchema.parse(exampleInput("approval", "valid"));
  const subject = { planHash: approval.planHash, contentHash: approval.contentHashes[0]! };

  test("L1: lets out exactly the content and plan it names, while it lasts", () => {
    expect(approves(approval, subject, approval.atMs)).toBe(true);
    expect(approves(approval, { ...subject, contentHash: `sha256:${"0".repeat(64)}` }, approval.atMs)).toBe(false);
    expect(approves(approval, { ...subject, planHash: `sha256:${"0".repeat(64)}` }, approval.atMs)).toBe(false);
    expect(approves(approval, subject, approval.atMs - 1)).toBe(false);
    expect(approves(approval, subject, approval.expiresAtMs)).toBe(false);
    expect(approves({ ...approval, decision: "hold" }, subject, approval.atMs)).toBe(false);
  });
});

describe("the journal", () => {
  test("knows every event of the journey, each once", () => {
    expect(new Set(journalEventTypes).size).toBe(journalEventTypes.length);
    expect(journalEventTypes).toEqual(
      expect.arrayContaining([
        "briefAccepted",
        "planCompiled",
        "postSubmitted",
        "exposureRecorded",
        "outcomeCaptured",
        "decided",
        "learningWritten",
        "choiceMade",
      ]),
    );
  });

  test("is typed by the event's name", () => {
    expectTypeOf<JournalEventOf<"outcomeCaptured">["snapshot"]>().toEqualTypeOf<OutcomeSnapshot>();
    expectTypeOf<OutcomeSnapshot["metrics"]>().toEqualTypeOf<Record<string, number | null>>();
  });

  test("L11: keeps a missing metric missing", () => {
    const snapshot = exampleInput("outcome", "valid") as OutcomeSnapshot;
    const event = journalEventSchema.parse({ type: "outcomeCaptured", id: "e", at: 1, experimentId: "x", snapshot });
    expect(event).toMatchObject({ snapshot: { metrics: { shares: null, comments: 23 } } });
  });
});
