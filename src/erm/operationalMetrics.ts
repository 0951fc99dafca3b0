// What publishing itself cost and whether it worked: the outcomes of a lane test, read from a post's attempts (docs/architecture.md, experiment types).
import { needsPerson, type Post, wasPublished } from "../domain/index.ts";

const names = ["publish_success", "minutes_to_live", "operator_minutes"] as const;
export type OperationalMetric = (typeof names)[number];

export function isOperational(metric: string): metric is OperationalMetric {
  return (names as readonly string[]).includes(metric);
}

/**
 * Success is 1 or 0. Minutes from slot to publication: early counts as 0, and a post that never got there counts as the whole decision age
 * (restricted time), so that failing never looks fast. Minutes of people: 0 where no person takes part, null where one did and none were noted.
 */
export function operationalMetrics(post: Post, ageHours: number): Record<OperationalMetric, number | null> {
  const isLive = wasPublished(post.status) && post.publishedMs !== undefined;
  const minutes = post.attempts.flatMap(({ operatorMinutes }) => operatorMinutes ?? []);
  return {
    publish_success: isLive ? 1 : 0,
    minutes_to_live: isLive ? Math.max(0, post.publishedMs! - post.slot.startMs) / 60_000 : ageHours * 60,
    operator_minutes: minutes.length > 0 ? minutes.reduce((sum, each) => sum + each, 0) : needsPerson(post.lane) ? null : 0,
  };
}

/** A reading's figures with what publishing cost beside them; a figure that was read wins over one that is derived. */
export function withOperationalMetrics(
  post: Post,
  ageHours: number,
  read: Readonly<Record<string, number | null>> = {},
): Record<string, number | null> {
  const figures = Object.entries(read).filter(([metric, value]) => value !== null || !isOperational(metric));
  return { ...operationalMetrics(post, ageHours), ...Object.fromEntries(figures) };
}
