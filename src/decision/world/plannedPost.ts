// What the documents of every simulated experiment share: names, instants, planned posts and the frame of plan and posts around them.
import { contentHash } from "../../canon/index.ts";
import {
  type Brief,
  dayMs,
  dayNumberOf,
  type Lane,
  minuteMs,
  type OutcomeSnapshot,
  type PlannedPost,
  type Post,
  type ScenarioCell,
  wallTimeOf,
} from "../../domain/index.ts";
import type { ValidityInput } from "../../erm/index.ts";
import type { Place } from "./layout.ts";

export const hourMs = 60 * minuteMs;
export const decisionAgeHours = 168;
export const armIds = ["control", "test1", "test2", "test3"] as const;
const experimentId = "world";
const planHash = contentHash("world");
const armHashes = armIds.map((id) => contentHash(id));
const probabilities = [0, 1, 2, 3, 4].map((arms): Readonly<Record<string, number>> =>
  Object.fromEntries(armIds.slice(0, arms).map((id) => [id, 1 / arms])),
);
/** A Monday. */
const startDay = dayNumberOf("2027-03-01");
export const startMs = startDay * dayMs;

export function hashOfArm(arm: number) {
  return armHashes[arm]!;
}

/** Lanes of the arms of a lane test, control first; any other test goes by one. A person suggests and sends every reply. */
const lanesUnderTest = ["browser", "api", "hybrid"] as const satisfies readonly Lane[];

export function laneOf({ variable }: Pick<ScenarioCell, "variable">, arm: number): Lane {
  return variable === "lane" ? lanesUnderTest[arm]! : variable === "reply" ? "browser" : "api";
}

export function slotCellOf({ variable }: Pick<ScenarioCell, "variable">, arm: number): string {
  return variable === "slot" ? `cell${arm}` : "day";
}

/** The slot so many days after the start. */
export function slotAt(day: number, hour: number, cell: string): PlannedPost["slot"] {
  const minute = Math.floor(hour * 60);
  return { startMs: startMs + day * dayMs + minute * minuteMs, zone: "UTC", wallTime: wallTimeOf(startDay + day, minute), cell };
}

export function plannedPost(cell: ScenarioCell, { block, arm, day, hour }: Place, postId: string): PlannedPost {
  const isBlocked = cell.assignment === "blocked";
  return {
    postId,
    experimentId,
    variantId: armIds[arm]!,
    isControl: arm === 0,
    contentHash: hashOfArm(arm),
    account: "account",
    surface: "instagram.reels",
    lane: laneOf(cell, arm),
    block: isBlocked ? `block-${block}` : "dealt",
    slot: slotAt(day, hour, slotCellOf(cell, arm)),
    assignment: { mode: isBlocked ? "blocked" : "random", probabilities: probabilities[cell.arms]!, key: `world/${postId}` },
  };
}

/** Plan, posts and readings as the document that the checks read, long after everything has been read. */
export function documentOf(
  cell: ScenarioCell,
  brief: Brief,
  planned: readonly PlannedPost[],
  posts: readonly Post[],
  snapshots: readonly OutcomeSnapshot[],
): ValidityInput {
  const layers = [`world/instagram.reels/${cell.variable}`];
  return {
    experiment: { experimentId, brief, state: "verifying", layers, briefHash: planHash, planHash, policyHash: null, startMs, endMs: null },
    plan: { experimentId, seed: "world", layers, planHash, posts: [...planned], looks: [cell.blocks], notes: [] },
    posts,
    snapshots,
    asOf: startMs + 600 * dayMs,
  };
}
