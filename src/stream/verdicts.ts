// From journal events to verdicts: one queue in front, one fold per subscription, one output event per verdict.
import { concatMap, defer, from, map, type OperatorFunction, type Observable } from "rxjs";
import type { JournalEvent } from "../domain/index.ts";
import { fifo } from "./fifo.ts";
import { type Failed, type Judge, openExperiments, type Verdicted } from "./openExperiments.ts";

/** What the operators emit. */
export type StreamVerdict<Value> = Verdicted<Value> | Failed;

/** Makes an operator from a judge. State is made anew for each subscriber, so that none sees another's past. */
export function verdicts<Value>(judge: Judge<Value>): OperatorFunction<JournalEvent, StreamVerdict<Value>> {
  return (source: Observable<JournalEvent>) =>
    defer(() => {
      const experiments = openExperiments(judge);
      return source.pipe(
        fifo(),
        map((event) => experiments.take(event)),
        concatMap((found) => from(found)),
      );
    });
}
