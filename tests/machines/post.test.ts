// A post that is out of our hands is never believed to be where nobody looked.
import { describe, expect, test } from "vitest";
import { createHost, postMachine, type EffectRecord, type Host, type Row } from "../../src/machines/index.ts";

type Sent = { type: string; [field: string]: unknown };

function walk(host: Host, input: unknown, ...events: Sent[]): { row: Row; effects: readonly EffectRecord[] } {
  let row = host.start(input, 0).row;
  let effects: readonly EffectRecord[] = [];
  events.forEach((event, index) => ({ row, effects } = host.step(row, { id: `e${index}`, at: 1000 + index, ...event })));
  return { row, effects };
}

describe("a post that others hold", () => {
  const host = createHost(postMachine, { kind: "table" }) as Host;
  const input = { postId: "p1", experimentId: "e1", account: "a1", contentHash: "h1", attemptKey: "k1", slotMs: 1000, latestMs: 9_000_000 };
  const clearance = {
    guards: "pass",
    contentHash: "h1",
    approvedHashes: ["h1"],
    experimentState: "running",
    layerHolder: "e1",
    accountState: "healthy",
    laneHealth: "open",
    holding: false,
    blockIsOpen: false,
    paceFreeMs: 0,
  };
  const sent: Sent = { type: "due", clearance };
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
