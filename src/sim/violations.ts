// What must never happen in a run, read from its journal alone, never from live state.
import type { JournalEvent } from "../domain/index.ts";

export interface Violation {
  readonly code: "dead-letter";
  readonly message: string;
  /** The journal event that shows it. */
  readonly eventId: string;
  readonly atMs: number;
}

/** In the order in which they happened. Linear. */
export function violationsIn(journal: readonly JournalEvent[]): Violation[] {
  return deadLettersIn(journal).map(({ id, at, escalation }) => ({
    code: "dead-letter",
    message: escalation.message,
    eventId: id,
    atMs: at,
  }));
}

/** The messages between rows that nobody took. */
export function deadLettersIn(journal: readonly JournalEvent[]) {
  return journal.filter((event) => event.type === "escalationRaised").filter(({ escalation }) => "deadLetter" in escalation.evidence);
}
