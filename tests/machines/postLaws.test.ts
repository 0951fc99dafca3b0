// Laws L1 and L2 on a single post, whatever it meets.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHost, postMachine, type Clearance, type MachineEvent, type Row } from "../../src/machines/index.ts";
import { clear, post } from "../support/machineSystem.ts";
import { assertProperty } from "../support/property.ts";

const posts = createHost(postMachine, { kind: "pure" });

const someClearance: fc.Arbitrary<Clearance> = fc.record({
  guards: fc.constantFrom("pass", "warn", "unverified", "review", "block"),
  contentHash: fc.constantFrom("h1", "h2"),
  approvedHashes: fc.constantFrom(["h1"], ["h2"], [], ["h1", "h2"]),
  experimentState: fc.constantFrom("running", "paused", "stopped", "scheduled"),
  layerHolder: fc.constantFrom("e1", "e2", null),
  accountState: fc.constantFrom("healthy", "challenged", "restricted"),
  laneHealth: fc.constantFrom("open", "degraded", "held"),
  holding: fc.boolean(),
  blockIsOpen: fc.boolean(),
  paceFreeMs: fc.constantFrom(0, 900, 1001, 4000),
});

const platformAnswer = fc.oneof(
  fc.record({ type: fc.constantFrom("accepted"), handle: fc.constant("c") }),
  fc.record({ type: fc.constantFrom("processed", "found"), platformPostId: fc.constant("pp") }),
  fc.record({ type: fc.constant("refused"), errorClass: fc.constantFrom("transient", "rate_limited", "content_rejected") }),
  fc.record({ type: fc.constantFrom("unknown", "processing", "absent", "hold", "cancel", "released"), reason: fc.constant("r") }),
  fc.record({ type: fc.constant("gone"), checkedAtMs: fc.constant(4) }),
  fc.record({ type: fc.constant("several"), platformPostIds: fc.constant(["a", "b"]) }),
  fc.record({ type: fc.constant("finalised"), url: fc.constant("u"), publishedMs: fc.constant(2) }),
  fc.record({ type: fc.constant("visible"), url: fc.constant("u"), checkedAtMs: fc.constant(3) }),
  fc.record({ type: fc.constant("resolved"), by: fc.constantFrom("", "ana") }),
  fc.record({ type: fc.constant("due"), clearance: fc.oneof(someClearance, fc.constant(clear)) }),
  fc.record({ type: fc.constant("timer") }),
);

/** Steps a post through events; "timer" fires its earliest timer. */
function walkPost(events: readonly { type: string }[]): { rows: Row[]; publishes: number; effects: string[] } {
  let row = posts.start(post, 0).row;
  const rows = [row];
  const effects: string[] = [];
  events.forEach((event, index) => {
    const timer = row.timers[0];
    const sent: MachineEvent | undefined =
      event.type !== "timer"
        ? { id: `e${index}`, at: 1000, ...event }
        : timer && { ...timer.event, id: `t${index}`, at: timer.dueAt, timer: { id: timer.timerId, armedRev: timer.armedRev } };
    if (sent === undefined) return;
    const step = posts.step(row, sent);
    row = step.row;
    rows.push(row);
    effects.push(...step.effects.map(({ type }) => type));
  });
  return { rows, effects, publishes: effects.filter((type) => type === "publish").length };
}

describe("a post", () => {
  test("L1: is sent if and only if guards, approval of exactly this hash, layer, account and pacing allow it", () =>
    assertProperty(
      fc.property(someClearance, (clearance) => {
        const allowed =
          clearance.guards !== "block" &&
          clearance.contentHash === "h1" &&
          clearance.approvedHashes.includes("h1") &&
          clearance.experimentState === "running" &&
          clearance.layerHolder === "e1" &&
          clearance.accountState === "healthy" &&
          clearance.laneHealth !== "held" &&
          (!clearance.holding || clearance.blockIsOpen) &&
          clearance.paceFreeMs <= 1000;
        expect(walkPost([{ type: "due", clearance } as { type: string }]).publishes).toBe(allowed ? 1 : 0);
      }),
      { numRuns: 500 },
    ));

  test("L2: asks for one publish in its whole life, whatever answers, timers and repeats arrive", () =>
    assertProperty(
      fc.property(fc.array(platformAnswer, { maxLength: 40 }), (events) => {
        const { publishes } = walkPost([{ type: "due", clearance: clear } as { type: string }, ...events]);
        expect(publishes).toBe(1);
      }),
      { numRuns: 500 },
    ));

  test("an answer that never comes is ambiguous and gets read, then goes to a person, who is asked daily and not for ever", () => {
    const { rows, effects } = walkPost([
      { type: "due", clearance: clear } as { type: string },
      ...Array.from({ length: 14 }, () => ({ type: "timer" })),
    ]);
    expect(rows.map(({ snapshot }) => snapshot.value)).toContain("ambiguous");
    expect(rows.map(({ snapshot }) => snapshot.value)).toContain("manualResolution");
    expect(rows.at(-1)!).toMatchObject({ timers: [], snapshot: { value: "rejected", context: { errorClass: "ambiguous" } } });
    expect(effects.filter((type) => type === "reconcile").length).toBeGreaterThan(1);
    expect(effects.filter((type) => type === "notify")).toHaveLength(4);
  });

  test("a slot that passed while nobody was there is missed, not published late", () => {
    const row = posts.step(posts.start({ ...post, latestMs: 5000 }, 0).row, { type: "due", id: "d", at: 5001, clearance: clear }).row;
    expect(row.snapshot.value).toBe("missed");
  });
});
