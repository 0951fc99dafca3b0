// The instants at which the evaluator asks: `checkpoint` events, with the instant up to which records count.
import type { JournalEvent } from "../domain/index.ts";
import type { Mark } from "./openExperiments.ts";

export function checkpointOf(event: JournalEvent): Mark | null {
  return event.type === "checkpoint" ? { eventId: event.id, asOf: event.asOf } : null;
}
