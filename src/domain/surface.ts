// The places on a platform where content appears, and at which age a post there is mature enough to compare. Decision ages: the product's
// defaults of the platform catalogue (snapshotSchedule, 2026-11-22), a judgement; photo and story surfaces not listed there follow their siblings.
import { z } from "zod";

export const platforms = ["instagram", "tiktok", "youtube", "facebook", "x", "linkedin", "threads"] as const;
export const platformSchema = z.enum(platforms);
export type Platform = z.infer<typeof platformSchema>;

interface SurfaceFacts {
  readonly platform: Platform;
  /** Age at which variants are compared unless the brief says otherwise. */
  readonly decisionAgeHours: number;
  /** The metrics that may stand below a rate, the preferred one first. */
  readonly exposureMetrics: readonly [string, ...string[]];
}

export const surfaces = {
  "instagram.feed": { platform: "instagram", decisionAgeHours: 72, exposureMetrics: ["reach", "views"] },
  "instagram.reels": { platform: "instagram", decisionAgeHours: 168, exposureMetrics: ["reach", "views"] },
  "instagram.stories": { platform: "instagram", decisionAgeHours: 24, exposureMetrics: ["reach", "views"] },
  "tiktok.video": { platform: "tiktok", decisionAgeHours: 168, exposureMetrics: ["view_count", "reach"] },
  "tiktok.photo": { platform: "tiktok", decisionAgeHours: 72, exposureMetrics: ["view_count", "reach"] },
  "youtube.shorts": { platform: "youtube", decisionAgeHours: 168, exposureMetrics: ["engagedViews", "views"] },
  "youtube.long": { platform: "youtube", decisionAgeHours: 336, exposureMetrics: ["views"] },
  "facebook.feed": { platform: "facebook", decisionAgeHours: 72, exposureMetrics: ["post_total_media_view_unique", "post_media_view"] },
  "facebook.reels": { platform: "facebook", decisionAgeHours: 168, exposureMetrics: ["blue_reels_play_count", "fb_reels_total_plays"] },
  "facebook.stories": { platform: "facebook", decisionAgeHours: 24, exposureMetrics: ["post_total_media_view_unique", "post_media_view"] },
  "x.post": { platform: "x", decisionAgeHours: 48, exposureMetrics: ["impression_count"] },
  "linkedin.post": { platform: "linkedin", decisionAgeHours: 96, exposureMetrics: ["impressionCount", "IMPRESSION", "MEMBERS_REACHED"] },
  "threads.post": { platform: "threads", decisionAgeHours: 48, exposureMetrics: ["views"] },
} as const satisfies Record<string, SurfaceFacts>;

export type Surface = keyof typeof surfaces;

export const surfaceNames = Object.keys(surfaces) as [Surface, ...Surface[]];
export const surfaceSchema = z.enum(surfaceNames);

export function platformOf(surface: Surface): Platform {
  return surfaces[surface].platform;
}

/** Ages in hours at which snapshots are taken (platform catalogue, snapshotSchedule). */
export const snapshotAgesHours = [1, 3, 6, 12, 24, 48, 72, 168, 336] as const;
