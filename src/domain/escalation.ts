// Something a human has to see before the machine goes on.
import { z } from "zod";
import { idSchema, instantMsSchema, jsonSchema, labelSchema } from "./scalars.ts";

export const escalationReasons = [
  "survivalSignal",
  "guardrailBreach",
  "publishFailures",
  "ambiguousPost",
  "invalid",
  "harm",
  "instrumentation",
  "approvalTimeout",
  "preflightBlock",
  "machineFault",
] as const;

export const escalationSchema = z.strictObject({
  escalationId: idSchema,
  experimentId: idSchema.exactOptional(),
  account: idSchema.exactOptional(),
  postId: idSchema.exactOptional(),
  reason: z.enum(escalationReasons),
  message: z.string().min(1),
  /** What an operator may do next. */
  actions: z.array(z.enum(["acknowledge", "resume", "stop", "reviewDestination", "edit", "reconnect"])).min(1),
  raisedAtMs: instantMsSchema,
  state: z.enum(["open", "acknowledged", "resolved"]),
  owner: labelSchema.exactOptional(),
  evidence: z.record(z.string(), jsonSchema).default({}),
});
export type Escalation = z.infer<typeof escalationSchema>;
