// The pacing ledger: all posts of an account, experiments and ordinary ones, past and planned, and whether one more fits among them. Gaps and day
// caps are counted per surface in the client's zone, quotas per scope in the platform's window (platforms note 2.4, 2.7). Spacing, not disguise.
import { platformOf, type Surface } from "../domain/index.ts";
import { minuteMs } from "./civilDay.ts";
import { densestWindow, insert, nearestMs, remove } from "./instants.ts";
import type { Pace } from "./pacingDefaults.ts";
import { platformQuotas, type Quota } from "./platformQuotas.ts";
import { zoneCalendar } from "./zoneCalendar.ts";

export interface LedgerPost {
  readonly account: string;
  readonly surface: Surface;
  readonly startMs: number;
  /** True for posts of the experiment that is being planned: its own day cap counts these alone. */
  readonly isOwn: boolean;
}

export interface PacingRules {
  /** The client's zone: days are its days. */
  readonly zone: string;
  readonly paceOf: (surface: Surface) => Pace;
  /** Posts of the experiment on a day, on all of its accounts together. */
  readonly ownMaxPerDay?: number;
  /** A gap that the brief asks for between any two posts of the account, whatever the surface. */
  readonly accountGapMinutes?: number;
  /** Nothing before this instant, by account: cool-downs. */
  readonly restsUntilMs?: ReadonlyMap<string, number>;
}

export type PacingReason = "coolDown" | "gap" | "dayCap" | "experimentDayCap" | "quota";

export interface PacingLedger {
  /** Reserves; whether it fits is asked before. */
  add(this: void, post: LedgerPost): void;
  /** Releases what was added, such as a cancelled post. */
  remove(this: void, post: LedgerPost): void;
  /** The first rule that one more post would break; undefined if it fits. O(log posts). */
  breachOf(this: void, post: LedgerPost): PacingReason | undefined;
}

export function createPacingLedger(rules: PacingRules): PacingLedger {
  const { zone, ownMaxPerDay, accountGapMinutes, restsUntilMs } = rules;
  const calendar = zoneCalendar(zone);
  const sorted = new Map<string, number[]>();
  const counts = new Map<string, number>();

  const listOf = (key: string): number[] => {
    let list = sorted.get(key);
    if (list === undefined) sorted.set(key, (list = []));
    return list;
  };
  const count = (key: string, by: 1 | -1): void => void counts.set(key, (counts.get(key) ?? 0) + by);

  const surfaceKey = ({ account, surface }: LedgerPost): string => `${account}/${surface}`;
  const dayKey = (post: LedgerPost): string => `${surfaceKey(post)}/${calendar.dayNumberAt(post.startMs)}`;
  const ownDayKey = ({ startMs }: LedgerPost): string => `own/${calendar.dayNumberAt(startMs)}`;

  function change(post: LedgerPost, by: 1 | -1): void {
    const move = by === 1 ? insert : remove;
    move(listOf(surfaceKey(post)), post.startMs);
    move(listOf(post.account), post.startMs);
    count(dayKey(post), by);
    if (post.isOwn) count(ownDayKey(post), by);
    for (const quota of quotasOf(post.surface)) {
      if ("dayInZone" in quota.window) count(quotaDayKey(quota, quota.window.dayInZone, post), by);
      else move(listOf(scopeKey(quota, post)), post.startMs);
    }
  }

  function exceedsQuota(post: LedgerPost): boolean {
    return quotasOf(post.surface).some((quota) => {
      const allowed = Math.floor(platformQuotas.headroomShare * quota.cap);
      if ("dayInZone" in quota.window) return (counts.get(quotaDayKey(quota, quota.window.dayInZone, post)) ?? 0) >= allowed;
      const list = listOf(scopeKey(quota, post));
      return list.length >= allowed && densestWindow(list, post.startMs, quota.window.rollingHours * 60 * minuteMs) > allowed;
    });
  }

  return {
    add: (post) => change(post, 1),
    remove: (post) => change(post, -1),
    breachOf(post) {
      const { maxPerDay, minGapMinutes } = rules.paceOf(post.surface);
      if (post.startMs < (restsUntilMs?.get(post.account) ?? -Infinity)) return "coolDown";
      if (nearestMs(listOf(surfaceKey(post)), post.startMs) < minGapMinutes * minuteMs) return "gap";
      if (accountGapMinutes !== undefined && nearestMs(listOf(post.account), post.startMs) < accountGapMinutes * minuteMs) return "gap";
      if ((counts.get(dayKey(post)) ?? 0) >= maxPerDay) return "dayCap";
      if (post.isOwn && ownMaxPerDay !== undefined && (counts.get(ownDayKey(post)) ?? 0) >= ownMaxPerDay) return "experimentDayCap";
      return exceedsQuota(post) ? "quota" : undefined;
    },
  };
}

const quotasBySurface = new Map<Surface, readonly Quota[]>();

function quotasOf(surface: Surface): readonly Quota[] {
  let quotas = quotasBySurface.get(surface);
  if (quotas === undefined) {
    quotas = platformQuotas.quotas.filter(
      (quota) => quota.platform === platformOf(surface) && (quota.surfaces === undefined || quota.surfaces.includes(surface)),
    );
    quotasBySurface.set(surface, quotas);
  }
  return quotas;
}

function scopeKey(quota: Quota, { account }: LedgerPost): string {
  return quota.scope === "app" ? `quota/${quota.id}` : `quota/${quota.id}/${account}`;
}

function quotaDayKey(quota: Quota, zone: string, post: LedgerPost): string {
  return `${scopeKey(quota, post)}/${zoneCalendar(zone).dayNumberAt(post.startMs)}`;
}
