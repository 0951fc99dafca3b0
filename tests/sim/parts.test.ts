import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JournalEvent, journalEventSchema } from "../../src/domain/index.ts";
import type { DeadLetter } from "../../src/machines/index.ts";
import { deadLettered } from "../../src/sim/desk/deadLetters.ts";
import type { Run } from "../../src/sim/run.ts";
import { assumedShare, createEventQueue, shareOfViews, violationsIn } from "../../src/sim/index.ts";
import { assertProperty } from "../support/property.ts";

describe("virtual time", () => {
  test("pops by time, and equal times in the order they were pushed", () =>
    assertProperty(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
        const queue = createEventQueue<number>();
        times.forEach((time, at) => queue.push(time, at));
        const popped = Array.from({ length: times.length }, () => queue.pop()!);
        const expected = times.map((atMs, item) => ({ atMs, item })).sort((a, b) => a.atMs - b.atMs || a.item - b.item);
        expect(popped).toEqual(expected);
        expect(queue.pop()).toBeUndefined();
      }),
    ));

  test("lets nothing happen in the past", () => {
    const queue = createEventQueue<string>();
    queue.push(10, "first");
    queue.pop();
    queue.push(3, "late");
    expect(queue.pop()).toEqual({ atMs: 10, item: "late" });
  });
});

describe("the synthetic audience", () => {
  test.each([
    [1, 0.084],
    [6, 0.304],
    [24, 0.538],
    [168, 0.776],
    [720, 0.874],
  ])("has seen the published share of a post after %d h", (hours, share) => {
    expect(shareOfViews(hours)).toBeCloseTo(share, 2);
  });

  test("says how much of it is assumed", () => {
    expect(assumedShare()).toBeGreaterThan(0.5);
    expect(assumedShare()).toBeLessThan(1);
  });
});

describe("a message between rows that nobody took", () => {
  const letter: DeadLetter = {
    key: "account/gone",
    event: { type: "laneWorked", id: "post/p1#3.1", at: 5, lane: "api" },
    error: { code: "row-unknown", path: "account/gone", message: "There is no row account/gone.", fix: "Start it." },
  };

  test("is in the journal whole, asks a person, and violates the run", () => {
    const journal: JournalEvent[] = [];
    const newId = (() => {
      let count = 0;
      return () => `0000-${count++}`;
    })();
    const run = {
      experimentId: "e1",
      nowMs: 5,
      newId,
      record: (event: object) => journal.push({ ...event, id: newId(), at: 5 } as JournalEvent),
    };
    deadLettered(run as unknown as Run, letter);
    expect(journal.map((event) => journalEventSchema.safeParse(event).error?.issues)).toEqual([undefined]);
    expect(journal).toMatchObject([{ type: "escalationRaised", escalation: { reason: "machineFault", evidence: { deadLetter: letter } } }]);
    expect(violationsIn(journal)).toEqual([
      {
        code: "dead-letter",
        atMs: 5,
        eventId: journal[0]!.id,
        message: "laneWorked for account/gone could not be delivered: There is no row account/gone.",
      },
    ]);
  });
});
