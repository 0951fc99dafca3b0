// Guardrails over what has happened so far (validity note 2.6). Survival signals ignore grace; statistical guardrails at most warn inside it; the
// severest action wins and all evidence is kept; a metric that nobody could read after its grace holds and calls for whoever reads it.
import { type Guardrail, isSurvivalSignal, type AccountSignal, type OutcomeSnapshot, type Post } from "../../domain/index.ts";
import type { AccountEvent } from "../../erm/index.ts";
import { attemptsInOrder } from "../failures.ts";

export interface GuardrailFacts {
  readonly posts: readonly Post[];
  readonly snapshots: readonly OutcomeSnapshot[];
  readonly accountEvents: readonly AccountEvent[];
  readonly asOf: number;
}

export interface Breach {
  readonly guardrail: Guardrail;
  readonly value: number;
  /** After grace: what is really done. */
  readonly action: Guardrail["action"];
  readonly postIds: readonly string[];
  /** Number of the window, from 0, in which this is: one action is due for each guardrail, action and window, however often it is asked. */
  readonly window: number;
}

/** A metric guardrail that has no data although grace is over: it holds, and the instrumentation is looked at. */
export interface SilentGuardrail {
  readonly guardrail: Guardrail;
  readonly action: "hold";
  /** The published posts that have no figure. */
  readonly postIds: readonly string[];
  readonly window: number;
}

export interface GuardrailReport {
  /** Of all breaches and silences the severest. */
  readonly action: "none" | Guardrail["action"];
  /** Severest first; all of them. */
  readonly breaches: readonly Breach[];
  readonly silent: readonly SilentGuardrail[];
  /** What each guardrail reads now; null where it has no data yet. */
  readonly values: readonly (number | null)[];
}

/** Everything the guardrails say at this instant, in the order of precedence. Pure; O(guardrails x (posts + readings)). */
export function guardrailReport(guardrails: readonly Guardrail[], facts: GuardrailFacts): GuardrailReport {
  const breaches = guardrailBreaches(guardrails, facts);
  const silent = guardrails.flatMap((guardrail) => silence(guardrail, facts) ?? []);
  const worst = breaches[0]?.action ?? "none";
  return {
    action: worst === "pause" ? "pause" : silent.length > 0 ? "hold" : worst,
    breaches,
    silent,
    values: guardrails.map((guardrail) => read(guardrail, facts)?.value ?? null),
  };
}

/** Every guardrail that is breached at this instant, severest action first. */
export function guardrailBreaches(guardrails: readonly Guardrail[], facts: GuardrailFacts): Breach[] {
  const severity = { pause: 0, hold: 1, warn: 2 };
  return guardrails
    .flatMap((guardrail): Breach[] => {
      const reading = read(guardrail, facts);
      if (reading === null || !compare(reading.value, guardrail)) return [];
      return [
        {
          guardrail,
          value: reading.value,
          action: reading.inGrace ? "warn" : guardrail.action,
          postIds: reading.postIds,
          window: reading.window,
        },
      ];
    })
    .sort((a, b) => severity[a.action] - severity[b.action]);
}

interface Reading {
  readonly value: number;
  readonly inGrace: boolean;
  readonly postIds: readonly string[];
  readonly window: number;
}

/** Number of the window: of hours since 1970, or of so many posts or attempts. */
function windowNumber({ window }: Guardrail, asOf: number, seen: number): number {
  if ("hours" in window) return Math.floor(asOf / (window.hours * hourMs));
  return Math.floor(Math.max(0, seen - 1) / ("attempts" in window ? window.attempts : window.posts));
}

const hourMs = 3_600_000;

function read(guardrail: Guardrail, facts: GuardrailFacts): Reading | null {
  switch (guardrail.source) {
    case "account":
      return accountReading(guardrail, facts);
    case "publish":
      return publishReading(guardrail, facts);
    case "metric":
    case "manual":
      // What a person types in comes as a reading too; without one nothing is said, which is not the same as zero.
      return metricReading(guardrail, facts);
    default:
      return guardrail.source satisfies never;
  }
}

function accountReading(guardrail: Guardrail, { accountEvents, asOf }: GuardrailFacts): Reading {
  const { statistic, window, grace } = guardrail;
  const since = "hours" in window ? asOf - window.hours * 3_600_000 : -Infinity;
  const events = accountEvents.filter(
    ({ signal, atMs, clearedAtMs }) => signal === statistic && atMs <= asOf && (atMs > since || clearedAtMs === null),
  );
  const isSurvival = isSurvivalSignal(statistic as AccountSignal);
  return {
    value: events.length,
    inGrace: !isSurvival && events.every(({ atMs }) => asOf - atMs < grace.hours * hourMs),
    postIds: [],
    window: windowNumber(guardrail, asOf, events.length),
  };
}

function publishReading(guardrail: Guardrail, { posts, asOf }: GuardrailFacts): Reading | null {
  const { statistic, window, minPosts } = guardrail;
  const attempts = attemptsInOrder(posts, asOf);
  const recent =
    "attempts" in window
      ? attempts.slice(-window.attempts)
      : "posts" in window
        ? attempts.slice(-window.posts)
        : attempts.filter(({ atMs }) => atMs > asOf - window.hours * hourMs);
  if (recent.length === 0 || recent.length < minPosts) return null;
  const failed = recent.filter(({ outcome }) => outcome === "failed");
  const streak = recent.length - 1 - recent.findLastIndex(({ outcome }) => outcome !== "failed");
  const value = statistic === "failures" ? failed.length : statistic === "failureShare" ? failed.length / recent.length : streak;
  return {
    value,
    inGrace: false,
    postIds: failed.map(({ postId }) => postId),
    window: windowNumber(guardrail, asOf, attempts.length),
  };
}

/**
 * The mean over posts of each one's latest reading, ripe posts (grace over) alone where there are enough of them; before that fresh posts speak, and
 * the guardrail at most warns. Missing readings are left out, never counted as 0.
 */
function metricReading(guardrail: Guardrail, facts: GuardrailFacts): Reading | null {
  const ripe = metricMean(guardrail, facts, ripePosts(guardrail, facts), false);
  return ripe ?? metricMean(guardrail, facts, publishedPosts(facts), true);
}

function metricMean(
  guardrail: Guardrail,
  { snapshots, asOf }: GuardrailFacts,
  posts: readonly PublishedPost[],
  inGrace: boolean,
): Reading | null {
  const { statistic, per, window, grace, minPosts } = guardrail;
  const recent = posts
    .filter(({ publishedMs }) => !("hours" in window) || publishedMs > asOf - (window.hours + grace.hours) * hourMs)
    .flatMap((post) => {
      const reading = latestReading(post.postId, statistic, snapshots, asOf);
      const base = per === undefined ? 1 : (reading?.metrics[per] ?? null);
      return reading === undefined || base === null ? [] : [{ postId: post.postId, value: reading.metrics[statistic]!, base }];
    });
  const seen = "posts" in window ? recent.slice(-window.posts) : "attempts" in window ? recent.slice(-window.attempts) : recent;
  const base = seen.reduce((sum, { base }) => sum + base, 0);
  if (seen.length === 0 || seen.length < minPosts || base === 0) return null;
  return {
    value: seen.reduce((sum, { value }) => sum + value, 0) / base,
    inGrace,
    postIds: seen.map(({ postId }) => postId),
    window: windowNumber(guardrail, asOf, recent.length),
  };
}

/** No figure at all of a metric although enough posts are ripe. What a person types in may be left out. */
function silence(guardrail: Guardrail, facts: GuardrailFacts): SilentGuardrail | null {
  if (guardrail.source !== "metric") return null;
  const ripe = ripePosts(guardrail, facts);
  if (ripe.length < Math.max(1, guardrail.minPosts)) return null;
  if (ripe.some(({ postId }) => latestReading(postId, guardrail.statistic, facts.snapshots, facts.asOf) !== undefined)) return null;
  return {
    guardrail,
    action: "hold",
    postIds: ripe.map(({ postId }) => postId),
    window: windowNumber(guardrail, facts.asOf, ripe.length),
  };
}

type PublishedPost = Post & { readonly publishedMs: number };

function publishedPosts({ posts, asOf }: GuardrailFacts): PublishedPost[] {
  return posts
    .filter((post): post is PublishedPost => post.publishedMs !== undefined && post.publishedMs <= asOf)
    .sort((a, b) => a.publishedMs - b.publishedMs || (a.postId < b.postId ? -1 : 1));
}

function ripePosts({ grace }: Guardrail, facts: GuardrailFacts): PublishedPost[] {
  return publishedPosts(facts).filter(({ publishedMs }) => facts.asOf - publishedMs >= grace.hours * hourMs);
}

function latestReading(postId: string, metric: string, snapshots: readonly OutcomeSnapshot[], asOf: number): OutcomeSnapshot | undefined {
  return snapshots
    .filter((snapshot) => snapshot.postId === postId && snapshot.recordedAt <= asOf && Number.isFinite(snapshot.metrics[metric] ?? null))
    .reduce<OutcomeSnapshot | undefined>((best, next) => (best === undefined || isLater(next, best) ? next : best), undefined);
}

/** By capture, then by record, then by content: the same whatever the order of the list (law L8). */
function isLater(one: OutcomeSnapshot, other: OutcomeSnapshot): boolean {
  return one.capturedAtMs > other.capturedAtMs || (one.capturedAtMs === other.capturedAtMs && one.recordedAt > other.recordedAt);
}

function compare(value: number, { comparator, threshold }: Guardrail): boolean {
  switch (comparator) {
    case ">":
      return value > threshold;
    case ">=":
      return value >= threshold;
    case "<":
      return value < threshold;
    default:
      return value <= threshold;
  }
}
