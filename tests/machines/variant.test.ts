// A variant's approval is about exactly its content.
import { describe, expect, test } from "vitest";
import { createHost, type EffectRecord, type Host, type Row, variantMachine } from "../../src/machines/index.ts";

type Sent = { type: string; [field: string]: unknown };

function walk(host: Host, input: unknown, ...events: Sent[]): { row: Row; effects: readonly EffectRecord[] } {
  let row = host.start(input, 0).row;
  let effects: readonly EffectRecord[] = [];
  events.forEach((event, index) => ({ row, effects } = host.step(row, { id: `e${index}`, at: 1000 + index, ...event })));
  return { row, effects };
}

describe("a variant", () => {
  const host = createHost(variantMachine, { kind: "table" }) as Host;
  const input = { variantId: "v1", experimentId: "e1", isControl: false };
  const made: Sent[] = [
    { type: "generated", contentHash: "h1" },
    { type: "guarded", contentHash: "h1", verdict: "pass", reason: "" },
  ];
  const approved: Sent = { type: "approved", by: "ana", contentHash: "h1" };
  const active: Sent = { type: "activated", contentHashes: ["h0", "h1"] };
  const stateOf = (...events: Sent[]): string => walk(host, input, ...events).row.snapshot.value;

  test("L1: is approved for the content it has, by somebody, after its guards", () => {
    expect(stateOf(...made, approved, active)).toBe("active");
    expect(stateOf(...made, { ...approved, contentHash: "h2" })).toBe("guarded");
    expect(stateOf(...made, { ...approved, by: "" })).toBe("guarded");
    expect(stateOf(made[0]!, { ...made[1]!, contentHash: "h2" })).toBe("generated");
    expect(stateOf(made[0]!, { ...made[1]!, verdict: "block" }, approved)).toBe("generated");
    expect(stateOf(...made, approved, { ...active, contentHashes: ["h0", "h2"] })).toBe("approved");
  });

  test("L1: an edit re-opens its approval and the experiment's", () => {
    const edited = walk(host, input, ...made, approved, { type: "edited", by: "ana", contentHash: "h2" });
    expect(edited.row.snapshot).toMatchObject({ value: "generated", context: { approvedHash: null, contentHash: "h2", revisions: 1 } });
    expect(edited.effects.map((effect) => (effect.type === "tell" ? effect.params.to[0] : effect.type))).toEqual([
      "experiment/e1",
      "guardVariant",
    ]);
  });

  test("L4: nothing edits it while it runs", () => {
    expect(stateOf(...made, approved, active, { type: "edited", by: "ana", contentHash: "h2" })).toBe("active");
  });

  test("L6: wins in a valid experiment alone, and control never", () => {
    const won: Sent = { type: "won", by: "ana", verdict: "pass" };
    expect(stateOf(...made, approved, active, won)).toBe("winner");
    expect(stateOf(...made, approved, active, { ...won, verdict: "invalid" })).toBe("active");
    expect(walk(host, { ...input, isControl: true }, ...made, approved, active, won).row.snapshot.value).toBe("active");
  });
});
