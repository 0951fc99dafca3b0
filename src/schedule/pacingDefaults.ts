// How densely an account may post: product defaults, a judgement and not a platform fact, stricter than every platform cap (platforms note 2.7).
// They count experiments and ordinary posts together.
import { z } from "zod";
import { surfaceNames } from "../domain/index.ts";

const paceSchema = z.strictObject({ maxPerDay: z.int().min(1), minGapMinutes: z.int().min(1) });
export type Pace = z.infer<typeof paceSchema>;

export const pacingDefaults = z
  .strictObject({
    version: z.string().min(1),
    asOf: z.iso.date(),
    source: z.string(),
    surfaces: z.record(z.enum(surfaceNames), paceSchema),
  })
  .parse({
    version: "2026-11-22.1",
    asOf: "2026-11-22",
    source: "product default, a judgement",
    surfaces: {
      "instagram.reels": { maxPerDay: 3, minGapMinutes: 180 },
      "instagram.feed": { maxPerDay: 3, minGapMinutes: 180 },
      "instagram.stories": { maxPerDay: 10, minGapMinutes: 30 },
      "tiktok.video": { maxPerDay: 4, minGapMinutes: 180 },
      "youtube.shorts": { maxPerDay: 3, minGapMinutes: 240 },
      "youtube.long": { maxPerDay: 1, minGapMinutes: 1440 },
      "facebook.reels": { maxPerDay: 3, minGapMinutes: 180 },
      "facebook.feed": { maxPerDay: 3, minGapMinutes: 180 },
      "x.post": { maxPerDay: 10, minGapMinutes: 45 },
      "linkedin.post": { maxPerDay: 1, minGapMinutes: 720 },
      "threads.post": { maxPerDay: 8, minGapMinutes: 60 },
      "tiktok.photo": { maxPerDay: 4, minGapMinutes: 180 },
      "facebook.stories": { maxPerDay: 10, minGapMinutes: 30 },
    },
  });
