import { describe, expect, test } from "vitest";
import { setup } from "xstate";
import { createHost, type Migrations, type Row } from "../../src/machines/index.ts";

/** The third version of a machine: `waiting` became `queued` in version 2, `tries` came in version 3. */
const machine = setup({}).createMachine({
  id: "parcel",
  version: "3",
  initial: "queued",
  context: { parcelId: "x", tries: 0 },
  states: {
    queued: { after: { 1000: "lost" }, on: { sent: "gone" } },
    gone: { type: "final" },
    lost: {},
  },
});

const renamed = (id: string) => id.replace("waiting", "queued");
const migrations: Migrations = {
  1: (row) => ({
    ...row,
    version: 2,
    snapshot: { ...row.snapshot, value: renamed(row.snapshot.value) },
    timers: row.timers.map((timer) => ({ ...timer, timerId: renamed(timer.timerId), event: { type: renamed(timer.event.type) } })),
  }),
  2: (row) => ({ ...row, version: 3, snapshot: { ...row.snapshot, context: { ...row.snapshot.context, tries: 0 } } }),
};

const oldTimer = {
  timerId: "xstate.after.1000.parcel.waiting",
  event: { type: "xstate.after.1000.parcel.waiting" },
  dueAt: 1000,
  armedRev: 0,
};
const first: Row = {
  key: "parcel/p1",
  machine: "parcel",
  version: 1,
  rev: 0,
  lastAt: 0,
  snapshot: { status: "active", value: "waiting", context: { parcelId: "p1" }, children: {}, historyValue: {} },
  timers: [oldTimer],
};

describe.each(["pure", "table", "actor"] as const)("a row of an old version on the %s host", (kind) => {
  const host = createHost(machine, { kind, migrations });

  test("is taken through every version in turn, states, context and timers", () => {
    const row = host.read(first);
    expect(row).toMatchObject({ version: 3, rev: 0, snapshot: { value: "queued", context: { parcelId: "p1", tries: 0 } } });
    expect(row.timers).toEqual([
      { ...oldTimer, timerId: "xstate.after.1000.parcel.queued", event: { type: "xstate.after.1000.parcel.queued" } },
    ]);
  });

  test("is stored in the new version with its next step", () => {
    expect(host.step(first, { type: "sent", id: "s", at: 5 }).row).toMatchObject({
      version: 3,
      rev: 1,
      snapshot: { value: "gone" },
      timers: [],
    });
  });

  test("stays as it is on an event that it does not want", () => {
    expect(host.step(first, { type: "else", id: "s", at: 5 })).toEqual({ row: first, effects: [], changed: false });
  });

  test("fires a timer that was armed under its old name", () => {
    const fired = host.step(first, { ...oldTimer.event, id: "t", at: 1000, timer: { id: oldTimer.timerId, armedRev: 0 } });
    expect(fired.row).toMatchObject({ version: 3, snapshot: { value: "lost" }, timers: [] });
  });

  test("is not migrated once it is finished: that is history", () => {
    const finished: Row = { ...first, snapshot: { ...first.snapshot, status: "done", value: "gone" }, timers: [] };
    expect(host.read(finished).version).toBe(1);
    expect(host.step(finished, { type: "sent", id: "s", at: 5 })).toMatchObject({ row: finished, changed: false });
  });

  test("is refused where a migration is missing, damages it, or comes from the future", () => {
    const refused = (with_: Migrations, row: Row = first) => {
      try {
        createHost(machine, { kind, migrations: with_ }).read(row);
        return "read";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refused({ 1: migrations[1]! })).toBe("row-version");
    expect(refused({ ...migrations, 2: (row) => row })).toBe("row-version");
    expect(refused({ ...migrations, 2: (row) => ({ ...row, version: 3, key: "parcel/other" }) })).toBe("row-version");
    expect(refused({ ...migrations, 1: (row) => ({ ...row, version: 2 }) })).toBe("row-corrupt");
    expect(refused({ ...migrations, 1: (row) => ({ ...row, version: 2, snapshot: null as never }) })).toBe("row-corrupt");
    expect(refused(migrations, { ...first, version: 4 })).toBe("row-version");
  });
});
