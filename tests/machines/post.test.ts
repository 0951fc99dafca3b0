// A post that is out of our hands is never believed to be where nobody looked.
import { describe, expect, test } from "vitest";
import { createHost, postMachine, type EffectRecord, type Host, type Row } from "../../src/machines/index.ts";
import { clear, post } from "../support/machineSystem.ts";

type Sent = { type: string; [field: string]: unknown };

function walk(host: Host, input: unknown, ...events: Sent[]): { row: Row; effects: readonly EffectRecord[] } {
  let row = host.start(input, 0).row;
  let effects: readonly EffectRecord[] = [];
  events.forEach((event, index) => ({ row, effects } = host.step(row, { id: `e${index}`, at: 1000 + index, ...event })));
  return { row, effects };
}

describe("a post that others hold", () => {
  const host = createHost(postMachine, { kind: "table" }) as Host;
  const input = { ...post, latestMs: 9_000_000 };
  const sent: Sent = { type: "due", clearance: clear };
  const hold: Sent = { type: "hold", reason: "the account was challenged" };

  test("L5: with the platform, it is taken back when the experiment pauses, and counts as gone when the platform says so", () => {
    const scheduled: Sent = { type: "platformScheduled", handle: "c1", publishAtMs: 60_000 };
    const held = walk(host, input, sent, scheduled, hold);
    expect(held).toMatchObject({
      row: { snapshot: { value: "platformScheduled" } },
      effects: [{ type: "withdraw", params: { handle: "c1" } }],
    });
    expect(walk(host, input, sent, scheduled, hold, { type: "withdrawn" }).row.snapshot.value).toBe("cancelled");
    expect(walk(host, input, sent, scheduled, hold, { type: "processed", platformPostId: "1" }).row.snapshot.value).toBe("finalising");
  });

  test("L5: with a person, they are told not to publish, and the account is read before anything is believed", () => {
    const { row, effects } = walk(host, input, sent, { type: "userNeeded" }, hold);
    expect(row.snapshot.value).toBe("ambiguous");
    expect(effects.map(({ type }) => type)).toEqual(["cancel", "askOperator", "reconcile", "arm"]);
    expect(walk(host, input, sent, { type: "userNeeded" }, { type: "confirmed", by: "", platformPostId: "1" }).row.snapshot.value).toBe(
      "awaitingUser",
    );
  });

  test("L2: an answer that says no and means nobody knows is read, not believed; one that means wait is waited for", () => {
    const refused = (errorClass: string): string => walk(host, input, sent, { type: "refused", errorClass }).row.snapshot.value;
    expect([refused("ambiguous"), refused("processing"), refused("transient")]).toEqual(["ambiguous", "processing", "rejected"]);
  });

  /** Lets every timer fire until none is left or the state is this one. */
  function waitedOut(from: Row): { state: string; asked: Record<string, number> } {
    const asked: Record<string, number> = {};
    let row = from;
    for (let left = 60; left > 0 && row.timers.length > 0 && row.snapshot.value === from.snapshot.value; left--) {
      const { timerId, armedRev, dueAt, event } = row.timers[0]!;
      const step = host.step(row, { ...event, id: `t${left}`, at: dueAt, timer: { id: timerId, armedRev } });
      for (const { type } of step.effects) asked[type] = (asked[type] ?? 0) + 1;
      row = step.row;
    }
    return { state: row.snapshot.value, asked };
  }
  const accepted: Sent = { type: "accepted", handle: "c1" };
  const processed: Sent = { type: "processed", platformPostId: "1" };
  const finalised: Sent = { type: "finalised", url: "u", publishedMs: 1 };

  test.each<[string, Sent[], string, string, number]>([
    ["is polled five times, then read", [accepted, { type: "processing" }], "ambiguous", "check", 5],
    ["has its address asked for five more times, then goes on without it", [processed], "live", "finalise", 5],
    ["is looked for four more times, then a person looks", [processed, finalised], "manualResolution", "verify", 4],
    ["is read eight more times, then a person looks", [{ type: "unknown", reason: "" }], "manualResolution", "reconcile", 8],
    [
      "is asked about three more times, then counts as not published",
      [
        { type: "unknown", reason: "" },
        { type: "several", platformPostIds: [] },
      ],
      "rejected",
      "notify",
      3,
    ],
  ])("%s", (_, answers, state, effect, times) => {
    const { state: ended, asked } = waitedOut(walk(host, input, sent, ...answers).row);
    expect([ended, asked[effect]]).toEqual([state, times]);
  });

  test("is verified as sent, or published with the fields that did not arrive", () => {
    const visible: Sent = { type: "visible", url: "u", checkedAtMs: 2 };
    expect(walk(host, input, sent, processed, finalised, visible).row.snapshot.value).toBe("verified");
    expect(walk(host, input, sent, processed, { ...finalised, defects: ["cover"] }, visible).row.snapshot.value).toBe(
      "publishedWithDefects",
    );
  });

  test("L2: a person's word about where it is counts with a name alone", () => {
    const lost: Sent[] = [sent, { type: "unknown", reason: "" }, { type: "several", platformPostIds: ["1", "2"] }];
    for (const resolved of [{ by: "" }, { by: "", platformPostId: "1" }])
      expect(walk(host, input, ...lost, { type: "resolved", ...resolved }).row.snapshot.value).toBe("manualResolution");
    expect(walk(host, input, ...lost, { type: "resolved", by: "ana", platformPostId: "1" }).row.snapshot.value).toBe("finalising");
    expect(walk(host, input, ...lost, { type: "resolved", by: "ana" }).row.snapshot.value).toBe("rejected");
  });

  test("L1: is prepared only with guards, approval and quota", () => {
    const prepared = (change: object): string =>
      walk(host, input, {
        type: "prepared",
        preparation: { guards: "pass", contentHash: "h1", approvedHashes: ["h1"], quotaReserved: true, ...change },
      }).row.snapshot.value;
    expect(prepared({})).toBe("prepared");
    for (const change of [{ guards: "block" }, { contentHash: "h2" }, { approvedHashes: [] }, { quotaReserved: false }])
      expect(prepared(change)).toBe("held");
  });
});
