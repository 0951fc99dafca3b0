// Zones change by law, at short notice: a slot keeps the version of the zone rules that gave its instant, and is resolved anew before anybody relies on it
// (platforms note 2.9: the wall time is the truth for the future).
import { isDomainError, type Issue, type PlannedPost } from "../domain/index.ts";
import { resolveWallTime, wallTimeAt } from "./calendar.ts";

export interface ZoneCheck {
  /** Slots that are not where they were planned any more. */
  readonly moved: readonly Issue[];
  /** What a person should know though nothing moved. */
  readonly notes: readonly string[];
}

/** Resolves every slot with the rules of now. Pure. @param tzdbVersion of those rules, such as `2026b`. @throws DomainError `zone-unknown`. */
export function checkZoneRules(posts: readonly Pick<PlannedPost, "postId" | "slot">[], tzdbVersion: string): ZoneCheck {
  const moved = posts.flatMap(({ postId, slot }): Issue[] => {
    const { startMs, zone, wallTime } = slot;
    const now = instantOf(wallTime, zone);
    if (now === startMs) return [];
    const was = `${wallTime} in ${zone} was planned as ${wallTimeAt(startMs, "UTC")} UTC (zone rules ${slot.tzdbVersion ?? "of a version nobody noted"})`;
    return [
      {
        code: "zone-rules-changed",
        path: `posts.${postId}.slot`,
        message: `${was} and is ${now === undefined ? "skipped by the clock" : `${wallTimeAt(now, "UTC")} UTC`} under ${tzdbVersion}`,
        fix: "Plan again, and let the new plan be approved.",
      },
    ];
  });
  const others = [...new Set(posts.flatMap(({ slot }) => slot.tzdbVersion ?? []))].filter((version) => version !== tzdbVersion);
  return {
    moved,
    notes:
      moved.length > 0 || others.length === 0
        ? []
        : [`Zone rules are ${tzdbVersion} now and were ${others.join(", ")} when this was planned: every slot is still at its instant.`],
  };
}

function instantOf(wallTime: string, zone: string): number | undefined {
  try {
    return resolveWallTime(wallTime, zone).instantMs;
  } catch (error) {
    if (isDomainError(error) && error.code === "wall-time-gap") return undefined;
    throw error;
  }
}
