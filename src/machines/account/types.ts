// What an account remembers and hears.
import type { AccountSignal, ErrorClass, Lane, LaneHealth } from "../../domain/index.ts";
import type { Envelope } from "../events.ts";

export interface LaneRecord {
  health: LaneHealth;
  /** Failures since the last success. */
  failures: number;
}

export type AttemptEnd = "worked" | "failed";

export interface AccountContext {
  accountId: string;
  /** Experiments running on this account, by id. */
  experiments: string[];
  /** The survival signal that stands; null when all is well. */
  signal: AccountSignal | null;
  /** Until then the account rests, whatever a person says; null if nothing has to be waited out. */
  restUntilMs: number | null;
  /** Who cleared a signal whose rest is not over yet. */
  clearedBy: string | null;
  lanes: Record<Lane, LaneRecord>;
  /** How the last publish attempts of all lanes ended, oldest first, since a person last cleared the account. */
  attempts: AttemptEnd[];
}

export type AccountEvent = Envelope &
  (
    | { type: "attached"; experimentId: string }
    | { type: "detached"; experimentId: string }
    /** `windowMs`: length of the rate limit's window, where the platform says it. */
    | { type: "signal"; signal: AccountSignal; lane?: Lane; windowMs?: number }
    | { type: "suspended"; reason: string }
    | { type: "reinstated"; by: string }
    | { type: "cleared"; by: string }
    /** A post's attempt ended, once for each post: it never went out, or it did. */
    | { type: "laneFailed"; lane: Lane; errorClass: ErrorClass | "absent" }
    | { type: "laneWorked"; lane: Lane }
    | { type: "laneHeld"; lane: Lane; reason: string }
    | { type: "laneOpened"; lane: Lane; by: string }
  );
