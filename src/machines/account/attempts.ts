// Publish attempts as the account remembers them: two failures in a row hold their lane, three of the last ten pause everything on the account
// (validity note 2.5, stop early). The decision policy has the same limits for the attempts of one experiment; a test holds the two together.
import { type Lane, type LaneHealth, lanes } from "../../domain/index.ts";
import type { AccountContext, AttemptEnd, LaneRecord } from "./types.ts";

export const publishFailureLimits = { holdAtConsecutive: 2, pauseAtFailures: 3, ofAttempts: 10 } as const;

type Memory = Pick<AccountContext, "attempts" | "lanes">;

const openLane = (): LaneRecord => ({ health: "open", failures: 0 });

export function freshMemory(): Memory {
  return { attempts: [], lanes: Object.fromEntries(lanes.map((lane) => [lane, openLane()])) as Memory["lanes"] };
}

/** The attempts with one more, the oldest gone once there are enough. */
export function withAttempt(attempts: readonly AttemptEnd[], end: AttemptEnd): AttemptEnd[] {
  return [...attempts, end].slice(-publishFailureLimits.ofAttempts);
}

export function failuresIn(attempts: readonly AttemptEnd[]): number {
  return attempts.filter((end) => end === "failed").length;
}

/** True if so many of the last attempts failed that everything on the account pauses. */
export function failsTooOften(attempts: readonly AttemptEnd[]): boolean {
  return failuresIn(attempts) >= publishFailureLimits.pauseAtFailures;
}

/** A lane after one more attempt. Only a person opens a held one. */
export function laneAfter({ health, failures }: LaneRecord, end: AttemptEnd): LaneRecord {
  const inARow = end === "failed" ? failures + 1 : 0;
  return { health: health === "held" || inARow >= publishFailureLimits.holdAtConsecutive ? "held" : healthAfter(end), failures: inARow };
}

function healthAfter(end: AttemptEnd): LaneHealth {
  return end === "failed" ? "degraded" : "open";
}

/** True if one more failure holds a lane that was not held before. */
export function breaksWith(lanes: AccountContext["lanes"], lane: Lane): boolean {
  return lanes[lane].health !== "held" && laneAfter(lanes[lane], "failed").health === "held";
}

/** The lanes with one of them changed. */
export function withLane(
  lanes: AccountContext["lanes"],
  lane: Lane | undefined,
  change: (record: LaneRecord) => LaneRecord,
): AccountContext["lanes"] {
  return lane === undefined ? lanes : { ...lanes, [lane]: change(lanes[lane]) };
}
