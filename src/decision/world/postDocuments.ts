// A simulated experiment as the documents that the validity checks read: plan, posts with their fates, readings. What goes wrong is put in here, so
// that detection rates are those of `checkValidity` itself. Source: validity note 2.7.
import type { OutcomeSnapshot, PlannedPost, Post, ScenarioCell } from "../../domain/index.ts";
import type { HistoryPost, ValidityInput } from "../../erm/index.ts";
import { normal, permutation, type Rng } from "../../random/index.ts";
import type { BlockTable } from "../blockTable.ts";
import { briefOf } from "./brief.ts";
import { layOut, type Place, slotHours } from "./layout.ts";
import { baseLog } from "./outcomes.ts";
import { decisionAgeHours, documentOf, hashOfArm, hourMs, plannedPost, slotAt } from "./plannedPost.ts";

export interface PostDocuments {
  readonly input: ValidityInput;
  /** Blocks in which every arm published, at its slot. */
  readonly completeBlocks: readonly number[];
  readonly posts: number;
}

/**
 * Lays an experiment out on days and slots, lets posts fail, be made up for and go wrong as the cell says, and reads what got through.
 * @param rng the run's design stream. O(posts).
 */
export function postDocuments(cell: ScenarioCell, table: BlockTable, rng: Rng): PostDocuments {
  const { fault } = cell;
  const places = layOut(cell, rng);
  const leaking = fault.kind === "leak" ? new Set(permutation(rng, places.length).slice(0, fault.posts)) : new Set<number>();
  const planned: PlannedPost[] = [];
  const posts: Post[] = [];
  const snapshots: OutcomeSnapshot[] = [];
  const published = new Map<number, number>();
  const history = cell.historyPosts === 0 ? undefined : drawHistory(cell, rng);

  places.forEach((place, at) => {
    const { block, arm, row } = place;
    const first = plannedPost(cell, place, `p${at}`);
    planned.push(first);
    const isFirstTest = arm === 1;
    const lossRate = fault.kind === "loss" && isFirstTest ? fault.share : 0;
    const tries = [first];
    let post = attempted(first, rng, cell.failureRate, lossRate);
    if (post.status === "rejected" && cell.makeUp) {
      posts.push(post);
      const again: PlannedPost = { ...first, postId: `${first.postId}m`, makeUpFor: first.postId };
      planned.push(again);
      tries.push(again);
      post = attempted(again, rng, cell.failureRate, lossRate);
    }
    if (post.publishedMs === undefined) {
      posts.push(post);
      return;
    }
    const movedHours = movedBy(cell, place, rng);
    post = {
      ...post,
      publishedMs: post.publishedMs + movedHours * hourMs,
      ...(leaking.has(at) && { contentHash: hashOfArm(arm === 0 ? 1 : 0) }),
      ...(fault.kind === "swappedLanes" && isFirstTest && rng.next() < fault.share && { lane: "browser" as const }),
    };
    posts.push(post);
    if (Math.abs(movedHours) < 1) published.set(block, (published.get(block) ?? 0) + 1);
    const throttled = fault.kind === "throttle" ? fault.factor : 1;
    const logs = Array.from({ length: table.proxies }, (_, proxy) => table.values[(row * cell.arms + arm) * table.proxies + proxy]!);
    const lastAge = decisionAgeHours * (fault.kind === "lateCapture" && isFirstTest ? fault.ratio : 1);
    snapshots.push(...readings(post.postId, post.publishedMs!, logs, throttled, lastAge));
  });

  const input = documentOf(cell, briefOf(cell), planned, posts, history === undefined ? snapshots : [...history.snapshots, ...snapshots]);
  return {
    input: history === undefined ? input : { ...input, history: history.posts },
    completeBlocks: Array.from({ length: cell.blocks }, (_, block) => block).filter((block) => published.get(block) === cell.arms),
    posts: posts.filter(({ publishedMs }) => publishedMs !== undefined).length,
  };
}

/** An early reading and the one at the decision age. */
function readings(postId: string, publishedMs: number, logs: readonly number[], factor: number, lastAgeHours: number): OutcomeSnapshot[] {
  return [earlyAgeHours, lastAgeHours].map((ageHours) => {
    const share = factor * (ageHours === earlyAgeHours ? earlyShare : 1);
    const capturedAtMs = publishedMs + ageHours * hourMs;
    const counts = logs.map((log) => Math.floor(share * Math.max(0, Math.expm1(log))));
    return {
      postId,
      ageHours,
      capturedAtMs,
      recordedAt: capturedAtMs,
      metrics: { ...Object.fromEntries(counts.map((count, proxy) => [`proxy${proxy + 1}`, count])), reach: 10 * counts[0]! },
    };
  });
}

/** Earlier posts of the account, one a day, at the same clock times and with the same spread as those of the experiment. */
function drawHistory(cell: ScenarioCell, rng: Rng): { posts: HistoryPost[]; snapshots: OutcomeSnapshot[] } {
  const { logSd, correlation, viralShare, viralFactor, proxies, slotSd, clockSdHours } = cell.world;
  const snapshots: OutcomeSnapshot[] = [];
  const posts = Array.from({ length: cell.historyPosts }, (_, at): HistoryPost => {
    const isBlocked = cell.assignment === "blocked";
    const hour = isBlocked ? slotHours[at % slotHours.length]! : (((12 + clockSdHours * normal(rng)) % 24) + 24) % 24;
    const day = at - cell.historyPosts - Math.ceil(decisionAgeHours / 24) - 1;
    const slot = slotAt(day, hour, "day");
    const luck =
      baseLog + slotSd * normal(rng) + logSd * Math.sqrt(correlation) * normal(rng) + (rng.next() < viralShare ? Math.log(viralFactor) : 0);
    const logs = Array.from({ length: proxies }, () => luck + logSd * Math.sqrt(1 - correlation) * normal(rng));
    snapshots.push(...readings(`h${at}`, slot.startMs, logs, 1, decisionAgeHours));
    return { postId: `h${at}`, account: "account", surface: "instagram.reels", slot, publishedMs: slot.startMs };
  });
  return { posts, snapshots };
}

/** Hours by which a fault moves the publication from its slot. */
function movedBy({ fault }: ScenarioCell, { arm }: Place, rng: Rng): number {
  if (arm !== 1) return 0;
  if (fault.kind === "shift") return fault.hours;
  return fault.kind === "swappedSlots" && rng.next() < fault.share ? 6 : 0;
}

function attempted(planned: PlannedPost, rng: Rng, failureRate: number, lossRate: number): Post {
  // Both draws are made in any case, so that a rate does not shift the luck of the posts that follow.
  const [failing, losing] = [rng.next(), rng.next()];
  const atMs = planned.slot.startMs;
  if (failing < failureRate || losing < lossRate)
    return {
      ...planned,
      attempts: [{ attemptNo: 1, atMs, lane: planned.lane, outcome: "failed", errorClass: "media_fetch" }],
      status: "rejected",
    };
  return {
    ...planned,
    attempts: [{ attemptNo: 1, atMs, lane: planned.lane, outcome: "published" }],
    publishedMs: atMs,
    status: "verified",
  };
}

const earlyAgeHours = 24;
/** Half of what comes has come after a day. */
const earlyShare = 0.5;
