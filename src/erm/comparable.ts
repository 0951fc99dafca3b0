// Which posts may be compared (validity note 2): delivered as planned, read whole at the decision age, in a block that every arm completed and whose
// posts are alike but for the variable under test.
import {
  type Brief,
  type ContentField,
  experimentTypes,
  type ExperimentTypeFacts,
  fieldsUnderTest,
  type OutcomeSnapshot,
  type Post,
  type PostStatus,
  wasPublished,
} from "../domain/index.ts";
import { decisionAgeHours, requiredMetrics } from "./briefFacts.ts";
import { clockGapMinutes, delayMinutes, leftItsDayClass } from "./clock.ts";
import { incidentsOf } from "./incidents.ts";
import type { ValidityInput } from "./input.ts";
import { isOperational, withOperationalMetrics } from "./operationalMetrics.ts";
import type { ValidityPolicy } from "./policy.ts";
import { testsLane, testsSlot, type View, viewOf } from "./view.ts";

export interface ComparablePost {
  readonly post: Post;
  /** The reading at the decision age; in a lane test with what the publishing itself cost. */
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
  /** All posts that are compared: one of each arm and block, or, where the unit is not a post, as many as a block holds. */
  readonly postIds: readonly string[];
  readonly excluded: readonly { readonly postId: string; readonly reason: string }[];
}

export function comparable(input: ValidityInput, policy: ValidityPolicy): Comparable {
  return comparableIn(viewOf(input, policy));
}

/** The same of a view that exists already. */
export function comparableIn(view: View): Comparable {
  const { ids, posts, plan } = view;
  const excluded: { postId: string; reason: string }[] = [];
  const byBlock = new Map<string, ComparablePost[]>(plan.posts.map(({ block }) => [block, []]));
  for (const post of posts) {
    const snapshot = readingToCompare(post, view);
    const reason = exclusion(post, snapshot, view);
    if (reason !== undefined) excluded.push({ postId: post.postId, reason });
    else byBlock.set(post.block, [...(byBlock.get(post.block) ?? []), { post, snapshot: snapshot! }]);
  }
  const isOneOfEach = experimentTypes[view.brief.experimentType].unit === "post";
  const postIds: string[] = [];
  const blocks = [...byBlock].flatMap(([block, posts]): ComparableBlock[] => {
    if (posts.length === 0) return [];
    const missing = ids.filter((id) => !posts.some(({ post }) => post.variantId === id));
    const reason =
      missing.length > 0
        ? `its block has no comparable post of ${missing.join(", ")}`
        : unlikeness(
            posts.map(({ post }) => post),
            view,
          );
    if (reason === undefined) {
      const ofArms = new Map(ids.map((id) => [id, posts.find(({ post }) => post.variantId === id)!]));
      postIds.push(...(isOneOfEach ? [...ofArms.values()] : posts).map(({ post }) => post.postId));
      return [{ block, posts: ofArms }];
    }
    excluded.push(...posts.map(({ post }) => ({ postId: post.postId, reason })));
    return [];
  });
  return { blocks, postIds, excluded };
}

/** The latest reading near the decision age; a later reading replaces an earlier one. */
export function snapshotAtDecisionAge(post: Post, { brief, readings, policy }: View): OutcomeSnapshot | undefined {
  const age = decisionAgeHours(brief);
  const tolerance = ageToleranceHours(brief, policy);
  return readings.get(post.postId)?.findLast(({ ageHours }) => Math.abs(ageHours - age) <= tolerance);
}

/** How far from the decision age a reading may be: 10 % or 2 hours, whichever is more. */
export function ageToleranceHours(brief: Brief, { captureAge }: ValidityPolicy): number {
  return Math.max(captureAge.toleranceShare * decisionAgeHours(brief), captureAge.toleranceHours);
}

/** Required metrics that a reading does not tell; a value that is no finite number is missing too (law L11). */
export function missingMetrics(snapshot: OutcomeSnapshot | undefined, metrics: readonly string[]): string[] {
  return metrics.filter((metric) => !Number.isFinite(snapshot?.metrics[metric] ?? Number.NaN));
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

/** What makes the posts of a block unlike each other though it should not, if anything does. */
export function unlikeness(posts: readonly Post[], view: View): string | undefined {
  const { fields, policy } = view;
  const differs = (of: (post: Post) => unknown) => new Set(posts.map(of).filter((value) => value !== undefined)).size > 1;
  if (differs(({ account }) => account)) return "its block spreads over several accounts";
  if (differs(({ surface }) => surface)) return "its block spreads over several surfaces";
  if (!testsLane(view) && differs(({ lane }) => lane)) return "its block spreads over several lanes";
  if (!fields.includes("format") && differs(({ format }) => format)) return "its block mixes formats";
  const lengths = posts.flatMap(({ durationMs }) => durationMs ?? []);
  if (!fields.includes("format") && lengths.length > 1 && Math.max(...lengths) > Math.min(...lengths) * durationFactorMax)
    return "its block's posts differ in duration by more than 15 %";
  const off = clockFault(posts, view);
  return off !== undefined && off.minutes > policy.blocks.voidGapMinutes ? off.text : undefined;
}

/** A coupled duration may move by 15 % (validity note 2). */
const durationFactorMax = 1.15;

/**
 * How far the posts of a block are from where they should stand together on the clock: from each other, or, where the slot itself is under test,
 * from their plans. Undefined where the block knows no clock (replies to a post on a day).
 */
export function clockFault(posts: readonly Post[], view: View): { minutes: number; text: string } | undefined {
  const published = posts.flatMap((post) => (post.publishedMs === undefined ? [] : [{ ...post, publishedMs: post.publishedMs }]));
  if (testsSlot(view)) {
    const minutes = Math.max(0, ...published.map(delayMinutes));
    return { minutes, text: `a post of its block went out ${Math.round(minutes)} minutes from its planned slot` };
  }
  const { block }: ExperimentTypeFacts = experimentTypes[view.brief.experimentType];
  if (!block.includes("slotCell")) return undefined;
  if (block.includes("weekdayClass") && published.some(leftItsDayClass))
    return { minutes: Infinity, text: "a post of its block was moved between weekdays and weekend" };
  const minutes = clockGapMinutes(published);
  return { minutes, text: `its block's posts went out ${Math.round(minutes)} minutes of the clock apart` };
}

/** In a lane test publishing is the outcome: a post that failed counts, and its figures come from its attempts. */
function readingToCompare(post: Post, view: View): OutcomeSnapshot | undefined {
  const read = snapshotAtDecisionAge(post, view);
  if (!testsLane(view) || !(wasPublished(post.status) || isLost(post, view.brief))) return read;
  const atMs = post.publishedMs ?? post.attempts.at(-1)?.atMs ?? post.slot.startMs;
  const bare = read ?? { postId: post.postId, ageHours: 0, capturedAtMs: atMs, recordedAt: atMs, metrics: {} };
  return { ...bare, metrics: withOperationalMetrics(post, decisionAgeHours(view.brief), bare.metrics) };
}

function exclusion(post: Post, snapshot: OutcomeSnapshot | undefined, view: View): string | undefined {
  const { brief } = view;
  const required = requiredMetrics(brief);
  if (!testsLane(view)) {
    if (!wasPublished(post.status)) return `it was not published (${post.status})`;
    if (post.status === "takenDown") return "it was taken down";
    if (!deliveredAsPlanned(post, brief)) return `the field under test did not arrive: ${post.defects!.join(", ")}`;
  } else if (!wasPublished(post.status) && !isLost(post, brief)) return `it has not ended (${post.status})`;
  if (post.boosted === true) return "it was boosted";
  if (post.collab === true) return "it is a collaboration";
  if (post.crossPosted === true) return "it was cross-posted";
  const incident = incidentsOf(post, view)[0];
  if (incident !== undefined && !required.every(isOperational)) return `the platform had restricted the account (${incident.signal})`;
  if (snapshot === undefined) return "there is no reading at the decision age";
  const missing = missingMetrics(snapshot, required);
  return missing.length === 0 ? undefined : `${missing.join(", ")} could not be read`;
}
