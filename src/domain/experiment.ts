// An experiment: a brief that was accepted, and where it stands. Its people-facing status is derived (`statusOf`), its posts are found by id.
import { z } from "zod";
import { briefSchema } from "./brief.ts";
import { layerIdSchema } from "./layer.ts";
import { contentHashSchema, idSchema, instantMsSchema } from "./scalars.ts";
import { experimentStateSchema } from "./status.ts";

export const experimentSchema = z.strictObject({
  experimentId: idSchema,
  brief: briefSchema,
  state: experimentStateSchema,
  /** One layer per surface. */
  layers: z.array(layerIdSchema).min(1),
  briefHash: contentHashSchema,
  /** Of the plan that was approved; null before there is one. */
  planHash: contentHashSchema.nullable().default(null),
  /** Of the validity and decision policies, frozen at launch; null before. */
  policyHash: contentHashSchema.nullable().default(null),
  /** First and last instant of the run as it happened; null until then. */
  startMs: instantMsSchema.nullable().default(null),
  endMs: instantMsSchema.nullable().default(null),
});
export type Experiment = z.infer<typeof experimentSchema>;
