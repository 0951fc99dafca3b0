// The laws on the whole skeleton: random seeds, random faults, the journal and the platform as witnesses.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  differingFields,
  fieldsUnderTest,
  isSurvivalSignal,
  type JournalEvent,
  type JournalEventOf,
  journalEventSchema,
} from "../../src/domain/index.ts";
import { paceOf } from "../../src/catalogue/index.ts";
import { type Fault, noEffect, type Scenario, type SimResult, simulate } from "../../src/sim/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { assertProperty } from "../support/property.ts";

const brief = exampleBrief();

const someFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant("publishFailure" as const),
    probability: fc.constantFrom(0.1, 0.3, 0.8),
    errorClass: fc.constantFrom("transient" as const, "content_rejected" as const),
  }),
  fc.record({
    kind: fc.constant("publishFailure" as const),
    probability: fc.constant(0.6),
    errorClass: fc.constant("transient" as const),
    arm: fc.constantFrom("control" as const, "test" as const),
  }),
  fc.record({
    kind: fc.constant("lostAnswer" as const),
    probability: fc.constantFrom(0.2, 0.7),
    publishedShare: fc.constantFrom(0, 0.5, 1),
  }),
  fc.record({
    kind: fc.constant("fieldNotApplied" as const),
    probability: fc.constantFrom(0.2, 0.9),
    arm: fc.constantFrom("control" as const, "test" as const),
  }),
  fc.record({ kind: fc.constant("loginChallenge" as const), fromShare: fc.constant(0), untilShare: fc.constantFrom(0.3, 1) }),
  fc.record({ kind: fc.constant("metricsMissing" as const), probability: fc.constantFrom(0.1, 0.5, 0.9) }),
  fc.record({ kind: fc.constant("throttling" as const), fromShare: fc.constantFrom(0, 0.5), shownShare: fc.constantFrom(0.05, 0.3) }),
);

const effect = { distribution: 0.7, conversation: 0.7, retention: 0.9 };
const world = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 8 }),
  faults: fc.array(someFault, { maxLength: 3 }),
  isReal: fc.boolean(),
});

type Drawn = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function worldOf({ faults, isReal }: Drawn, changed = brief): Scenario {
  return { name: "law", brief: changed, testEffect: isReal ? effect : noEffect, faults };
}

function told(drawn: Drawn, changed = brief): SimResult {
  return simulate(worldOf(drawn, changed), { seed: drawn.seed });
}

function escalationsOf(result: SimResult): string[] {
  return eventsOf(result, "escalationRaised").map(({ escalation }) => escalation.reason);
}

function eventsOf<Type extends JournalEvent["type"]>({ journal }: SimResult, type: Type): JournalEventOf<Type>[] {
  return journal.filter((event) => event.type === type) as JournalEventOf<Type>[];
}

const inWorlds = (check: (result: SimResult) => void, numRuns = 8) =>
  assertProperty(
    fc.property(world, (drawn) => check(told(drawn))),
    { numRuns },
  );

describe("a whole experiment, whatever goes wrong", () => {
  test("L1: nothing is submitted without guards, approval of that hash, layer and pacing", () =>
    inWorlds((result) => {
      const submits = eventsOf(result, "postSubmitted");
      const [preflight] = eventsOf(result, "preflightDone");
      const [approval] = eventsOf(result, "approvalGiven");
      const gapMs = paceOf(brief.surfaces[0]!, brief.exposurePlan.cadence).minGapMinutes * 60_000;
      for (const [at, submit] of submits.entries()) {
        expect(preflight!.preflight.verdict).not.toBe("block");
        expect(preflight!.preflight.contentHashes).toContain(submit.contentHash);
        expect(approval!.approval.contentHashes).toContain(submit.contentHash);
        expect(approval!.at).toBeLessThan(submit.at);
        expect(heldAt(result, submit.at)).toBe(true);
        expect(at === 0 ? gapMs : submit.at - submits[at - 1]!.at).toBeGreaterThanOrEqual(gapMs);
      }
    }));

  test("L2: no post is sent twice, and the platform has none twice, whatever answers were lost", () =>
    inWorlds((result) => {
      const keys = eventsOf(result, "postSubmitted").map(({ attemptKey }) => attemptKey);
      expect(new Set(keys).size).toBe(keys.length);
      const published = result.published.map(({ attemptKey }) => attemptKey);
      expect(new Set(published).size).toBe(published.length);
    }, 12));

  test("L3: the layer is held from before the first submit until the end, by one experiment", () =>
    inWorlds((result) => {
      const [reserved, released] = [eventsOf(result, "layerReserved"), eventsOf(result, "layerReleased")];
      expect(reserved.length).toBe(released.length);
      expect(result.journal.findLastIndex(({ type }) => type === "postSubmitted")).toBeLessThan(
        result.journal.findIndex(({ type }) => type === "layerReleased"),
      );
    }));

  test("L4: variants differ in the variable under test and nowhere else", () =>
    inWorlds((result) => {
      const [{ variants } = { variants: [] }] = eventsOf(result, "variantsMade");
      const own = fieldsUnderTest(brief.variableUnderTest);
      for (const variant of variants.slice(1)) {
        const fields = differingFields(variants[0]!.content, variant.content);
        expect(fields.length).toBeGreaterThan(0);
        expect(fields.filter((field) => !own.includes(field))).toEqual([]);
      }
    }, 3));

  test("L5: after a survival signal nothing is submitted, and a person is asked", () =>
    assertProperty(
      fc.property(world, (drawn) => {
        const result = told({ ...drawn, faults: [...drawn.faults, { kind: "loginChallenge", fromShare: 0, untilShare: 0.4 }] });
        const signals = eventsOf(result, "accountSignal").filter(({ signal }) => isSurvivalSignal(signal));
        for (const { at } of signals) {
          expect(eventsOf(result, "postSubmitted").filter((submit) => submit.at > at)).toEqual([]);
          expect(eventsOf(result, "escalationRaised").some((raised) => raised.at === at)).toBe(true);
        }
      }),
      { numRuns: 8 },
    ));

  test("L6: an invalid experiment has no winner and teaches nothing", () =>
    assertProperty(
      fc.property(world, (drawn) => {
        const result = told({ ...drawn, faults: [...drawn.faults, { kind: "fieldNotApplied", probability: 0.8, arm: "test" }] });
        const isInvalid = result.validity.verdict === "invalid";
        expect(isInvalid ? result.report.winner : null).toBeNull();
        expect(result.decision.kind === "ship" ? result.validity.verdict : "pass").toMatch(/pass|warn/);
        const [{ learning }] = eventsOf(result, "learningWritten") as [JournalEventOf<"learningWritten">];
        expect(isInvalid ? learning : { effects: [], informationalOnly: true }).toMatchObject({ effects: [], informationalOnly: true });
      }),
      { numRuns: 8 },
    ));

  test.each([
    ["guardrails", { guardrails: [] }],
    ["readings", {}],
  ])("L7: without %s a truly better variant is not shipped", (what, change) => {
    const result = told(
      { seed: "7", faults: what === "readings" ? [{ kind: "metricsMissing", probability: 1 }] : [], isReal: true },
      { ...brief, ...change },
    );
    expect(result.decision.kind).toBe("insufficient");
  });

  test("L8: the same seed and world give the same journal, byte for byte, whichever host steps the machines", () =>
    assertProperty(
      fc.property(world, (drawn) => {
        const { journalText } = told(drawn);
        for (const host of ["pure", "table", "actor"] as const)
          expect(simulate(worldOf(drawn), { seed: drawn.seed, host }).journalText).toBe(journalText);
      }),
      { numRuns: 4 },
    ));

  test("L5: after three failures in ten attempts, or two in a row, nothing more is submitted and a person is asked, told by the posts alone", () => {
    const always: Fault = { kind: "publishFailure", probability: 1, errorClass: "transient" };
    const inARow = told({ seed: "s", faults: [always], isReal: false });
    expect(eventsOf(inARow, "postSubmitted")).toHaveLength(2);
    expect(escalationsOf(inARow)).toContain("publishFailures");
    expect(inARow.summary.account).toBe("healthy");
    const often = ["1", "2", "3", "4"].map((seed) => told({ seed, faults: [{ ...always, probability: 0.5 }], isReal: false }));
    const stopped = often.filter(({ summary }) => summary.account === "warned");
    expect(stopped.length).toBeGreaterThan(0);
    for (const result of stopped) {
      const absent = eventsOf(result, "postReconciled").filter(({ found }) => found === "absent");
      const failedMs = [...eventsOf(result, "postFailed"), ...absent].map(({ at }) => at).sort((a, b) => a - b);
      expect(failedMs.length).toBeGreaterThanOrEqual(3);
      expect(eventsOf(result, "postSubmitted").filter(({ at }) => at > failedMs[2]!)).toEqual([]);
      expect(escalationsOf(result)).toContain("publishFailures");
    }
  });

  test("L5: early reach that fell far below what was usual pauses the run and asks, and accuses nobody", () => {
    const throttling: Fault = { kind: "throttling", fromShare: 0, shownShare: 0.01 };
    const throttled = { ...worldOf({ seed: "1", faults: [throttling], isReal: true }), historyPosts: 100 };
    const result = simulate(throttled, { seed: "1" });
    const [pause, ...others] = eventsOf(result, "experimentPaused");
    expect(others).toEqual([]);
    expect(pause!.reason).toMatch(/^guardrail E10: /);
    expect(escalationsOf(result)).toContain("guardrailBreach");
    expect(eventsOf(result, "postSubmitted").filter(({ at }) => at > pause!.at)).toEqual([]);
    expect(result.validity.verdict).not.toBe("invalid");
  });

  test("variants live with their experiment: each ends, a winner is the one that was shipped, and nothing that was said is lost", () =>
    inWorlds((result) => {
      const { variants, experiment, deadLetters } = result.summary;
      expect([deadLetters, result.violations]).toEqual([0, []]);
      expect(variants[brief.control.id]).toBe("retired");
      for (const { id } of brief.testVariants)
        expect(variants[id]).toBe(experiment === "shipped" && result.decision.winner === id ? "winner" : "retired");
    }));

  test("L10: every post logs its probabilities and key, every decision its thresholds and policy", () =>
    inWorlds((result) => {
      for (const { post } of eventsOf(result, "postScheduled")) {
        expect(post.assignment.probabilities[post.variantId]).toBe(0.5);
        expect(post.assignment.key).toContain(post.block);
      }
      for (const { decision } of eventsOf(result, "decided")) {
        expect(Object.keys(decision.evidence.thresholds)).toContain("alpha");
        expect(decision.evidence.policyHash).toMatch(/^sha256:/);
      }
    }, 4));

  test("every event fits the journal's schema, ids are unique, time never goes back, and every experiment ends", () =>
    inWorlds((result) => {
      const lines = result.journalText
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
      for (const line of lines) expect(journalEventSchema.safeParse(line).error?.issues).toBeUndefined();
      expect(new Set(result.journal.map(({ id }) => id)).size).toBe(result.journal.length);
      expect(result.journal.every(({ at }, index) => index === 0 || at >= result.journal[index - 1]!.at)).toBe(true);
      expect(eventsOf(result, "experimentEnded")).toHaveLength(1);
      expect(eventsOf(result, "learningWritten")).toHaveLength(1);
    }));
});

function heldAt(result: SimResult, atMs: number): boolean {
  const held = eventsOf(result, "layerReserved").some(({ at }) => at <= atMs);
  return held && !eventsOf(result, "layerReleased").some(({ at }) => at <= atMs);
}
