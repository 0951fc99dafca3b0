// Which posts may be compared (validity note 2): delivered as planned, read whole at the decision age, in a block that every arm completed.
import {
  type Brief,
  type ContentField,
  fieldsUnderTest,
  type OutcomeSnapshot,
  type Post,
  type PostStatus,
  surfaces,
  wasPublished,
} from "../domain/index.ts";
import type { ValidityInput } from "./input.ts";
import type { ValidityPolicy } from "./policy.ts";

export interface ComparablePost {
  readonly post: Post;
  /** The reading at the decision age. */
  readonly snapshot: OutcomeSnapshot;
}

export interface ComparableBlock {
  readonly block: string;
  /** Variant id to its post; every arm is there. */
  readonly posts: ReadonlyMap<string, ComparablePost>;
}

export interface Comparable {
  /** Complete blocks, in plan order. */
  readonly blocks: readonly ComparableBlock[];
  readonly excluded: readonly { readonly postId: string; readonly reason: string }[];
}

export function decisionAgeHours(brief: Brief): number {
  return brief.decisionAgeHours ?? surfaces[brief.surfaces[0]!].decisionAgeHours;
}

/** Metrics without which a post says nothing: the proxies and what their rates are per. */
export function requiredMetrics(brief: Brief): string[] {
  return [
    ...new Set(
      brief.successProxies.flatMap(({ metric, exposureMetric }) => [metric, ...(exposureMetric === undefined ? [] : [exposureMetric])]),
    ),
  ];
}

export function variantIds(brief: Brief): string[] {
  return [brief.control.id, ...brief.testVariants.map(({ id }) => id)];
}

export function comparable(input: ValidityInput, policy: ValidityPolicy): Comparable {
  const { brief } = input.experiment;
  const ids = variantIds(brief);
  const excluded: { postId: string; reason: string }[] = [];
  const byBlock = new Map<string, ComparablePost[]>();
  for (const post of input.posts) {
    const snapshot = snapshotAtDecisionAge(post, input, policy);
    const reason = exclusion(post, snapshot, brief);
    if (reason !== undefined) excluded.push({ postId: post.postId, reason });
    else byBlock.set(post.block, [...(byBlock.get(post.block) ?? []), { post, snapshot: snapshot! }]);
  }
  const blocks = [...byBlock].flatMap(([block, posts]): ComparableBlock[] => {
    const missing = ids.filter((id) => !posts.some(({ post }) => post.variantId === id));
    const gap = clockGapMinutes(posts.map(({ post }) => post));
    const reason =
      missing.length > 0
        ? `its block has no comparable post of ${missing.join(", ")}`
        : gap > policy.blocks.voidGapMinutes
          ? `its block's posts went out ${Math.round(gap)} minutes of the clock apart`
          : undefined;
    if (reason === undefined) return [{ block, posts: new Map(ids.map((id) => [id, posts.find(({ post }) => post.variantId === id)!])) }];
    excluded.push(...posts.map(({ post }) => ({ postId: post.postId, reason })));
    return [];
  });
  return { blocks, excluded };
}

/** The latest reading near the decision age that was recorded by `asOf`; a later reading replaces an earlier one. */
export function snapshotAtDecisionAge(
  post: Post,
  { experiment, snapshots, asOf }: ValidityInput,
  { captureAge }: ValidityPolicy,
): OutcomeSnapshot | undefined {
  const age = decisionAgeHours(experiment.brief);
  const tolerance = Math.max(captureAge.toleranceShare * age, captureAge.toleranceHours);
  return snapshots
    .filter(({ postId, ageHours, recordedAt }) => postId === post.postId && recordedAt <= asOf && Math.abs(ageHours - age) <= tolerance)
    .reduce<OutcomeSnapshot | undefined>(
      (best, next) => (best === undefined || next.capturedAtMs > best.capturedAtMs ? next : best),
      undefined,
    );
}

/** True if the field under test reached the audience. */
export function deliveredAsPlanned(post: Post, brief: Brief): boolean {
  const fields = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  return (
    wasPublished(post.status) &&
    post.status !== "takenDown" &&
    !(post.defects ?? []).some((defect) => fields.includes(defect as ContentField))
  );
}

/** Ends that lose a post to its arm. A cancelled or held one was stopped with all others and only lowers N. */
const lostStatuses: ReadonlySet<PostStatus> = new Set(["rejected", "missed", "manualResolution", "takenDown"]);

/** True if this arm lost this post: it did not get through, or the field under test did not. */
export function isLost(post: Post, brief: Brief): boolean {
  return lostStatuses.has(post.status) || (wasPublished(post.status) && !deliveredAsPlanned(post, brief));
}

/** Largest distance on the 24-hour clock between the publish times of these posts. */
export function clockGapMinutes(posts: readonly Post[]): number {
  const minutes = posts.flatMap(({ publishedMs, slot }) =>
    publishedMs === undefined ? [] : [clockMinute(slot.wallTime, publishedMs - slot.startMs)],
  );
  let largest = 0;
  minutes.forEach((one, at) => {
    for (const other of minutes.slice(at + 1)) {
      const apart = Math.abs(one - other) % 1440;
      largest = Math.max(largest, Math.min(apart, 1440 - apart));
    }
  });
  return largest;
}

function clockMinute(wallTime: string, delayMs: number): number {
  return Number(wallTime.slice(11, 13)) * 60 + Number(wallTime.slice(14, 16)) + delayMs / 60_000;
}

function exclusion(post: Post, snapshot: OutcomeSnapshot | undefined, brief: Brief): string | undefined {
  if (!wasPublished(post.status)) return `it was not published (${post.status})`;
  if (post.status === "takenDown") return "it was taken down";
  if (!deliveredAsPlanned(post, brief)) return `the field under test did not arrive: ${post.defects!.join(", ")}`;
  if (post.boosted === true) return "it was boosted";
  if (post.collab === true) return "it is a collaboration";
  if (post.crossPosted === true) return "it was cross-posted";
  if (snapshot === undefined) return "there is no reading at the decision age";
  const missing = requiredMetrics(brief).filter((metric) => (snapshot.metrics[metric] ?? null) === null);
  return missing.length === 0 ? undefined : `${missing.join(", ")} could not be read`;
}
