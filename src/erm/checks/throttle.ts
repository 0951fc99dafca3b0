// E10: is the platform throttling the account? CUSUM over early reach of control and ordinary posts; a test variant's reach is an outcome and is never
// fed. The sum alone warns, then pauses and asks; invalid only where the platform itself restricted the account while posts of an arm were young.
import { surfaces } from "../../domain/index.ts";
import { createRng } from "../../random/index.ts";
import { incidentsOf } from "../incidents.ts";
import { finding, type Finding, points } from "../record.ts";
import { cusumAlarmRate, reachBaseline, robustCusum } from "../statistics/robustCusum.ts";
import type { View } from "../view.ts";

export function throttle(view: View): Finding {
  return restricted(view) ?? watched(view);
}

/** The platform's own word, by arm. */
function restricted(view: View): Finding | undefined {
  const { ids, published, policy } = view;
  const { invalidAboveShare, invalidFromDifference } = policy.throttle;
  const touched = published.filter(({ post }) => incidentsOf(post, view).length > 0);
  if (touched.length === 0) return undefined;
  const n = ids.map((_, arm) => published.filter((post) => post.arm === arm).length);
  const shares = n.map((count, arm) => (count === 0 ? 0 : touched.filter((post) => post.arm === arm).length / count));
  const difference = Math.max(...shares) - Math.min(...shares);
  const isInvalid = Math.max(...shares) > invalidAboveShare || difference >= invalidFromDifference;
  return finding({
    checkId: "E10",
    n,
    statistic: touched.length,
    effect: Math.max(...shares),
    floor: invalidAboveShare,
    verdict: isInvalid ? "invalid" : "warn",
    action: "pause",
    postIds: touched.map(({ post }) => post.postId),
    explanation: `The platform restricted the account while ${touched.length} of ${published.length} posts were young (${incidentsOf(touched[0]!.post, view)[0]!.signal}; arms ${points(difference)} apart).`,
  });
}

/** What early reach says, which accuses nobody. */
function watched(view: View): Finding {
  const { input, published, policy, plan, history } = view;
  const { pauseAbove } = policy.throttle;
  const launchMs = Math.min(
    ...plan.posts.map(({ slot }) => slot.startMs),
    ...(input.experiment.startMs === null ? [] : [input.experiment.startMs]),
  );
  const isEarlier = (post: { readonly publishedMs: number }) => post.publishedMs < launchMs;
  const before = history.filter(isEarlier).flatMap(({ postId }) => earlyReach(postId, view, launchMs) ?? []);
  const during = [...history.filter((post) => !isEarlier(post)), ...published.filter(({ arm }) => arm === 0).map(({ post }) => post)]
    .flatMap(({ postId }) => earlyReach(postId, view) ?? [])
    .sort((a, b) => a.capturedAtMs - b.capturedAtMs || (a.postId < b.postId ? -1 : 1));
  const n = [during.length, before.length];
  const baseline = reachBaseline(before.map(({ reach }) => reach));
  if (baseline.kind === "insufficient")
    return finding({
      checkId: "E10",
      n,
      verdict: "insufficient",
      explanation:
        baseline.reason === "history"
          ? `${baseline.n} earlier posts with early reach are too few to know what is usual (${baseline.needed} are needed).`
          : "Early reach hardly varied before launch, so nothing can be called unusual.",
    });
  const reaches = during.map(({ reach }) => reach);
  const warnAbove = warningThreshold(view, during);
  const pausing = robustCusum(baseline.baseline, reaches, pauseAbove);
  const warning = robustCusum(baseline.baseline, reaches, warnAbove);
  const isPaused = pausing.alarms.length > 0;
  const isWarned = isPaused || warning.alarms.length > 0;
  const byChance = isWarned ? chanceOfAlarm(reaches.length, isPaused ? pauseAbove : warnAbove) : 0;
  return finding({
    checkId: "E10",
    n,
    statistic: pausing.sumMax,
    effect: pausing.sumMax,
    floor: pauseAbove,
    verdict: isWarned ? "warn" : "pass",
    action: isPaused ? "pause" : "none",
    postIds: isWarned ? during.map(({ postId }) => postId) : [],
    explanation: isWarned
      ? `Early reach of control and ordinary posts fell below what was usual; over ${reaches.length} posts that happens by chance in about ${(100 * byChance).toFixed(1)} of 100 runs. Ask whether the account is throttled.`
      : `Early reach of ${reaches.length} control and ordinary posts is as usual.`,
  });
}

const alarmRuns = 1_000;
const alarmRates = new Map<string, number>();

/** Simulated once for each length and threshold: it is the same for every experiment. */
function chanceOfAlarm(posts: number, threshold: number): number {
  const key = `E10/${posts}/${threshold}`;
  const known = alarmRates.get(key) ?? cusumAlarmRate({ posts, threshold, rng: createRng(key), runs: alarmRuns }).rate;
  if (alarmRates.size < alarmRatesMax) alarmRates.set(key, known);
  return known;
}

const alarmRatesMax = 1_000;

/** For the run as planned, control posts and the ordinary ones that came between, so that asking early is no harsher than asking at the end. */
function warningThreshold({ ids, originals, published, policy }: View, during: readonly EarlyReach[]): number {
  const own = new Set(published.map(({ post }) => post.postId));
  const planned = originals.filter(({ variantId }) => variantId === ids[0]).length + during.filter(({ postId }) => !own.has(postId)).length;
  const posts = Math.max(planned, during.length);
  const rows = policy.throttle.warnAbove;
  return (rows.find((row) => row.posts >= posts) ?? rows.at(-1)!).above;
}

interface EarlyReach {
  readonly postId: string;
  readonly reach: number;
  readonly capturedAtMs: number;
}

/** At the fixed early age, the first exposure metric that the surface offers; what launch could not know is left out of the baseline. */
function earlyReach(postId: string, { readings, policy, brief }: View, knownByMs = Infinity): EarlyReach | undefined {
  const { earlyAgeHours, toleranceHours } = policy.throttle;
  const metrics: readonly string[] = surfaces[brief.surfaces[0]!].exposureMetrics;
  const reading = readings
    .get(postId)
    ?.findLast(({ ageHours, recordedAt }) => Math.abs(ageHours - earlyAgeHours) <= toleranceHours && recordedAt <= knownByMs);
  if (reading === undefined) return undefined;
  const reach = reading.metrics[metrics.find((metric) => Number.isFinite(reading.metrics[metric] ?? Number.NaN)) ?? ""];
  return reach === undefined || reach === null || reach < 0 ? undefined : { postId, reach, capturedAtMs: reading.capturedAtMs };
}
