// What the guards look at. Files on disk are probed elsewhere and arrive as facts.
import type { AccountSignal, Brief, Platform, Variant } from "../domain/index.ts";

export interface PreflightAccount {
  readonly id: string;
  readonly platform: Platform;
  /** Signals nobody has cleared yet. */
  readonly openSignals: readonly AccountSignal[];
}

/** A post of the account, experiment or not, of the last 90 days. */
export interface RecentPost {
  readonly postId: string;
  readonly caption: string;
  readonly publishedMs: number;
}

export interface Budgets {
  /** US dollars for the whole experiment; absent means that nobody set a cap. */
  readonly experimentUsd?: number;
  /** Money that one variant costs to make. */
  readonly generationUsdPerVariant?: number;
}

export interface PreflightInput {
  readonly experimentId?: string;
  readonly brief: Brief;
  readonly variants: readonly Variant[];
  readonly account: PreflightAccount;
  readonly recentPosts: readonly RecentPost[];
  readonly budgets: Budgets;
  /** The first slot of the plan, where there is one already. */
  readonly firstSlotMs?: number;
  readonly nowMs: number;
}
