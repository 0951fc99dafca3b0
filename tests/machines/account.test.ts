// The account's own rules: how each kind of trouble ends, and what a lane's record says (platforms note 2.7, validity note 2.5).
import { describe, expect, test } from "vitest";
import { accountMachine, createHost, type Row } from "../../src/machines/index.ts";

const host = createHost(accountMachine, { kind: "table" });
const hourMs = 3_600_000;
const fresh = (): Row => host.start({ accountId: "a1" }, 0).row;

function after(row: Row, ...events: { type: string; at?: number; [field: string]: unknown }[]): Row {
  return events.reduce((now, { at = now.lastAt, ...event }, index) => host.step(now, { id: `${now.rev}/${index}`, at, ...event }).row, row);
}

function fired(row: Row): Row {
  const { timerId, armedRev, dueAt, event } = row.timers[0]!;
  return host.step(row, { ...event, id: `t${row.rev}`, at: dueAt, timer: { id: timerId, armedRev } }).row;
}

const signal = (word: string, more: object = {}) => ({ type: "signal", signal: word, ...more });
const cleared = (at?: number) => ({ type: "cleared", by: "ana", ...(at !== undefined && { at }) });

describe("an account", () => {
  test("rests 72 hours after a spam signal and needs a person as well", () => {
    const resting = after(fresh(), signal("spamSignal"));
    expect(resting).toMatchObject({ snapshot: { value: "coolingDown" }, timers: [{ dueAt: 72 * hourMs }] });
    expect(fired(resting).snapshot.value).toBe("warned");
    const early = after(resting, cleared(hourMs));
    expect(early).toMatchObject({ snapshot: { value: "coolingDown" }, timers: [{ dueAt: 72 * hourMs }] });
    expect(fired(early).snapshot.value).toBe("healthy");
    expect(after(fired(resting), cleared()).snapshot.value).toBe("healthy");
  });

  test("waits out a rate limit's window and a quarter, then goes on without a person", () => {
    const limited = after(fresh(), signal("rateLimit", { windowMs: 4 * hourMs }));
    expect(limited).toMatchObject({ snapshot: { value: "throttled" }, timers: [{ dueAt: 5 * hourMs }] });
    expect(fired(limited).snapshot).toMatchObject({ value: "healthy", context: { restUntilMs: null } });
    expect(after(fresh(), signal("rateLimit")).timers[0]!.dueAt).toBe(30 * hourMs);
  });

  test("is challenged until a person clears it; a spam signal meanwhile still has its 72 hours", () => {
    const challenged = after(fresh(), signal("loginChallenge"));
    expect(after(challenged, { type: "cleared", by: "" }).snapshot.value).toBe("challenged");
    expect(after(challenged, cleared()).snapshot.value).toBe("healthy");
    const both = after(challenged, signal("spamSignal", { at: hourMs }), cleared(2 * hourMs));
    expect(both).toMatchObject({ snapshot: { value: "coolingDown" }, timers: [{ dueAt: 73 * hourMs }] });
    expect(fired(both).snapshot.value).toBe("healthy");
  });

  test("suspended comes back by a person alone, whatever else is said", () => {
    const closed = after(fresh(), { type: "suspended", reason: "closed by the platform" }, cleared(), signal("policyWarning"));
    expect(closed.snapshot.value).toBe("suspended");
    expect(after(closed, { type: "reinstated", by: "ana" }).snapshot.value).toBe("healthy");
  });

  test("L5: pauses who is on it, and who comes while the trouble lasts", () => {
    const attached = after(fresh(), { type: "attached", experimentId: "e1" }, { type: "attached", experimentId: "e2" });
    const trouble = host.step(attached, { ...signal("loginChallenge"), id: "s", at: 1 });
    const tells = (effects: typeof trouble.effects) => effects.flatMap((effect) => (effect.type === "tell" ? effect.params.to : []));
    expect(tells(trouble.effects)).toEqual(["experiment/e1", "experiment/e2"]);
    const late = host.step(trouble.row, { type: "attached", id: "l", at: 2, experimentId: "e3" });
    expect(tells(late.effects)).toEqual(["experiment/e3"]);
  });

  test.each([
    ["loginChallenge", "challenged"],
    ["accountRestricted", "restricted"],
    ["spamSignal", "coolingDown"],
    ["policyWarning", "warned"],
    ["rateLimit", "throttled"],
    ["authExpired", "healthy"],
    ["duplicate", "healthy"],
    ["reachRestriction", "healthy"],
  ])("L5: a person is asked about %s, whoever runs on it, and it is %s", (word, state) => {
    const { row, effects } = host.step(fresh(), { ...signal(word), id: "s", at: 1 });
    expect(row.snapshot.value).toBe(state);
    expect(effects.filter((effect) => effect.type === "notify" && effect.params.reason === word)).toHaveLength(1);
  });

  test("L5: a person is asked about too many failures, and who comes later hears why", () => {
    const failing = ["api", "browser", "hybrid"].map((lane) => ({ type: "laneFailed", lane, errorClass: "transient" }));
    const third = host.step(after(fresh(), ...failing.slice(1)), { ...failing[0]!, id: "f", at: 1 });
    const reason = "3 of the last 3 publish attempts of the account failed";
    expect(third.effects).toContainEqual({ type: "notify", params: { severity: "escalation", subject: "a1", reason } });
    const warned = third.row;
    expect(warned.snapshot.value).toBe("warned");
    const { effects } = host.step(warned, { type: "attached", id: "a", at: 1, experimentId: "e9" });
    expect(effects).toMatchObject([
      { type: "tell", params: { to: ["experiment/e9"], event: { type: "guardrailTripped", action: "pause" } } },
    ]);
  });

  test("doubts a lane after one failure, holds it after two in a row, and a person opens it", () => {
    const failed = { type: "laneFailed", lane: "api", errorClass: "transient" };
    const health = (row: Row) => (row.snapshot.context["lanes"] as Record<string, { health: string }>)["api"]!.health;
    const once = after(fresh(), failed);
    expect(health(once)).toBe("degraded");
    expect(health(after(once, { type: "laneWorked", lane: "api" }))).toBe("open");
    const held = after(once, failed);
    expect(health(held)).toBe("held");
    expect(health(after(held, { type: "laneWorked", lane: "api" }))).toBe("held");
    expect(health(after(held, { type: "laneOpened", lane: "api", by: "ana" }))).toBe("open");
    expect(health(after(fresh(), signal("authExpired")))).toBe("held");
  });
});
