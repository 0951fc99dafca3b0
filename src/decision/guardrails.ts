// Guardrails over what has happened so far (validity note 2.6). Survival signals ignore grace; statistical guardrails at most warn inside it; the
// severest action wins and all evidence is kept.
import { type Guardrail, isSurvivalSignal, type AccountSignal, type OutcomeSnapshot, type Post } from "../domain/index.ts";
import type { AccountEvent } from "../erm/index.ts";

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
}

/** Every guardrail that is breached at this instant, severest action first. */
export function guardrailBreaches(guardrails: readonly Guardrail[], facts: GuardrailFacts): Breach[] {
  const severity = { pause: 0, hold: 1, warn: 2 };
  return guardrails
    .flatMap((guardrail): Breach[] => {
      const reading = read(guardrail, facts);
      if (reading === null || !compare(reading.value, guardrail)) return [];
      return [{ guardrail, value: reading.value, action: reading.inGrace ? "warn" : guardrail.action, postIds: reading.postIds }];
    })
    .sort((a, b) => severity[a.action] - severity[b.action]);
}

interface Reading {
  readonly value: number;
  readonly inGrace: boolean;
  readonly postIds: readonly string[];
}

function read(guardrail: Guardrail, facts: GuardrailFacts): Reading | null {
  switch (guardrail.source) {
    case "account":
      return accountReading(guardrail, facts);
    case "publish":
      return publishReading(guardrail, facts);
    case "metric":
      return metricReading(guardrail, facts);
    default:
      // Figures typed in by a person do not exist here; saying nothing is not the same as saying zero.
      return null;
  }
}

function accountReading({ statistic, window, grace }: Guardrail, { accountEvents, asOf }: GuardrailFacts): Reading {
  const since = "hours" in window ? asOf - window.hours * 3_600_000 : -Infinity;
  const events = accountEvents.filter(
    ({ signal, atMs, clearedAtMs }) => signal === statistic && atMs <= asOf && (atMs > since || clearedAtMs === null),
  );
  const isSurvival = isSurvivalSignal(statistic as AccountSignal);
  return {
    value: events.length,
    inGrace: !isSurvival && events.every(({ atMs }) => asOf - atMs < grace.hours * 3_600_000),
    postIds: [],
  };
}

function publishReading({ statistic, window, minPosts }: Guardrail, { posts, asOf }: GuardrailFacts): Reading | null {
  const attempts = posts
    .flatMap((post) => post.attempts.map((attempt) => ({ postId: post.postId, ...attempt })))
    .filter(({ outcome, atMs }) => atMs <= asOf && (outcome === "failed" || outcome === "published"))
    .sort((a, b) => a.atMs - b.atMs);
  const recent =
    "attempts" in window
      ? attempts.slice(-window.attempts)
      : "posts" in window
        ? attempts.slice(-window.posts)
        : attempts.filter(({ atMs }) => atMs > asOf - window.hours * 3_600_000);
  if (recent.length === 0 || recent.length < minPosts) return null;
  const failed = recent.filter(({ outcome }) => outcome === "failed");
  const streak = recent.length - 1 - recent.findLastIndex(({ outcome }) => outcome !== "failed");
  const value = statistic === "failures" ? failed.length : statistic === "failureShare" ? failed.length / recent.length : streak;
  return { value, inGrace: false, postIds: failed.map(({ postId }) => postId) };
}

/** The mean over posts whose grace is over, of each one's latest reading; missing readings are left out, never counted as 0. */
function metricReading({ statistic, per, window, grace, minPosts }: Guardrail, { posts, snapshots, asOf }: GuardrailFacts): Reading | null {
  const ripe = posts
    .filter(({ publishedMs }) => publishedMs !== undefined && asOf - publishedMs >= grace.hours * 3_600_000)
    .filter(({ publishedMs }) => !("hours" in window) || publishedMs! > asOf - window.hours * 3_600_000 - grace.hours * 3_600_000)
    .sort((a, b) => a.publishedMs! - b.publishedMs!);
  const recent = ripe.flatMap((post) => {
    const reading = snapshots
      .filter(({ postId, recordedAt, metrics }) => postId === post.postId && recordedAt <= asOf && (metrics[statistic] ?? null) !== null)
      .reduce<OutcomeSnapshot | undefined>(
        (best, next) => (best === undefined || next.capturedAtMs > best.capturedAtMs ? next : best),
        undefined,
      );
    const base = per === undefined ? 1 : (reading?.metrics[per] ?? null);
    return reading === undefined || base === null ? [] : [{ postId: post.postId, value: reading.metrics[statistic]!, base }];
  });
  const seen = "posts" in window ? recent.slice(-window.posts) : recent;
  const base = seen.reduce((sum, { base }) => sum + base, 0);
  if (seen.length === 0 || seen.length < minPosts || base === 0) return null;
  return { value: seen.reduce((sum, { value }) => sum + value, 0) / base, inGrace: false, postIds: seen.map(({ postId }) => postId) };
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
