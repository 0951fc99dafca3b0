// A simulated experiment as the documents that the validity checks read: plan, posts with their fates, readings. What goes wrong is put in here, so
// that detection rates are those of `checkValidity` itself. Source: validity note 2.7.
import { contentHash } from "../canon/index.ts";
import {
  briefSchema,
  type Brief,
  type OutcomeSnapshot,
  type Plan,
  type PlannedPost,
  type Post,
  type ScenarioCell,
} from "../domain/index.ts";
import type { HistoryPost, ValidityInput } from "../erm/index.ts";
import { normal, permutation, type Rng } from "../random/index.ts";
import type { BlockTable } from "./blockTable.ts";
import { baseLog } from "./world.ts";

export interface WorldDocuments {
  readonly input: ValidityInput;
  /** Blocks in which every arm published, at its slot. */
  readonly completeBlocks: readonly number[];
  readonly posts: number;
}

/**
 * Lays an experiment out on days and slots, lets posts fail, be made up for and go wrong as the cell says, and reads what got through.
 * @param rng the run's design stream. O(posts).
 */
export function worldDocuments(cell: ScenarioCell, table: BlockTable, rng: Rng): WorldDocuments {
  const { fault } = cell;
  const places = layOut(cell, rng);
  const brief = briefOf(cell);
  const leaking = fault.kind === "leak" ? new Set(permutation(rng, places.length).slice(0, fault.posts)) : new Set<number>();
  const planned: PlannedPost[] = [];
  const posts: Post[] = [];
  const snapshots: OutcomeSnapshot[] = [];
  const published = new Map<number, number>();
  const history = cell.historyPosts === 0 ? undefined : drawHistory(cell, rng);

  places.forEach((place, at) => {
    const { block, arm } = place;
    const first = plannedPost(cell, place, `p${at}`, at);
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
    const logs = Array.from({ length: table.proxies }, (_, proxy) => table.values[(block * cell.arms + arm) * table.proxies + proxy]!);
    const lastAge = decisionAgeHours * (fault.kind === "lateCapture" && isFirstTest ? fault.ratio : 1);
    snapshots.push(...readings(post.postId, post.publishedMs!, logs, throttled, lastAge));
  });

  const plan: Plan = { experimentId, seed: "world", layers, planHash, posts: planned, looks: [cell.blocks], notes: [] };
  return {
    input: {
      experiment: {
        experimentId,
        brief,
        state: "verifying",
        layers,
        briefHash: planHash,
        planHash,
        policyHash: null,
        startMs,
        endMs: null,
      },
      plan,
      posts,
      snapshots: history === undefined ? snapshots : [...history.snapshots, ...snapshots],
      ...(history !== undefined && { history: history.posts }),
      asOf: startMs + 400 * 24 * hourMs,
    },
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
    const publishedMs = startMs + day * 24 * hourMs + Math.floor(hour * 60) * 60_000;
    const luck =
      baseLog + slotSd * normal(rng) + logSd * Math.sqrt(correlation) * normal(rng) + (rng.next() < viralShare ? Math.log(viralFactor) : 0);
    const logs = Array.from({ length: proxies }, () => luck + logSd * Math.sqrt(1 - correlation) * normal(rng));
    snapshots.push(...readings(`h${at}`, publishedMs, logs, 1, decisionAgeHours));
    const slot = { startMs: publishedMs, zone: "UTC", wallTime: wallTimeOf(day, hour), cell: "day" };
    return { postId: `h${at}`, account: "account", surface: "instagram.reels", slot, publishedMs };
  });
  return { posts, snapshots };
}

interface Place {
  readonly block: number;
  readonly arm: number;
  readonly day: number;
  readonly hour: number;
}

/** Blocked: the arms of a block on following days at one clock time, in drawn order. Random: any day of two weeks, times around noon, arms dealt over them. */
function layOut({ arms, blocks, assignment, world, fault }: ScenarioCell, rng: Rng): Place[] {
  if (assignment === "blocked")
    return Array.from({ length: blocks }, (_, block) =>
      permutation(rng, arms).map((arm, turn) => ({ block, arm, day: block * arms + turn, hour: slotHours[block % slotHours.length]! })),
    ).flat();
  const dealt = permutation(rng, blocks * arms).map((place) => place % arms);
  const seen = Array.from({ length: arms }, () => 0);
  return dealt.map((arm) => {
    const spread = world.clockSdHours * normal(rng);
    const base = fault.kind === "halves" ? (arm === 1 ? 19 : 8) : 12;
    const hour = (((base + spread) % 24) + 24) % 24;
    return { block: seen[arm]!++, arm, day: Math.floor(14 * rng.next()), hour };
  });
}

/** Hours by which a fault moves the publication from its slot. */
function movedBy({ fault }: ScenarioCell, { arm }: Place, rng: Rng): number {
  if (arm !== 1) return 0;
  if (fault.kind === "shift") return fault.hours;
  return fault.kind === "swappedSlots" && rng.next() < fault.share ? 6 : 0;
}

function plannedPost(cell: ScenarioCell, { block, arm, day, hour }: Place, postId: string, at: number): PlannedPost {
  const minuteOfDay = Math.floor(hour * 60);
  return {
    postId,
    experimentId,
    variantId: armIds[arm]!,
    isControl: arm === 0,
    contentHash: hashOfArm(arm),
    account: "account",
    surface: "instagram.reels",
    lane: "api",
    block: cell.assignment === "blocked" ? `block-${block}` : "dealt",
    slot: {
      startMs: startMs + day * 24 * hourMs + minuteOfDay * 60_000,
      zone: "UTC",
      wallTime: wallTimeOf(day, hour),
      cell: "day",
    },
    assignment: {
      mode: cell.assignment === "blocked" ? "blocked" : "random",
      probabilities: probabilities[cell.arms]!,
      key: `world/${at}`,
    },
  };
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

const hourMs = 3_600_000;
/** Monday 2027-03-01 00:00 UTC. */
const startMs = 1_803_859_200_000;
const decisionAgeHours = 168;
const earlyAgeHours = 24;
/** Half of what comes has come after a day. */
const earlyShare = 0.5;
const slotHours = [9, 12, 18, 20] as const;
const armIds = ["control", "test1", "test2", "test3"] as const;
const experimentId = "world";
const layers = ["world/instagram.reels/hook"];
const planHash = contentHash("world");
const armHashes = armIds.map((id) => contentHash(id));
const probabilities: readonly Readonly<Record<string, number>>[] = [0, 1, 2, 3, 4].map((arms) =>
  Object.fromEntries(armIds.slice(0, arms).map((id) => [id, 1 / arms])),
) as Record<string, number>[];

function hashOfArm(arm: number) {
  return armHashes[arm]!;
}

function wallTimeOf(day: number, hour: number): string {
  const minuteOfDay = Math.floor(hour * 60);
  return `${dateAfter(day)}T${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The date so many days after 2027-03-01, or before it. */
function dateAfter(days: number): string {
  let [year, month, day] = [2027, 2, days];
  const length = () => monthDays[month]! + (month === 1 && year % 4 === 0 ? 1 : 0);
  while (day < 0) {
    month = (month + 11) % 12;
    if (month === 11) year--;
    day += length();
  }
  while (day >= length()) {
    day -= length();
    month = (month + 1) % 12;
    if (month === 0) year++;
  }
  return `${year}-${two(month + 1)}-${two(day + 1)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

const briefs = new Map<string, Brief>();

/** The brief of a cell, parsed once: it depends on arms, blocks and proxies alone. */
function briefOf({ arms, blocks, world }: ScenarioCell): Brief {
  const key = `${arms}/${blocks}/${world.proxies}`;
  let brief = briefs.get(key);
  if (brief === undefined) {
    brief = briefSchema.parse({
      name: "synthetic experiment",
      clientId: "world",
      experimentType: "batch",
      platforms: ["instagram"],
      surfaces: ["instagram.reels"],
      accounts: [{ id: "account", platform: "instagram" }],
      hypothesis: "The test arm does better than control.",
      variableUnderTest: "hook",
      control: { id: "control", content: { parts: { hook: "control" }, lane: "api" } },
      testVariants: armIds.slice(1, arms).map((id) => ({ id, patch: { parts: { hook: id } } })),
      successProxies: Array.from({ length: world.proxies }, (_, proxy) => ({
        metric: `proxy${proxy + 1}`,
        kind: "distribution",
        direction: "increase",
        scale: "count",
      })),
      decisionAgeHours,
      guardrails: [],
      exposurePlan: {
        postsPerVariant: blocks,
        cells: [{ cell: "day", weekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "23:59" }],
      },
      runWindow: { start: "2027-03-01T00:00", end: "2028-03-01T00:00", zone: "UTC" },
      stopConditions: [{ kind: "invalid" }],
      approvalLevel: "review",
    });
    briefs.set(key, brief);
  }
  return brief;
}
