// What the validity checks look at: plan, posts, readings, history. Never which arm did better. The schema reads documents; `requireSound` refuses
// what no schema can see and what a caller in code may pass by mistake (law L12).
import { z } from "zod";
import {
  accountSignalSchema,
  type AccountSignal,
  countSchema,
  DomainError,
  type Experiment,
  experimentSchema,
  idSchema,
  instantMsSchema,
  labelSchema,
  type OutcomeSnapshot,
  outcomeSnapshotSchema,
  parseWith,
  type Plan,
  planSchema,
  type Post,
  postSchema,
  type Slot,
  slotSchema,
  type Surface,
  surfaceSchema,
} from "../domain/index.ts";

export interface AccountEvent {
  readonly account: string;
  readonly signal: AccountSignal;
  readonly atMs: number;
  /** When somebody cleared it; null while it is open. */
  readonly clearedAtMs: number | null;
}

/** A post of the account outside the experiment, before or during the run; its readings stand among the snapshots. */
export interface HistoryPost {
  readonly postId: string;
  readonly account: string;
  readonly surface: Surface;
  readonly slot: Slot;
  readonly publishedMs: number;
  readonly format?: string;
  readonly durationMs?: number;
}

export interface ValidityInput {
  readonly experiment: Experiment;
  /** With the make-ups that were added since. */
  readonly plan: Plan;
  readonly posts: readonly Post[];
  /** Every reading; duplicates change nothing, those recorded after `asOf` are not seen. */
  readonly snapshots: readonly OutcomeSnapshot[];
  /** Other posts of the account, for throttling (E10) and prognosis (E6); without them these two cannot speak. */
  readonly history?: readonly HistoryPost[];
  readonly accountEvents?: readonly AccountEvent[];
  readonly asOf: number;
  /**
   * Plans anew under a key: how many posts of each variant (in the brief's order) it gives each batch of equal probabilities, in plan order. Needed
   * to judge the ratio of systematic draws (E4''), and no part of a document.
   */
  readonly replay?: (key: string) => readonly (readonly number[])[];
}

const accountEventSchema = z.strictObject({
  account: idSchema,
  signal: accountSignalSchema,
  atMs: instantMsSchema,
  clearedAtMs: instantMsSchema.nullable().default(null),
});

const historyPostSchema = z.strictObject({
  postId: idSchema,
  account: idSchema,
  surface: surfaceSchema,
  slot: slotSchema,
  publishedMs: instantMsSchema,
  format: labelSchema.exactOptional(),
  durationMs: countSchema.exactOptional(),
});

export const validityInputSchema = z.strictObject({
  experiment: experimentSchema,
  plan: planSchema.describe("with the make-ups that were added since"),
  posts: z.array(postSchema).max(100_000),
  snapshots: z.array(outcomeSnapshotSchema).max(1_000_000).describe("every reading; those recorded after asOf are not seen"),
  history: z
    .array(historyPostSchema)
    .max(100_000)
    .exactOptional()
    .describe("other posts of the account; their readings are among snapshots"),
  accountEvents: z.array(accountEventSchema).max(100_000).exactOptional(),
  asOf: instantMsSchema.describe("the present of this check, epoch ms"),
});

/**
 * Reads a document. @param file names it in errors.
 * @throws DomainError `validity-input` naming path, value and fix; `clocks-mixed`, `post-duplicate` as `requireSound`.
 */
export function readValidityInput(document: unknown, file?: string): ValidityInput {
  const input = parseWith(validityInputSchema, document, { code: "validity-input", ...(file !== undefined && { file }) });
  requireSound(input);
  return input;
}

/**
 * Refuses what would make every figure wrong without being seen: posts without a slot, one post told twice in different words, instants and ages that
 * are no numbers, seconds among milliseconds.
 * @throws DomainError `validity-input`, `post-duplicate` or `clocks-mixed`.
 */
export function requireSound({ experiment, plan, posts, snapshots, history = [], accountEvents = [], asOf }: ValidityInput): void {
  const seen = new Map<string, Post>();
  posts.forEach((post, at) => {
    requireSlot(post, `posts[${at}]`);
    const before = seen.get(post.postId);
    // The same post under two variants is a leak (E1), not a mistake of the caller.
    if (before !== undefined && before.variantId === post.variantId && JSON.stringify(before) !== JSON.stringify(post))
      refuse(
        "post-duplicate",
        `posts[${at}].postId`,
        `post ${post.postId} is told twice and differently`,
        "Pass the latest state of each post.",
        post.postId,
      );
    seen.set(post.postId, post);
  });
  const planned = new Set<string>();
  plan.posts.forEach((post, at) => {
    requireSlot(post, `plan.posts[${at}]`);
    if (planned.has(post.postId))
      refuse(
        "post-duplicate",
        `plan.posts[${at}].postId`,
        `the plan holds post ${post.postId} twice`,
        "Give each planned post an id of its own.",
        post.postId,
      );
    planned.add(post.postId);
  });
  const instants = new Instants();
  instants.see("asOf", asOf);
  if (experiment.startMs !== null) instants.see("experiment.startMs", experiment.startMs);
  plan.posts.forEach(({ slot }, at) => instants.see(`plan.posts[${at}].slot.startMs`, slot.startMs));
  posts.forEach(({ slot, publishedMs, attempts }, at) => {
    instants.see(`posts[${at}].slot.startMs`, slot.startMs);
    if (publishedMs !== undefined) instants.see(`posts[${at}].publishedMs`, publishedMs);
    attempts.forEach(({ atMs }, attempt) => instants.see(`posts[${at}].attempts[${attempt}].atMs`, atMs));
  });
  snapshots.forEach(({ ageHours, capturedAtMs, recordedAt }, at) => {
    instants.see(`snapshots[${at}].capturedAtMs`, capturedAtMs);
    instants.see(`snapshots[${at}].recordedAt`, recordedAt);
    if (!(ageHours >= 0 && ageHours < Infinity))
      refuse(
        "validity-input",
        `snapshots[${at}].ageHours`,
        "the age of a reading is a number of hours from 0",
        "Give hours since publication.",
        ageHours,
      );
  });
  history.forEach(({ publishedMs }, at) => instants.see(`history[${at}].publishedMs`, publishedMs));
  accountEvents.forEach(({ atMs }, at) => instants.see(`accountEvents[${at}].atMs`, atMs));
}

/** 1973 in milliseconds, the year 5138 in seconds: no real instant in milliseconds is below it, none in seconds above. */
const secondsBelow = 1e11;

class Instants {
  #first: { path: string; isLow: boolean } | undefined;

  see(path: string, instant: number): void {
    if (!Number.isFinite(instant))
      refuse("validity-input", path, `${path} is no instant`, "Give whole milliseconds since 1970-01-01T00:00Z.", instant);
    const isLow = instant < secondsBelow;
    this.#first ??= { path, isLow };
    if (this.#first.isLow !== isLow)
      refuse(
        "clocks-mixed",
        isLow ? path : this.#first.path,
        `${isLow ? path : this.#first.path} looks like seconds and ${isLow ? this.#first.path : path} like milliseconds`,
        "Give every instant in milliseconds since 1970-01-01T00:00Z.",
        instant,
      );
  }
}

function requireSlot(post: { readonly slot?: Slot | undefined }, path: string): void {
  if (typeof post.slot?.wallTime !== "string")
    refuse("validity-input", `${path}.slot`, `${path}.slot is missing`, "Give each post its slot: startMs, zone, wallTime, cell.");
}

function refuse(code: string, path: string, message: string, fix: string, value?: unknown): never {
  throw new DomainError({ code, path, message, fix, ...(value !== undefined && { value }) });
}
