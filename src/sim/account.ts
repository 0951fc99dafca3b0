// The synthetic account: what an audience does with a post, in closed form (simulation note 2.1). The luck of a post depends on seed, account,
// slot and purpose alone, so that a fault or another post elsewhere moves nothing here.
import type { MetricReading, SimulatedPost } from "../platforms/index.ts";
import { normal, poisson, type Rng, uniform } from "../random/index.ts";
import { worldConstants as constants } from "./constants.ts";

/** What a variant truly does, in log units (logit for retention); the experiment has to find it out. */
export interface TrueEffect {
  readonly distribution: number;
  readonly conversation: number;
  readonly retention: number;
}

export const noEffect: TrueEffect = { distribution: 0, conversation: 0, retention: 0 };

/** Share of a post's final views that have come by an age: F(t) = 1 - (1 + t/c)^-theta. */
export function shareOfViews(ageHours: number): number {
  return ageHours <= 0 ? 0 : 1 - (1 + ageHours / constants.decayHours.value) ** -constants.tailExponent.value;
}

/**
 * What the platform would report about a post at an age. Counts only grow with age; before the reporting lag is over they are `notYet`.
 * @param effectOf what is true of a post's content.
 * @param shownOf the share of its audience that the platform shows a post to.
 */
export function audience(
  seed: Rng,
  account: string,
  effectOf: (post: SimulatedPost) => TrueEffect,
  shownOf: (post: SimulatedPost) => number,
) {
  return (post: SimulatedPost, names: readonly string[], atMs: number): MetricReading => {
    const ageHours = (atMs - post.publishedMs) / 3_600_000;
    const luck = (purpose: string): Rng => seed.fork(["audience", account, String(post.request.atMs), purpose]);
    const lagHours = uniform(luck("lag"), 0.5, constants.reportingLagHoursMax.value);
    const all =
      ageHours < lagHours ? {} : figures(effectOf(post), shownOf(post), ageHours, luck, seed.fork(["slot", account, hourOf(post)]));
    const metrics: Record<string, number | null> = {};
    const missing: Record<string, "notYet" | "permission"> = {};
    for (const name of names) {
      metrics[name] = all[name] ?? null;
      if (metrics[name] === null) missing[name] = ageHours < lagHours ? "notYet" : "permission";
    }
    return { metrics, missing };
  };
}

function figures(
  effect: TrueEffect,
  shown: number,
  ageHours: number,
  luck: (purpose: string) => Rng,
  slot: Rng,
): Readonly<Record<string, number>> {
  const shared = normal(luck("shared"), 0, 1);
  const viral = luck("viral").next() < constants.viralShare.value ? constants.viralLift.value : 0;
  const views =
    shown *
    Math.exp(
      constants.accountLevel.value +
        constants.postLogSd.value * normal(luck("views"), 0, 1) +
        normal(slot, 0, constants.slotLogSd.value) +
        viral +
        effect.distribution / 2,
    );
  const viewed = countBy(luck("viewed"), views, ageHours);
  const reach = Math.round(viewed * constants.reachPerView.value);
  const rate = (base: number, purpose: string, lift: number): number => {
    const own = normal(luck(purpose), 0, 1);
    const correlation = constants.rateCorrelation.value;
    const noise = constants.rateLogSd.value * (Math.sqrt(correlation) * shared + Math.sqrt(1 - correlation) * own);
    return base * Math.exp(noise + lift);
  };
  const acted = (base: number, purpose: string, lift: number): number =>
    countBy(luck(`${purpose}Count`), views * constants.reachPerView.value * rate(base, purpose, lift), ageHours);
  const skipLogit = constants.skipLogit.value - effect.retention + constants.skipLogitSd.value * normal(luck("skip"), 0, 1);
  const skipRate = 1 / (1 + Math.exp(-skipLogit));
  const watchMs = Math.round(constants.averageWatchMs.value * (1.4 - skipRate) * Math.exp(0.15 * normal(luck("watch"), 0, 1)));
  const comments = acted(constants.commentRate.value, "comments", effect.conversation);
  const shares = acted(constants.shareRate.value, "shares", effect.distribution);
  const saved = acted(constants.saveRate.value, "saved", effect.distribution);
  const likes = acted(constants.likeRate.value, "likes", effect.conversation / 2);
  return {
    views: viewed,
    engagedViews: Math.round(viewed * (1 - skipRate)),
    reach,
    comments,
    shares,
    saved,
    likes,
    reels_skip_rate: Number(skipRate.toFixed(4)),
    ig_reels_avg_watch_time: watchMs,
    averageViewDuration: Number((watchMs / 1000).toFixed(1)),
  };
}

const stepsHours = [1, 3, 6, 12, 24, 48, 72, 168, 336] as const;

/** A count that has grown in independent Poisson steps; reading it at two ages never gives less at the later one. */
function countBy(rng: Rng, finalMean: number, ageHours: number): number {
  let count = 0;
  let from = 0;
  for (const to of stepsHours) {
    const until = Math.min(to, ageHours);
    const grown = poisson(rng.fork(String(to)), finalMean * (shareOfViews(to) - shareOfViews(from)));
    if (until <= from) break;
    count +=
      until === to ? grown : Math.floor((grown * (shareOfViews(until) - shareOfViews(from))) / (shareOfViews(to) - shareOfViews(from)));
    from = to;
    if (until < to) break;
  }
  return count;
}

/** Two hours share a slot multiplier. */
function hourOf(post: SimulatedPost): string {
  return String(Math.floor((post.request.atMs / 3_600_000) % 24) >> 1);
}
