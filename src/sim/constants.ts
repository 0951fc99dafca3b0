// What the synthetic account rests on (simulation note 2.4). Every figure says where it comes from and how much it is worth.
import { z } from "zod";

const constantSchema = z.strictObject({
  value: z.number(),
  unit: z.string().min(1),
  source: z.string().min(1),
  tier: z.enum(["published", "derived", "assumption"]),
});
export type Constant = z.infer<typeof constantSchema>;

const constant = (value: number, unit: string, source: string, tier: Constant["tier"]): Constant =>
  constantSchema.parse({ value, unit, source, tier });

export const worldConstants = {
  tailExponent: constant(0.4, "1", "power-law decay, Crane & Sornette 2008; value ours", "assumption"),
  decayHours: constant(4.08, "h", "half-life 19 h (Graffius 2018, Instagram) at tail exponent .4", "derived"),
  accountLevel: constant(8, "log views", "a small account: about 3,000 views a post", "assumption"),
  postLogSd: constant(0.9, "log units", "spread of views within an account", "assumption"),
  rateLogSd: constant(0.35, "log units", "spread of rates per reach within an account", "assumption"),
  rateCorrelation: constant(0.6, "1", "shared luck of a post's rates (world behind the power tables)", "assumption"),
  viralShare: constant(0.05, "share of posts", "world behind the power tables", "assumption"),
  viralLift: constant(Math.log(6), "log units", "world behind the power tables", "assumption"),
  slotLogSd: constant(0.08, "log units", "gains of 4 to 17 % by hour, Spasojevic et al. 2015", "published"),
  reachPerView: constant(0.82, "1", "some viewers see a post more than once", "assumption"),
  commentRate: constant(0.01, "per reach", "engagement by impression about 1.2 % on Instagram (Buffer), split by us", "assumption"),
  shareRate: constant(0.02, "per reach", "as comments", "assumption"),
  saveRate: constant(0.015, "per reach", "as comments", "assumption"),
  likeRate: constant(0.05, "per reach", "as comments", "assumption"),
  skipLogit: constant(-0.2, "logit", "hook rate 20 to 60 % of viewers gone in three seconds, paid-social blogs", "assumption"),
  skipLogitSd: constant(0.3, "logit", "spread of the skip rate within an account", "assumption"),
  averageWatchMs: constant(7_000, "ms", "a third of a 20 s reel", "assumption"),
  reportingLagHoursMax: constant(48, "h", "Instagram insights, up to 48 h", "published"),
  publishFailure: constant(0.01, "per submit, api lane", "no public figure", "assumption"),
  lostAnswer: constant(0.01, "per submit", "no public figure", "assumption"),
  processingMinutesMax: constant(4, "min", "Instagram containers are ready within about five minutes", "published"),
} as const satisfies Record<string, Constant>;

/** Part of the constants that nobody has measured; every report says it. */
export function assumedShare(): number {
  const all = Object.values(worldConstants);
  return all.filter(({ tier }) => tier === "assumption").length / all.length;
}
