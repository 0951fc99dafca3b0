// What an event has to be before a host looks at it.
import { DomainError, parseWith } from "../domain/index.ts";
import type { MachineDefinition } from "./definitions.ts";
import type { MachineEvent } from "./events.ts";

/** @throws DomainError `event-invalid` unless type, id, at and timer are what they have to be. */
export function eventEnvelope(event: MachineEvent): void {
  if (typeof event !== "object" || event === null) refuse("", "An event is an object.", "Give {type, id, at}.", event);
  if (typeof event.type !== "string" || event.type === "") refuse("type", "An event has a type.", "Give its type.", event.type);
  if (typeof event.id !== "string") refuse("id", "An event has an id.", "Give it an id of its own.", event.id);
  checkInstant("at", event.at);
  const { timer } = event;
  if (timer !== undefined && (typeof timer?.id !== "string" || !Number.isSafeInteger(timer.armedRev)))
    refuse("timer", "A timer is named by id and armedRev.", "Copy both from the row's timer.", timer);
}

/** @throws DomainError `event-invalid` unless it is whole epoch milliseconds. */
export function checkInstant(path: string, at: unknown): void {
  if (!Number.isSafeInteger(at)) refuse(path, "Time is whole milliseconds since 1970.", "Give epoch milliseconds.", at);
}

/** @throws DomainError `event-invalid` if the machine knows this type of event and the fields are not as it says. */
export function checkEventPayload(definition: MachineDefinition | undefined, event: MachineEvent): void {
  const spec = definition?.events.get(event.type);
  if (spec === undefined || spec.schema.safeParse(event).success) return;
  parseWith(spec.schema, event, { code: "event-invalid", file: event.type });
}

function refuse(path: string, message: string, fix: string, value: unknown): never {
  throw new DomainError({ code: "event-invalid", path, message, fix, value });
}
