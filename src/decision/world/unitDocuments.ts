// A simulated experiment on publish attempts or suggested replies as documents. A unit's three outcomes are cut from the same log figures that posts are
// made of, so that an effect means the same everywhere: so many log units of better luck. Thresholds are assumptions, fitted to nothing.
import type { OutcomeSnapshot, PlannedPost, Post, ScenarioCell } from "../../domain/index.ts";
import type { ValidityInput } from "../../erm/index.ts";
import type { Rng } from "../../random/index.ts";
import type { BlockTable } from "../blockTable.ts";
import { briefOf } from "./brief.ts";
import { layOut } from "./layout.ts";
import { baseLog } from "./outcomes.ts";
import { decisionAgeHours, documentOf, hourMs, plannedPost } from "./plannedPost.ts";

/** @param table rows of one unit of every arm, three proxies. @param rng the run's design stream. O(units). */
export function unitDocuments(cell: ScenarioCell, table: BlockTable, rng: Rng): ValidityInput {
  const planned: PlannedPost[] = [];
  const posts: Post[] = [];
  const snapshots: OutcomeSnapshot[] = [];
  layOut(cell, rng).forEach((place, at) => {
    const post = plannedPost(cell, place, `u${at}`);
    const start = (place.row * cell.arms + place.arm) * table.proxies;
    const luckOf = (proxy: number) => table.values[start + proxy]! - baseLog;
    const luck: Luck = [luckOf(0), luckOf(1), luckOf(2)];
    planned.push(post);
    if (cell.variable === "lane") posts.push(attempted(post, luck, rng.next() < cell.failureRate));
    else {
      posts.push(suggested(post));
      snapshots.push(readingOf(post, luck));
    }
  });
  return documentOf(cell, briefOf(cell), planned, posts, snapshots);
}

type Luck = readonly [first: number, second: number, third: number];

/** About one attempt in thirty fails, at worse luck than this. */
const failsBelow = -2;

/** Better luck: live at all, sooner (3 minutes as a rule), with less of people's time (4 minutes). */
function attempted(post: PlannedPost, [lives, speed, ease]: Luck, isUnlucky: boolean): Post {
  const atMs = post.slot.startMs;
  const attempt = { attemptNo: 1, atMs, lane: post.lane, operatorMinutes: 4 * Math.exp(-ease) };
  if (isUnlucky || lives < failsBelow)
    return { ...post, attempts: [{ ...attempt, outcome: "failed", errorClass: "processing" }], status: "rejected" };
  const publishedMs = atMs + Math.round(3 * Math.exp(-speed) * 60_000);
  return { ...post, attempts: [{ ...attempt, outcome: "published" }], publishedMs, status: "verified" };
}

function suggested(post: PlannedPost): Post {
  const atMs = post.slot.startMs;
  return { ...post, attempts: [{ attemptNo: 1, atMs, lane: post.lane, outcome: "published" }], publishedMs: atMs, status: "verified" };
}

/** Better luck: sent as suggested (every other one), answered in earnest (every third), a longer conversation (0 to 3 turns). */
function readingOf({ postId, slot }: PlannedPost, [fit, answer, depth]: Luck): OutcomeSnapshot {
  const capturedAtMs = slot.startMs + decisionAgeHours * hourMs;
  return {
    postId,
    ageHours: decisionAgeHours,
    capturedAtMs,
    recordedAt: capturedAtMs,
    metrics: {
      accepted_as_is: fit > 0 ? 1 : 0,
      meaningful_reply: answer > 0.5 ? 1 : 0,
      reply_depth: [0, 0.75, 1.5].filter((least) => depth > least).length,
    },
  };
}
