// An outcome snapshot: a post's metrics at an age. It is never changed; a later reading is a new snapshot. Missing is null, never 0 (law L11).
import { z } from "zod";
import { metricNameSchema } from "./proxy.ts";
import { hoursSchema, idSchema, instantMsSchema } from "./scalars.ts";

export const missingReasons = ["notOffered", "notYet", "belowThreshold", "windowClosed", "permission", "removed", "readError"] as const;

export const outcomeSnapshotSchema = z
  .strictObject({
    postId: idSchema,
    /** `capturedAtMs` less the platform's publish time. */
    ageHours: hoursSchema,
    /** When the platform was read. */
    capturedAtMs: instantMsSchema,
    /** When we wrote it down, epoch ms; a report as of an instant uses the records up to it. */
    recordedAt: instantMsSchema,
    metrics: z.record(metricNameSchema, z.number().nullable()),
    /** Why a metric is null. */
    missing: z.partialRecord(metricNameSchema, z.enum(missingReasons)).exactOptional(),
  })
  .superRefine((snapshot, context) => {
    for (const metric of Object.keys(snapshot.missing ?? {}))
      if (snapshot.metrics[metric] !== null)
        context.addIssue({
          code: "custom",
          path: ["missing", metric],
          message: `${metric} has a reason to be missing but is not null`,
          params: { fix: `Set metrics.${metric} to null, or drop the reason.` },
        });
  });
export type OutcomeSnapshot = z.infer<typeof outcomeSnapshotSchema>;
