// Experiments that never happened, for error rates of the validity checks: posts with log-sd 1 and 5 % viral, base slots Normal(sd 2 h), 2 % of first
// attempts failing and made up for, early reach at 24 h and whole readings at the decision age.
import { contentHash } from "../../src/canon/index.ts";
import type { Brief, OutcomeSnapshot, PlannedPost, Post } from "../../src/domain/index.ts";
import type { HistoryPost, ValidityInput } from "../../src/erm/index.ts";
import { normal, permutation, type Rng } from "../../src/random/index.ts";
import { exampleBrief } from "../support/briefs.ts";

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A Monday, 00:00 UTC. */
export const launchMs = Date.parse("2027-03-01T00:00Z");

export interface World {
  readonly postsPerArm: number;
  readonly arms?: 2 | 3 | 4;
  readonly mode?: "blocked" | "random" | "adaptive";
  /** Without blocks: equally many posts for each arm in random order (the default), or each post's arm drawn by itself. */
  readonly deal?: "balanced" | "independent";
  /** Hour of the day of a post's slot, before noise. */
  readonly hourOf?: (arm: number, block: number) => number;
  /** Days after launch; default: one post a day. */
  readonly dayOf?: (arm: number, block: number, position: number) => number;
  readonly reachFactor?: (arm: number) => number;
  /** Probability that a first attempt fails. */
  readonly failureOf?: (arm: number) => number;
  readonly makeUps?: boolean;
  /** Factor on everybody's reach from launch on. */
  readonly throttle?: number;
  readonly history?: number;
  /** Hours added to the age of the reading at the decision age. */
  readonly lateHoursOf?: (arm: number) => number;
  /** What happened to the published posts, at the end. */
  readonly change?: (post: Post, arm: number, block: number) => Post;
  readonly turnHours?: number;
  readonly brief?: Brief;
  readonly rename?: Readonly<Record<string, string>>;
}

export function experimentIn(world: World, rng: Rng): ValidityInput {
  const { postsPerArm, arms = 2, mode = "blocked", deal = "balanced", history = 30, turnHours = 0, change = (post) => post } = world;
  const brief = briefOf(arms, world);
  const ids = [brief.control.id, ...brief.testVariants.map(({ id }) => id)];
  const planned: PlannedPost[] = [];
  const posts: Post[] = [];
  const snapshots: OutcomeSnapshot[] = [];
  const reach = (factor: number) => Math.exp(normal(rng, 7 + Math.log(factor)) + (rng.next() < 0.05 ? Math.log(6) : 0));
  const read = (postId: string, publishedMs: number, factor: number, lateHours: number) => {
    const atDay = Math.round(reach(factor));
    snapshots.push(reading(postId, publishedMs, 24, { reach: atDay }));
    const whole = { reach: 2 * atDay, reels_skip_rate: rng.next(), comments: Math.round(atDay / 50), shares: Math.round(atDay / 40) };
    snapshots.push(reading(postId, publishedMs, 168 + lateHours, whole));
  };
  const dealtOverAll = permutation(rng, arms * postsPerArm).map((ticket) => ticket % arms);
  for (let block = 0; block < postsPerArm; block++) {
    const order = permutation(rng, arms);
    const blockHour = normal(rng, 0, 2);
    order.forEach((dealt, position) => {
      const number = block * arms + position;
      const arm = mode === "blocked" ? dealt : deal === "balanced" ? dealtOverAll[number]! : Math.floor(rng.next() * arms);
      const base = world.hourOf?.(arm, block) ?? 12;
      const hour = base + (mode === "blocked" ? blockHour : normal(rng, 0, 2));
      const slotMs = launchMs + (world.dayOf?.(arm, block, position) ?? number) * dayMs + Math.round((hour + turnHours) * 3_600) * 1_000;
      const probabilities = Object.fromEntries(ids.map((id) => [id, 1 / arms]));
      const own: PlannedPost = {
        postId: `p${String(number).padStart(3, "0")}`,
        variantId: ids[arm]!,
        isControl: arm === 0,
        contentHash: contentHash(ids[arm]!),
        account: brief.accounts[0]!.id,
        surface: "instagram.reels",
        lane: "api",
        block: String(block),
        slot: { startMs: slotMs, zone: "UTC", wallTime: new Date(slotMs).toISOString().slice(0, 19), cell: "any" },
        assignment: { mode, probabilities, key: `k${number}` },
      };
      planned.push(own);
      const failed = rng.next() < (world.failureOf?.(arm) ?? 0.02);
      const publishedMs = slotMs + Math.round(rng.next() * 10) * 60_000;
      const attempt = (atMs: number, outcome: "published" | "failed") => [{ attemptNo: 1, atMs, outcome }];
      if (failed) posts.push({ ...own, attempts: attempt(slotMs, "failed"), status: "rejected" });
      else posts.push(change({ ...own, attempts: attempt(publishedMs, "published"), publishedMs, status: "verified" }, arm, block));
      const factor = (world.reachFactor?.(arm) ?? 1) * (world.throttle ?? 1);
      const makeUpFails = rng.next() < (world.failureOf?.(arm) ?? 0.02);
      if (failed && world.makeUps !== false && !makeUpFails) {
        const makeUp: PlannedPost = { ...own, postId: `${own.postId}-m`, makeUpFor: own.postId };
        planned.push(makeUp);
        posts.push({
          ...makeUp,
          attempts: attempt(publishedMs + hourMs / 2, "published"),
          publishedMs: publishedMs + hourMs / 2,
          status: "verified",
        });
        read(makeUp.postId, publishedMs, factor, world.lateHoursOf?.(arm) ?? 0);
      } else if (posts.at(-1)!.publishedMs !== undefined)
        read(own.postId, posts.at(-1)!.publishedMs!, factor, world.lateHoursOf?.(arm) ?? 0);
    });
  }
  const earlier = Array.from({ length: history }, (_, at): HistoryPost => {
    const slotMs = launchMs + (at - history - 10) * dayMs + 12 * hourMs;
    const postId = `h${String(at).padStart(3, "0")}`;
    read(postId, slotMs, 1, 0);
    return {
      postId,
      account: brief.accounts[0]!.id,
      surface: "instagram.reels",
      slot: { startMs: slotMs, zone: "UTC", wallTime: new Date(slotMs).toISOString().slice(0, 19), cell: "any" },
      publishedMs: slotMs,
    };
  });
  const planHash = contentHash(["plan", rng.seed]);
  return {
    experiment: {
      experimentId: "e1",
      brief,
      state: "verifying",
      layers: ["aurora-coffee/instagram.reels/hook"],
      briefHash: contentHash("brief"),
      planHash,
      policyHash: null,
      startMs: launchMs,
      endMs: null,
    },
    plan: {
      experimentId: "e1",
      seed: rng.seed,
      layers: ["aurora-coffee/instagram.reels/hook"],
      planHash,
      posts: planned,
      looks: [postsPerArm],
      notes: [],
    },
    posts,
    snapshots,
    history: earlier,
    asOf: launchMs + 400 * dayMs,
  };
}

function briefOf(arms: number, { brief = exampleBrief(), rename = {} }: World): Brief {
  const [first] = brief.testVariants;
  const named = (id: string) => rename[id] ?? id;
  return {
    ...brief,
    control: { ...brief.control, id: named(brief.control.id) },
    testVariants: Array.from({ length: arms - 1 }, (_, at) =>
      at === 0 ? { ...first!, id: named(first!.id) } : { id: named(`${first!.id}${at + 1}`), patch: { parts: { hook: `Hook ${at + 1}` } } },
    ),
  };
}

function reading(postId: string, publishedMs: number, ageHours: number, metrics: Record<string, number>): OutcomeSnapshot {
  const capturedAtMs = publishedMs + ageHours * hourMs;
  return { postId, ageHours, capturedAtMs, recordedAt: capturedAtMs, metrics };
}
