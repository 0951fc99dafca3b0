// What a post remembers, hears and is started with.
import type { AccountSignal, ErrorClass, Lane } from "../../domain/index.ts";
import type { Envelope } from "../events.ts";
import type { Clearance, Preparation } from "./clearance.ts";

export interface PostContext {
  postId: string;
  experimentId: string;
  account: string;
  lane: Lane;
  contentHash: string;
  attemptKey: string;
  slotMs: number;
  /** A post later than this has left its slot bin: it is missed, never sent late by itself. */
  latestMs: number;
  sentAtMs: number | null;
  /** What the platform gave to ask with. */
  handle: string | null;
  /** When the platform itself will make it public; null unless it said so. */
  platformAtMs: number | null;
  platformPostId: string | null;
  publishedMs: number | null;
  /** Fields that did not arrive as sent. */
  defects: string[];
  /** Reads, polls or reminders in the present phase. */
  tries: number;
  errorClass: PostError | null;
  reason: string | null;
}

/** Why a post was not published: the platform's answer by class, or that it was never there, or that a person did not want to. */
export type PostError = ErrorClass | "absent" | "declined";

export type PostEvent = Envelope &
  (
    | { type: "prepared"; preparation: Preparation }
    | { type: "due"; clearance: Clearance }
    | { type: "hold"; reason: string }
    | { type: "cancel"; reason: string }
    | { type: "released" }
    | { type: "submitted" }
    | { type: "accepted"; handle: string }
    | { type: "platformScheduled"; handle: string; publishAtMs: number }
    | { type: "userNeeded" }
    | { type: "confirmed"; by: string; platformPostId: string }
    | { type: "declined"; by: string; reason: string }
    | { type: "processing" }
    | { type: "processed"; platformPostId: string }
    | { type: "withdrawn" }
    /** `windowMs`: length of the rate limit's window, where the platform says it. */
    | { type: "refused"; errorClass: ErrorClass; signal?: AccountSignal; windowMs?: number }
    | { type: "unknown"; reason: string }
    | { type: "found"; platformPostId: string }
    | { type: "absent" }
    | { type: "several"; platformPostIds: string[] }
    | { type: "resolved"; by: string; platformPostId?: string }
    | { type: "finalised"; url: string; publishedMs: number; defects?: string[] }
    | { type: "visible"; url: string; checkedAtMs: number }
    | { type: "gone"; checkedAtMs: number }
  );

export interface PostInput {
  postId: string;
  experimentId: string;
  account: string;
  /** `api` if left out. */
  lane?: Lane;
  contentHash: string;
  attemptKey: string;
  slotMs: number;
  latestMs: number;
}
