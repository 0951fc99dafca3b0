// How densely a surface may be posted to, and when the next post is free at run time. Planning asks the ledger instead, which looks both ways.
import type { Brief, Surface } from "../domain/index.ts";
import { nextDayStart, wallTimeAt } from "./calendar.ts";
import { type Pace, pacingDefaults } from "./pacingDefaults.ts";

/** The stricter of the product's default and the brief's own cadence. */
export function paceOf(surface: Surface, cadence: Brief["exposurePlan"]["cadence"]): Pace {
  const { maxPerDay, minGapMinutes } = pacingDefaults.surfaces[surface];
  return {
    maxPerDay: Math.min(maxPerDay, cadence.maxPerDay ?? maxPerDay),
    minGapMinutes: Math.max(minGapMinutes, cadence.minGapMinutes ?? minGapMinutes),
  };
}

/**
 * The earliest instant from `atMs` on at which one more post is allowed after these.
 * @param sentMs instants of the account's other posts, any order, earlier ones only matter.
 */
export function paceFreeMs(pace: Pace, sentMs: readonly number[], atMs: number, zone: string): number {
  const gapMs = pace.minGapMinutes * 60_000;
  const past = sentMs.filter((ms) => ms <= atMs);
  const afterGap = Math.max(atMs, ...past.map((ms) => ms + gapMs));
  const today = wallTimeAt(afterGap, zone).slice(0, 10);
  const sentToday = past.filter((ms) => wallTimeAt(ms, zone).startsWith(today)).length;
  return sentToday < pace.maxPerDay ? afterGap : nextDayStart(afterGap, zone);
}
