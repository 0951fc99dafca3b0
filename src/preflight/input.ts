// What the guards look at. Files on disk are read elsewhere and arrive as facts (see mediaLibrary.ts).
import type {
  AccountSignal,
  Brief,
  MediaRef,
  Platform,
  PostMeta,
  PreflightInputDocument,
  Quota,
  Surface,
  Variant,
} from "../domain/index.ts";

export interface PreflightAccount {
  readonly id: string;
  readonly platform: Platform;
  /** Signals nobody has cleared yet. */
  readonly openSignals: readonly AccountSignal[];
  /** What is used and reserved of the account's quotas; left out, it is not known. */
  readonly quotas?: readonly Quota[];
}

/** A post of the account that is out, experiment or not. */
export interface RecentPost {
  readonly postId: string;
  readonly caption: string;
  readonly publishedMs: number;
  readonly media?: readonly MediaRef[];
  /** Difference hashes of its pictures, 16 hex digits each, where the files are not at hand. */
  readonly dHashes?: readonly string[];
}

/** US dollars and minutes; a cap left out was not set. */
export type Budgets = PreflightInputDocument["budgets"];

export interface PreflightInput {
  readonly experimentId?: string;
  readonly brief: Brief;
  /** Control first. */
  readonly variants: readonly Variant[];
  readonly account: PreflightAccount;
  readonly recentPosts: readonly RecentPost[];
  /** Posts that will go out and belong to no experiment. */
  readonly ordinaryPosts?: readonly { readonly startMs: number; readonly surface?: Surface | undefined }[];
  readonly budgets: Budgets;
  /** What is known of the post and no field says; what is left out is not known. */
  readonly meta?: PostMeta;
  /** BCP 47 language of the texts; left out, it is guessed. */
  readonly language?: string;
  /** The first slot of the plan, where there is one already. */
  readonly firstSlotMs?: number;
  readonly nowMs: number;
}
