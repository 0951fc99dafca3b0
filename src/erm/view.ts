// One look at an experiment as of an instant: what every check shares, prepared once. Duplicates and records from the future are gone here (law L11).
import {
  type Brief,
  type ContentField,
  fieldsUnderTest,
  type OutcomeSnapshot,
  type Plan,
  type PlannedPost,
  type Post,
} from "../domain/index.ts";
import { createRng, type Rng } from "../random/index.ts";
import { variantIds } from "./briefFacts.ts";
import type { HistoryPost, ValidityInput } from "./input.ts";
import type { ValidityPolicy } from "./policy.ts";

export type AssignmentMode = "blocked" | "random" | "systematic" | "adaptive" | "fixed";

export interface View {
  readonly input: ValidityInput;
  readonly policy: ValidityPolicy;
  readonly brief: Brief;
  /** Control first. */
  readonly ids: readonly string[];
  readonly plan: Plan;
  /** Planned posts that make up for none. */
  readonly originals: readonly PlannedPost[];
  readonly posts: readonly Post[];
  /** Those that the audience saw, in order of publication, each with the index of its arm. */
  readonly published: readonly PublishedPost[];
  /** Other posts of the experiment's accounts on its surfaces, each once, in order of publication. */
  readonly history: readonly HistoryPost[];
  /** Readings recorded by `asOf`, by post, in order of capture; of one instant the last that was recorded. */
  readonly readings: ReadonlyMap<string, readonly OutcomeSnapshot[]>;
  readonly mode: AssignmentMode;
  /** A(V): these fields differ between the arms because they are under test. */
  readonly fields: readonly ContentField[];
  readonly asOf: number;
  /** A stream of its own for each test, named by the plan: the same input draws the same. */
  rng(name: string): Rng;
}

export interface PublishedPost {
  readonly post: Post;
  readonly publishedMs: number;
  readonly arm: number;
}

export function viewOf(input: ValidityInput, policy: ValidityPolicy): View {
  const { experiment, plan, asOf } = input;
  const { brief } = experiment;
  const ids = variantIds(brief);
  const posts = inOrder(input.posts);
  const published = posts
    .flatMap((post): PublishedPost[] => {
      const arm = ids.indexOf(post.variantId);
      return post.publishedMs === undefined || post.publishedMs > asOf || arm < 0 ? [] : [{ post, publishedMs: post.publishedMs, arm }];
    })
    .sort((a, b) => a.publishedMs - b.publishedMs || (a.post.postId < b.post.postId ? -1 : 1));
  return {
    input,
    policy,
    brief,
    ids,
    plan,
    originals: plan.posts.filter(({ makeUpFor }) => makeUpFor === undefined),
    posts,
    published,
    history: ordinaryPosts(input),
    readings: readingsOf(input.snapshots, asOf),
    mode: modeOf(plan),
    fields: fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields),
    asOf,
    rng: (name) => createRng(plan.planHash).fork(["validity", name]),
  };
}

/** A post of the experiment is not ordinary, whoever lists it, and reach on other accounts or surfaces is another matter. */
function ordinaryPosts({ experiment: { brief }, plan, posts, history = [] }: ValidityInput): HistoryPost[] {
  const own = new Set([...plan.posts, ...posts].map(({ postId }) => postId));
  const accounts = new Set(brief.accounts.map(({ id }) => id));
  const others = history.filter(
    ({ postId, account, surface }) => !own.has(postId) && accounts.has(account) && brief.surfaces.includes(surface),
  );
  return [...new Map(others.map((post) => [post.postId, post])).values()].sort(
    (a, b) => a.publishedMs - b.publishedMs || (a.postId < b.postId ? -1 : 1),
  );
}

/** Counts of something per arm, in the order of `ids`. */
export function perArm<T>({ ids }: Pick<View, "ids">, items: readonly T[], variantOf: (item: T) => string): number[] {
  return ids.map((id) => items.filter((item) => variantOf(item) === id).length);
}

/** True if arms differ in their clock by design, so that slot checks would test the variable itself. */
export function testsSlot({ brief, fields }: Pick<View, "brief" | "fields">): boolean {
  return brief.variableUnderTest === "slot" || fields.includes("slotCell");
}

/** True if arms differ in their lane by design: failures are then outcomes. */
export function testsLane({ brief, fields }: Pick<View, "brief" | "fields">): boolean {
  return brief.variableUnderTest === "lane" || fields.includes("lane");
}

/** Readings by post as of an instant, in order of capture; a later record of one instant replaces the earlier. */
export function readingsOf(snapshots: readonly OutcomeSnapshot[], asOf: number): Map<string, OutcomeSnapshot[]> {
  const byPost = new Map<string, OutcomeSnapshot[]>();
  for (const snapshot of snapshots) {
    if (snapshot.recordedAt > asOf) continue;
    const own = byPost.get(snapshot.postId);
    if (own === undefined) byPost.set(snapshot.postId, [snapshot]);
    else own.push(snapshot);
  }
  for (const [postId, own] of byPost) {
    own.sort((a, b) => a.capturedAtMs - b.capturedAtMs || a.recordedAt - b.recordedAt || compareTexts(a, b));
    byPost.set(
      postId,
      own.filter((reading, at) => {
        const later = own[at + 1];
        if (later === undefined || later.capturedAtMs !== reading.capturedAtMs) return true;
        return later.recordedAt === reading.recordedAt && compareTexts(later, reading) !== 0;
      }),
    );
  }
  return byPost;
}

/** Two different records of one moment stand in order of their text, so that the order of delivery never matters (law L8). */
function compareTexts(a: OutcomeSnapshot, b: OutcomeSnapshot): number {
  const [one, other] = [JSON.stringify(a.metrics), JSON.stringify(b.metrics)];
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Each post and variant once, in order of slots. */
function inOrder(posts: readonly Post[]): Post[] {
  const byKey = new Map(posts.map((post) => [`${post.postId}/${post.variantId}`, post]));
  return [...byKey].sort(([keyA, a], [keyB, b]) => a.slot.startMs - b.slot.startMs || (keyA < keyB ? -1 : 1)).map(([, post]) => post);
}

/** Blocked if all of it is; else the mode of the posts that were drawn, the least predictable first. */
function modeOf({ posts }: Plan): AssignmentMode {
  const modes = new Set(posts.map(({ assignment }) => assignment.mode));
  if (posts.every(({ assignment }) => assignment.mode === "blocked")) return "blocked";
  return (["adaptive", "systematic", "random"] as const).find((mode) => modes.has(mode)) ?? "fixed";
}
