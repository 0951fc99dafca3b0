// Which posts a platform's own restriction touched: it was open at some time between publication and the decision age (check E10).
import type { Post } from "../domain/index.ts";
import { decisionAgeHours } from "./briefFacts.ts";
import type { AccountEvent } from "./input.ts";
import type { View } from "./view.ts";

export function incidentsOf(post: Post, { input, brief, policy, asOf }: View): AccountEvent[] {
  const { publishedMs, account } = post;
  if (publishedMs === undefined) return [];
  const untilMs = publishedMs + decisionAgeHours(brief) * 3_600_000;
  return (input.accountEvents ?? []).filter(
    (event) =>
      event.account === account &&
      event.atMs <= asOf &&
      policy.throttle.platformSignals.includes(event.signal) &&
      event.atMs < untilMs &&
      (event.clearedAtMs ?? Infinity) > publishedMs,
  );
}
