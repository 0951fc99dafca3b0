// The units in which the harm process bets, fixed before the first post: a proxy's deviation in the account's own history, so that a noisy proxy does not
// drown a quiet one. Nothing that comes after launch may change them, or the process would lose its bound. Source: validity note 2.3, contracts 4.
import type { HarmUnits } from "../domain/index.ts";
import { decisionAgeHours, defaultValidityPolicy } from "../erm/index.ts";
import { sampleSd } from "../stats/index.ts";
import type { BlockRows } from "./blockRows.ts";
import type { DecisionInput } from "./facts.ts";

/**
 * As given; else from earlier posts of the same accounts and surfaces that had been read at the decision age by launch; else 1 for every proxy: with too
 * few such posts, or one proxy that did not vary in them. O(readings).
 * @param logsOf the experiment's own scales. @param postsMin earlier posts without which nothing is taken from them.
 */
export function launchUnits(input: DecisionInput, logsOf: BlockRows["logsOf"], postsMin: number): HarmUnits {
  const { sdAtLaunch } = input;
  const { successProxies } = input.experiment.brief;
  const named = (sdOf: (metric: string, at: number) => number): HarmUnits["sd"] =>
    Object.fromEntries(successProxies.map(({ metric }, at) => [metric, sdOf(metric, at)]));
  if (sdAtLaunch !== undefined) return { source: "given", posts: 0, sd: named((metric) => sdAtLaunch[metric] ?? 1) };
  const logs = historyMetrics(input).flatMap((metrics) => {
    const own = logsOf(metrics);
    return own === null ? [] : [own];
  });
  const sds = logs.length < Math.max(2, postsMin) ? [] : successProxies.map((_, at) => sampleSd(logs.map((own) => own[at]!)));
  const isKnown = sds.length > 0 && sds.every((sd) => sd > smallestSd);
  return isKnown
    ? { source: "history", posts: logs.length, sd: named((_, at) => sds[at]!) }
    : { source: "none", posts: 0, sd: named(() => 1) };
}

/** Below it a proxy does not vary but for rounding; log units. */
const smallestSd = 1e-9;

/** When the experiment began; as planned while it has not. */
export function launchMs({ experiment, plan, asOf }: DecisionInput): number {
  return experiment.startMs ?? plan.posts.reduce((first, { slot }) => Math.min(first, slot.startMs), asOf);
}

/** The last reading near the decision age of each earlier post, as it was known at launch. In order of post ids, whatever the order told. */
function historyMetrics(input: DecisionInput) {
  const { brief } = input.experiment;
  const launch = launchMs(input);
  const age = decisionAgeHours(brief);
  const { toleranceShare, toleranceHours } = defaultValidityPolicy.captureAge;
  const accounts = new Set(brief.accounts.map(({ id }) => id));
  const own = new Set(
    (input.history ?? [])
      .filter(({ account, surface, publishedMs }) => accounts.has(account) && brief.surfaces.includes(surface) && publishedMs < launch)
      .map(({ postId }) => postId),
  );
  const latest = new Map<string, (typeof input.snapshots)[number]>();
  for (const reading of input.snapshots) {
    if (!own.has(reading.postId) || reading.recordedAt > launch) continue;
    if (Math.abs(reading.ageHours - age) > Math.max(toleranceShare * age, toleranceHours)) continue;
    const before = latest.get(reading.postId);
    const isLater =
      before === undefined ||
      reading.capturedAtMs > before.capturedAtMs ||
      (reading.capturedAtMs === before.capturedAtMs && reading.recordedAt > before.recordedAt);
    if (isLater) latest.set(reading.postId, reading);
  }
  return [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { metrics }]) => metrics);
}
