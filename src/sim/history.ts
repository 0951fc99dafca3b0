// The ordinary posts of an account before the run, one a day, as the same audience met them: what later readings are compared with (E10).
import { type Brief, type OutcomeSnapshot, snapshotAgesHours, surfaces } from "../domain/index.ts";
import type { HistoryPost } from "../erm/index.ts";
import type { SimulatedWorld } from "../platforms/index.ts";
import { wallTimeAt } from "../schedule/index.ts";

/** Posts of the account that belong to no experiment, and their readings. */
export interface OrdinaryHistory {
  readonly posts: readonly HistoryPost[];
  readonly snapshots: readonly OutcomeSnapshot[];
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export function ordinaryHistory(
  world: SimulatedWorld,
  { accounts, surfaces: [surface], runWindow: { zone } }: Brief,
  count: number,
  untilMs: number,
): OrdinaryHistory {
  const account = accounts[0]!.id;
  const ages = snapshotAgesHours.filter((age) => age <= 168);
  const posts = Array.from({ length: count }, (_, at): HistoryPost => {
    const publishedMs = untilMs - (count - at + 8) * dayMs + 18 * hourMs;
    return {
      postId: `ordinary-${at + 1}`,
      account,
      surface: surface!,
      publishedMs,
      slot: { startMs: publishedMs, zone, wallTime: wallTimeAt(publishedMs, zone), cell: "daily" },
    };
  });
  const snapshots = posts.flatMap(({ postId, publishedMs }) => {
    const request = { attemptKey: postId, account, surface: surface!, caption: postId, contentHash: postId, atMs: publishedMs };
    const post = { platformPostId: postId, request, publishedMs, defects: [] };
    return ages.map((ageHours): OutcomeSnapshot => {
      const capturedAtMs = publishedMs + ageHours * hourMs;
      const { metrics } = world.metrics(post, [...surfaces[surface!].exposureMetrics], capturedAtMs);
      return { postId, ageHours, capturedAtMs, recordedAt: capturedAtMs, metrics: { ...metrics } };
    });
  });
  return { posts, snapshots };
}
