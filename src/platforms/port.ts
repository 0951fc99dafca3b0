// What the product asks of a platform: one write, and reads. Submit has one attempt and is never repeated; check, find, look and readMetrics only
// read and may be repeated for ever; finalise works on a post that is known to exist (platforms note 2.1).
import type { AccountSignal, ErrorClass, Surface } from "../domain/index.ts";

type Awaitable<T> = T | Promise<T>;

export interface SubmitRequest {
  /** Names this one attempt; the same key is never sent twice. */
  readonly attemptKey: string;
  readonly account: string;
  readonly surface: Surface;
  /** The caption exactly as approved. */
  readonly caption: string;
  readonly contentHash: string;
  readonly atMs: number;
}

export type SubmitAnswer =
  /** The platform took it and gave a handle to ask with. */
  | { readonly kind: "accepted"; readonly handle: string }
  /** A definite no: nothing was published. */
  | { readonly kind: "refused"; readonly errorClass: ErrorClass; readonly signal?: AccountSignal; readonly message: string }
  /** No answer, or one that says nothing: it may have been published. */
  | { readonly kind: "unknown"; readonly message: string };

export type CheckAnswer =
  | { readonly kind: "processing" }
  | { readonly kind: "processed"; readonly platformPostId: string }
  | { readonly kind: "refused"; readonly errorClass: ErrorClass; readonly message: string };

export interface FindRequest {
  readonly account: string;
  readonly caption: string;
  readonly sinceMs: number;
  readonly atMs: number;
}

export interface FinaliseAnswer {
  readonly url: string;
  /** The platform's own publish time. */
  readonly publishedMs: number;
  /** Fields that did not arrive as sent, such as `cover`. */
  readonly defects: readonly string[];
}

export interface MetricReading {
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Why a metric is null. */
  readonly missing: Readonly<Record<string, "notYet" | "permission" | "readError" | "removed">>;
}

export interface PublishingPlatform {
  /** The one write. */
  submit(request: SubmitRequest): Awaitable<SubmitAnswer>;
  check(request: { handle: string; atMs: number }): Awaitable<CheckAnswer>;
  /** Platform post ids of the account that carry exactly this caption since then. */
  find(request: FindRequest): Awaitable<readonly string[]>;
  finalise(request: { platformPostId: string; atMs: number }): Awaitable<FinaliseAnswer>;
  look(request: { platformPostId: string; atMs: number }): Awaitable<"visible" | "gone">;
  readMetrics(request: { platformPostId: string; names: readonly string[]; atMs: number }): Awaitable<MetricReading>;
}
