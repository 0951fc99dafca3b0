// Every open experiment that the journal tells about, with the instants at which a verdict was asked for. A late fact asks earlier instants again, so
// that the last verdict of an instant is that of the batch call, whatever the order. Memory is bounded by the open experiments.
import type { JournalEvent } from "../domain/index.ts";
import type { AccountEvent, ValidityInput } from "../erm/index.ts";
import { type ExperimentFacts, inputAsOf, noFacts, takeFact } from "./experimentFacts.ts";

/** An instant at which a verdict is asked for: the checkpoint, or the fact that cannot wait for one. */
export interface Mark {
  readonly eventId: string;
  readonly asOf: number;
}

/** A verdict about one experiment as of one instant. A later one with the same `markId` replaces it. */
export interface Verdicted<Value> {
  readonly kind: "verdict";
  readonly experimentId: string;
  /** Id of the event that asked. */
  readonly markId: string;
  readonly asOf: number;
  /** 0 at first; counts the times that late facts changed it. */
  readonly revision: number;
  readonly value: Value;
}

/** Judging this experiment failed; the others go on, and it is tried again at its next instant. */
export interface Failed {
  readonly kind: "failed";
  readonly experimentId: string;
  readonly markId: string;
  readonly asOf: number;
  readonly error: unknown;
}

export interface Judge<Value> {
  /** The instant that this event asks about, if it does. */
  markOf(this: void, event: JournalEvent, facts: ExperimentFacts): Mark | null;
  /** The verdict as of an instant; undefined for nothing to say. @param before the verdict of the instant before, in the order of instants. */
  judge(this: void, input: ValidityInput, facts: ExperimentFacts, before: Value | undefined): Value | undefined;
  /** True for a verdict that is only worth telling where it replaces another one. */
  isQuiet?(this: void, value: Value): boolean;
}

interface Open<Value> {
  readonly facts: ExperimentFacts;
  readonly accounts: Set<string>;
  /** In the order of their instants. */
  readonly marks: Asked<Value>[];
}

interface Asked<Value> {
  readonly mark: Mark;
  text: string;
  value: Value | undefined;
  /** Whether a verdict was told, and which revision. */
  told: number | null;
}

/** Ended experiments that are remembered, so that a late duplicate does not open them again. */
const endedMax = 10_000;
/** Experiments known only by facts that came before their brief. */
const orphansMax = 10_000;
/** Signals kept for an account; open ones are kept first. */
const signalsMax = 64;

export interface OpenExperiments<Value> {
  take(event: JournalEvent): (Verdicted<Value> | Failed)[];
  /** Number of experiments held in memory. */
  readonly size: number;
}

/** Folds journal events into verdicts. Holds state; made anew for each subscription. */
export function openExperiments<Value>({ markOf, judge, isQuiet = () => false }: Judge<Value>): OpenExperiments<Value> {
  const open = new Map<string, Open<Value>>();
  const orphans = new Set<string>();
  const ended = new Set<string>();
  const signals = new Map<string, (AccountEvent & { readonly id: string })[]>();

  function experiment(experimentId: string): Open<Value> {
    let found = open.get(experimentId);
    if (found === undefined) {
      found = { facts: noFacts(experimentId), accounts: new Set(), marks: [] };
      open.set(experimentId, found);
      orphans.add(experimentId);
      if (orphans.size > orphansMax) {
        const oldest = first(orphans);
        orphans.delete(oldest);
        open.delete(oldest);
      }
    }
    return found;
  }

  function verdictAt(one: Open<Value>, asked: Asked<Value>, before: Value | undefined): (Verdicted<Value> | Failed)[] {
    const { experimentId } = one.facts;
    const { eventId: markId, asOf } = asked.mark;
    let value: Value | undefined;
    try {
      const input = inputAsOf(one.facts, signalsAsOf(one, asOf), asOf);
      value = input === undefined ? undefined : judge(input, one.facts, before);
    } catch (error) {
      asked.value = undefined;
      asked.text = "";
      return [{ kind: "failed", experimentId, markId, asOf, error }];
    }
    const text = JSON.stringify(value) ?? "";
    if (text === asked.text) return [];
    asked.text = text;
    asked.value = value;
    if (value === undefined || (asked.told === null && isQuiet(value))) return [];
    asked.told = asked.told === null ? 0 : asked.told + 1;
    return [{ kind: "verdict", experimentId, markId, asOf, revision: asked.told, value }];
  }

  function signalsAsOf({ accounts }: Open<Value>, asOf: number): AccountEvent[] {
    return [...accounts]
      .flatMap((account) => signals.get(account) ?? [])
      .filter(({ atMs }) => atMs <= asOf)
      .map(({ account, signal, atMs, clearedAtMs }) => ({
        account,
        signal,
        atMs,
        // What was cleared later was open then.
        clearedAtMs: clearedAtMs !== null && clearedAtMs > asOf ? null : clearedAtMs,
      }))
      .sort(bySignalTime);
  }

  /** Judges anew what a fact of this time may have changed; later instants build on earlier ones. */
  function changedFrom(one: Open<Value>, sinceMs: number): (Verdicted<Value> | Failed)[] {
    return one.marks.flatMap((asked, at) => (asked.mark.asOf >= sinceMs ? verdictAt(one, asked, one.marks[at - 1]?.value) : []));
  }

  function ask(one: Open<Value>, mark: Mark): (Verdicted<Value> | Failed)[] {
    const later = one.marks.findIndex(({ mark: { asOf, eventId } }) => asOf > mark.asOf || (asOf === mark.asOf && eventId > mark.eventId));
    const at = later === -1 ? one.marks.length : later;
    one.marks.splice(at, 0, { mark, text: "", value: undefined, told: null });
    return one.marks.slice(at).flatMap((asked, next) => verdictAt(one, asked, one.marks[at + next - 1]?.value));
  }

  /** Takes what an event says of its experiment. */
  function toldOf(one: Open<Value>, event: JournalEvent): (Verdicted<Value> | Failed)[] {
    const isNew = !one.facts.seen.has(event.id);
    if (event.type === "briefAccepted") {
      orphans.delete(one.facts.experimentId);
      for (const { id } of event.brief.accounts) one.accounts.add(id);
    }
    const since = takeFact(one.facts, event);
    const revised = since === null ? [] : changedFrom(one, since);
    const mark = isNew ? markOf(event, one.facts) : null;
    return mark === null ? revised : [...revised, ...ask(one, mark)];
  }

  function takeSignal(event: JournalEvent): number | null {
    if (event.type === "accountSignal") {
      const known = signals.get(event.account) ?? [];
      if (known.some(({ id }) => id === event.id)) return null;
      const clearing = known.find(
        ({ id, signal, clearedAtMs }) => id.startsWith(clearedPrefix) && signal === event.signal && clearedAtMs! >= event.at,
      );
      const added = {
        id: event.id,
        account: event.account,
        signal: event.signal,
        atMs: event.at,
        clearedAtMs: clearing?.clearedAtMs ?? null,
      };
      signals.set(event.account, trimmed([...known, added]));
      return event.at;
    }
    if (event.type !== "accountCleared") return null;
    const known = signals.get(event.account) ?? [];
    const id = `${clearedPrefix}${event.id}`;
    if (known.some((one) => one.id === id)) return null;
    // The clearing itself is kept as a closed signal of no length, for signals before it that come later.
    const cleared = known.map((one) =>
      one.signal === event.signal && one.atMs <= event.at && (one.clearedAtMs === null || one.clearedAtMs > event.at)
        ? { ...one, clearedAtMs: event.at }
        : one,
    );
    signals.set(
      event.account,
      trimmed([...cleared, { id, account: event.account, signal: event.signal, atMs: Infinity, clearedAtMs: event.at }]),
    );
    return -Infinity;
  }

  return {
    get size() {
      return open.size;
    },
    take(event) {
      const output: (Verdicted<Value> | Failed)[] = [];
      if (event.type === "accountSignal" || event.type === "accountCleared") {
        const since = takeSignal(event);
        if (since === null) return [];
        for (const one of open.values()) if (one.accounts.has(event.account)) output.push(...changedFrom(one, since));
      }
      const experimentId = "experimentId" in event ? event.experimentId : undefined;
      if (experimentId === undefined || ended.has(experimentId)) return output;
      if (event.type === "experimentEnded") {
        open.delete(experimentId);
        orphans.delete(experimentId);
        ended.add(experimentId);
        if (ended.size > endedMax) ended.delete(first(ended));
        return output;
      }
      try {
        output.push(...toldOf(experiment(experimentId), event));
      } catch (error) {
        output.push({ kind: "failed", experimentId, markId: event.id, asOf: event.at, error });
      }
      return output;
    },
  };
}

const clearedPrefix = "cleared:";

function first(names: ReadonlySet<string>): string {
  for (const name of names) return name;
  throw new Error("an empty set has no first name");
}

function trimmed<Signal extends AccountEvent>(known: readonly Signal[]): Signal[] {
  if (known.length <= signalsMax) return [...known];
  const surplus = known.findIndex(({ clearedAtMs }) => clearedAtMs !== null);
  return known.filter((_, at) => at !== Math.max(0, surplus));
}

function bySignalTime(one: AccountEvent, other: AccountEvent): number {
  return one.atMs - other.atMs || (one.signal < other.signal ? -1 : one.signal > other.signal ? 1 : 0);
}
