// When the next post of an account is free at run time. Planning asks the ledger instead, which looks both ways.
import type { Pace } from "../catalogue/index.ts";
import { nextDayStart, wallTimeAt } from "./calendar.ts";

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
