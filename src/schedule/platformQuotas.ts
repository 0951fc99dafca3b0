// How many posts a platform takes through its API, and how long an account rests after a signal: the publishing caps of the platform catalogue
// (2026-11-22, account limits) and the product's cool-downs (platforms note 2.7). Numbers are data: a live endpoint beats them, and planning
// stops at half of a cap.
import { z } from "zod";
import { type AccountSignal, accountSignals, platformSchema, surfaceSchema, zoneSchema } from "../domain/index.ts";

const quotaSchema = z.strictObject({
  id: z.string().min(1),
  platform: platformSchema,
  /** The surfaces that count; left out, all of the platform. */
  surfaces: z.array(surfaceSchema).min(1).exactOptional(),
  cap: z.int().min(1),
  /** Rolling hours, or a calendar day of the platform's own zone. */
  window: z.union([z.strictObject({ rollingHours: z.number().positive() }), z.strictObject({ dayInZone: zoneSchema })]),
  /** Counted for the account alone, or for all accounts that publish through our one app. */
  scope: z.enum(["account", "app"]),
  source: z.string().min(1),
  confidence: z.enum(["official", "official-via-digest", "peer-code", "secondary", "memory"]),
});
export type Quota = z.infer<typeof quotaSchema>;

/** `hours`: so long; `cleared`: until a person clears the signal, and at least so many hours; `content`: until the content is another. */
const coolDownSchema = z.strictObject({ until: z.enum(["hours", "cleared", "content"]), hours: z.number().min(0).exactOptional() });

const documentSchema = z.strictObject({
  catalogueVersion: z.string().min(1),
  asOf: z.iso.date(),
  /** The part of a cap that planning may use; a judgement. */
  headroomShare: z.number().positive().max(1),
  quotas: z.array(quotaSchema),
  coolDowns: z.strictObject({
    source: z.string().min(1),
    signals: z.record(z.enum(accountSignals), coolDownSchema),
  }),
});

export const platformQuotas = documentSchema.parse({
  catalogueVersion: "2026-11-22.1",
  asOf: "2026-11-22",
  headroomShare: 0.5,
  quotas: [
    {
      // The guide says 100, the endpoint's reference 50, an older blog 25: the endpoint is asked at run time, 50 is the fallback.
      id: "instagram.apiPublishedPosts",
      platform: "instagram",
      cap: 50,
      window: { rollingHours: 24 },
      scope: "account",
      source: "ig-pub-limit, ig-digest, ayrshare-ig",
      confidence: "official",
    },
    {
      id: "threads.apiPublishedPosts",
      platform: "threads",
      cap: 250,
      window: { rollingHours: 24 },
      scope: "account",
      source: "th-overview, devto-2026-11, brightbean",
      confidence: "official",
    },
    {
      id: "facebook.reels",
      platform: "facebook",
      surfaces: ["facebook.reels"],
      cap: 30,
      window: { rollingHours: 24 },
      scope: "account",
      source: "fb-reels, devto-2026-11",
      confidence: "official",
    },
    {
      // Not published as a number and counted across all API clients: 15 to 25 are reported.
      id: "tiktok.directPostsPerCreator",
      platform: "tiktok",
      cap: 15,
      window: { rollingHours: 24 },
      scope: "account",
      source: "tt-digest, devto-2026-11",
      confidence: "official-via-digest",
    },
    {
      id: "youtube.videosInsert",
      platform: "youtube",
      cap: 100,
      window: { dayInZone: "America/Los_Angeles" },
      scope: "app",
      source: "yt-quota, devto-2026-11",
      confidence: "official",
    },
    {
      id: "x.createPostPerUser",
      platform: "x",
      cap: 100,
      window: { rollingHours: 0.25 },
      scope: "account",
      source: "x-rate, devto-2026-11",
      confidence: "official",
    },
    {
      id: "x.createPostPerApp",
      platform: "x",
      cap: 10_000,
      window: { rollingHours: 24 },
      scope: "app",
      source: "x-rate",
      confidence: "official",
    },
  ],
  coolDowns: {
    source: "product default, a judgement (platforms note 2.7)",
    signals: {
      loginChallenge: { until: "cleared" },
      accountRestricted: { until: "cleared" },
      spamSignal: { until: "cleared", hours: 72 },
      policyWarning: { until: "cleared" },
      authExpired: { until: "cleared" },
      reachRestriction: { until: "cleared" },
      duplicate: { until: "content" },
      rateLimit: { until: "hours", hours: 30 },
    },
  },
});

/** The rest that a signal asks for. */
export function coolDownOf(signal: AccountSignal): { until: "hours" | "cleared" | "content"; hours: number } {
  const { until, hours = 0 } = platformQuotas.coolDowns.signals[signal];
  return { until, hours };
}
