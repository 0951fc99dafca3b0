// A message between rows that could not be delivered: written down whole, and a person is asked. It must not happen, so a run with one is violated.
import type { DeadLetter } from "../../machines/index.ts";
import { jsonSchema } from "../../domain/index.ts";
import type { Run } from "../run.ts";

export function deadLettered(run: Run, { key, event, error }: DeadLetter): void {
  run.record({
    type: "escalationRaised",
    experimentId: run.experimentId,
    escalation: {
      escalationId: run.newId(),
      experimentId: run.experimentId,
      reason: "machineFault",
      message: `${event.type} for ${key} could not be delivered: ${error.message}`,
      actions: ["acknowledge"],
      raisedAtMs: run.nowMs,
      state: "open",
      evidence: { deadLetter: jsonSchema.parse(JSON.parse(JSON.stringify({ key, event, error }))) },
    },
  });
}
