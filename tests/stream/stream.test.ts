import fc from "fast-check";
import { from, lastValueFrom, map, type OperatorFunction, Subject, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../../src/domain/index.ts";
import { defaultValidityPolicy } from "../../src/erm/index.ts";
import { createRng, permutation } from "../../src/random/index.ts";
import { scenarioOf, simulate, type StoryName, storyNames } from "../../src/sim/index.ts";
import { decisions, fifo, guardrails, type StreamVerdict, validity } from "../../src/stream/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { assertProperty } from "../support/property.ts";

const journals = new Map<string, readonly JournalEvent[]>();

function journalOf(story: StoryName, seed = "7"): readonly JournalEvent[] {
  const key = `${story}/${seed}`;
  const known = journals.get(key) ?? simulate(scenarioOf(story, exampleBrief()), { seed }).journal;
  journals.set(key, known);
  return known;
}

/** The journal without its end, which closes the books on late facts. */
const open = (journal: readonly JournalEvent[]) => journal.filter(({ type }) => type !== "experimentEnded");

function told<Value>(
  events: readonly JournalEvent[],
  operator: OperatorFunction<JournalEvent, StreamVerdict<Value>>,
): Promise<StreamVerdict<Value>[]> {
  return lastValueFrom(from(events).pipe(operator, toArray()));
}

/** The last verdict of each instant: what a consumer ends up with. */
async function settled<Value>(
  events: readonly JournalEvent[],
  operator: OperatorFunction<JournalEvent, StreamVerdict<Value>>,
): Promise<Record<string, unknown>> {
  const last = new Map<string, unknown>();
  for (const verdict of await told(events, operator))
    last.set(`${verdict.experimentId}/${verdict.markId}`, verdict.kind === "verdict" ? verdict.value : String(verdict.error));
  return Object.fromEntries([...last].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe("stream operators", () => {
  test.each(storyNames)("story %s: verdict and decision at each checkpoint are those that the journal holds", async (story) => {
    const journal = journalOf(story);
    const checkpoints = journal.some(({ type }) => type === "planCompiled") ? journal.filter(({ type }) => type === "checkpoint") : [];
    const writtenAfter = <Type extends JournalEvent["type"]>(checkpoint: JournalEvent, type: Type) =>
      journal.slice(journal.indexOf(checkpoint)).find((event): event is Extract<JournalEvent, { type: Type }> => event.type === type)!;
    // The first word about each instant: facts of the same millisecond that the journal holds after the checkpoint revise it.
    const first = <Value>(verdicts: readonly StreamVerdict<Value>[]) =>
      new Map(
        verdicts.flatMap((verdict) => (verdict.kind === "verdict" && verdict.revision === 0 ? [[verdict.markId, verdict.value]] : [])),
      );
    const reports = first(await told(journal, validity()));
    const decided = first(await told(journal, decisions()));
    for (const checkpoint of checkpoints) {
      expect(reports.get(checkpoint.id)).toEqual(writtenAfter(checkpoint, "validityChecked").validity);
      expect(decided.get(checkpoint.id)?.kind).toEqual(writtenAfter(checkpoint, "decided").decision.kind);
    }
    expect([reports.size, decided.size]).toEqual([checkpoints.length, checkpoints.length]);
  });

  test("L8: any order of arrival and any duplicates settle on the same verdicts", async () => {
    const journal = open(journalOf("paused"));
    const operators = { validity: validity(), guardrails: guardrails(), decisions: decisions() };
    const expected = {
      validity: await settled(journal, operators.validity),
      guardrails: loud(await settled(journal, operators.guardrails)),
      decisions: await settled(journal, operators.decisions),
    };
    expect(Object.keys(expected.validity).length).toBeGreaterThan(0);
    await assertProperty(
      fc.asyncProperty(fc.nat(), fc.array(fc.nat({ max: journal.length - 1 }), { maxLength: 30 }), async (seed, doubled) => {
        const order = permutation(createRng(`order ${seed}`), journal.length).map((at) => journal[at]!);
        const arriving = [...order, ...doubled.map((at) => journal[at]!)];
        expect(await settled(arriving, operators.validity)).toEqual(expected.validity);
        expect(await settled(arriving, operators.decisions)).toEqual(expected.decisions);
        expect(loud(await settled(arriving, operators.guardrails))).toEqual(expected.guardrails);
      }),
      { numRuns: 4 },
    );
  });

  test("L11: a duplicate says nothing; a fact in time says nothing about instants before it", async () => {
    const journal = open(journalOf("shipped"));
    const once = await told(journal, validity());
    expect(await told([...journal, ...journal], validity())).toEqual(once);
    expect(once.every((verdict) => verdict.kind === "verdict" && verdict.revision === 0)).toBe(true);
  });

  test("a late fact revises the verdict of its instant", async () => {
    const journal = open(journalOf("shipped"));
    const late = journal.find((event) => event.type === "postPublished")!;
    const found = await told([...journal.filter((event) => event !== late), late], validity());
    const revised = found.filter((verdict) => verdict.kind === "verdict" && verdict.revision > 0);
    expect(revised.length).toBeGreaterThan(0);
    expect(await settled([...journal.filter((event) => event !== late), late], validity())).toEqual(await settled(journal, validity()));
  });

  test("a survival signal acts at its own instant, before any checkpoint", async () => {
    const found = await told(journalOf("paused"), guardrails());
    const paused = found.find((verdict) => verdict.kind === "verdict" && verdict.value.action === "pause");
    expect(paused).toBeDefined();
    const signal = journalOf("paused").find(({ type }) => type === "accountSignal" || type === "guardrailBreached")!;
    expect(paused!.asOf).toBeLessThanOrEqual(signal.at);
  });

  test.each<[string, (event: JournalEvent) => JournalEvent]>([
    ["judged", (event) => (event.type === "planCompiled" ? { ...event, plan: { ...event.plan, posts: null as never } } : event)],
    ["read", (event) => (event.type === "briefAccepted" ? { ...event, brief: { ...event.brief, accounts: null as never } } : event)],
  ])("an experiment that cannot be %s fails alone", async (_, spoil) => {
    const good = journalOf("shipped");
    const bad = journalOf("shipped", "8").map(spoil);
    const mixed = [...good, ...bad].sort((a, b) => a.at - b.at);
    const found = await told(mixed, validity());
    const ids = (kind: string) => new Set(found.filter((verdict) => verdict.kind === kind).map(({ experimentId }) => experimentId));
    expect(ids("failed").size).toBe(1);
    expect(ids("verdict").size).toBe(1);
    expect([...ids("verdict")]).not.toEqual([...ids("failed")]);
  });

  test("two subscribers do not see each other's past", async () => {
    const operator = validity(defaultValidityPolicy);
    const journal = journalOf("shipped");
    expect(await told(journal, operator)).toEqual(await told(journal, operator));
  });

  test("an event sent while another is handled waits its turn, for every subscriber", () => {
    const subject = new Subject<number>();
    const queued = subject.pipe(fifo());
    const seen: number[] = [];
    queued.pipe(map((value) => value * 10)).subscribe((value) => {
      seen.push(value);
      if (value === 10) subject.next(2);
      seen.push(value + 1);
    });
    subject.next(1);
    subject.next(3);
    expect(seen).toEqual([10, 11, 20, 21, 30, 31]);
  });
});

/** Verdicts that act; one taken back is like one never told. */
function loud(verdicts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(verdicts).filter(([, value]) => {
      const { action, failures } = value as { action: string; failures: unknown };
      return action !== "none" || failures !== null;
    }),
  );
}
