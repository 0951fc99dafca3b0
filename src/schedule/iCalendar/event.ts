// A calendar's event as plans and other calendars have it, and the posts of a plan as events.
import type { Plan, PlannedPost, WallTime } from "../../domain/index.ts";

export interface CalendarEvent {
  /** Stable name of the event. */
  readonly uid: string;
  readonly startMs: number;
  readonly zone: string;
  readonly wallTime: WallTime;
  readonly summary: string;
  readonly description?: string;
  /** What a plan says of its post; absent on events of other calendars. */
  readonly post?: CalendarPost;
}

export type CalendarPost = Pick<PlannedPost, "postId" | "variantId" | "block" | "account" | "surface" | "lane"> & {
  readonly experimentId: string;
  readonly cell: string;
};

/** One event for each post. @param name of a variant for people, by id. */
export function planEvents(
  plan: Pick<Plan, "posts" | "experimentId">,
  name: (variantId: string) => string = (variantId) => variantId,
): CalendarEvent[] {
  return plan.posts.map(({ postId, variantId, block, account, surface, lane, slot }) => ({
    uid: `${postId}@experimentation-os`,
    startMs: slot.startMs,
    zone: slot.zone,
    wallTime: slot.wallTime,
    summary: `${name(variantId)} on ${surface}`,
    description: `Block ${block}, lane ${lane}, account ${account}`,
    post: { postId, experimentId: plan.experimentId, variantId, block, account, surface, lane, cell: slot.cell },
  }));
}

/** Where an event of ours says which post it is. */
export const postProperties = {
  postId: "X-EXPOS-POST",
  experimentId: "X-EXPOS-EXPERIMENT",
  variantId: "X-EXPOS-VARIANT",
  block: "X-EXPOS-BLOCK",
  account: "X-EXPOS-ACCOUNT",
  surface: "X-EXPOS-SURFACE",
  lane: "X-EXPOS-LANE",
  cell: "X-EXPOS-CELL",
} as const satisfies Record<keyof CalendarPost, string>;
