// The pacing ledger: all posts of an account, experiments and ordinary ones, past and planned, and whether one more fits among them. Gaps and day
// caps are counted per surface in the client's zone, quotas per scope in the platform's window (platforms note 2.4, 2.7). Spacing, not disguise.
import { countedQuotas, type Pace, type Quota } from "../catalogue/index.ts";
import { type Surface, minuteMs } from "../domain/index.ts";
import { densestWindow, insert, nearestMs, remove } from "./instants.ts";
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
  /** Asked once for each place. */
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

/** What is posted in one place, or counted for one quota: instants in order, and how many on each day number. */
interface Tally {
  readonly sortedMs: number[];
  readonly perDay: Map<number, number>;
}

interface SurfaceTally extends Tally {
  readonly pace: Pace;
}

export function createPacingLedger(rules: PacingRules): PacingLedger {
  const { zone, ownMaxPerDay, accountGapMinutes, restsUntilMs } = rules;
  const calendar = zoneCalendar(zone);
  const accounts = new Map<string, { readonly all: Tally; readonly surfaces: Map<Surface, SurfaceTally> }>();
  const quotaTallies = new Map<Quota, Map<string, Tally>>();
  const own = newTally();

  function talliesOf({ account, surface }: LedgerPost): { all: Tally; onSurface: SurfaceTally } {
    const ofAccount = orNew(accounts, account, () => ({ all: newTally(), surfaces: new Map<Surface, SurfaceTally>() }));
    const onSurface = orNew(ofAccount.surfaces, surface, () => ({ ...newTally(), pace: rules.paceOf(surface) }));
    return { all: ofAccount.all, onSurface };
  }

  function quotaTally(quota: Quota, { account }: LedgerPost): Tally {
    const scopes = orNew(quotaTallies, quota, () => new Map<string, Tally>());
    return orNew(scopes, quota.scope === "app" ? "" : account, newTally);
  }

  function change(post: LedgerPost, by: 1 | -1): void {
    const move = by === 1 ? insert : remove;
    const day = calendar.dayNumberAt(post.startMs);
    const { all, onSurface } = talliesOf(post);
    move(all.sortedMs, post.startMs);
    move(onSurface.sortedMs, post.startMs);
    count(onSurface, day, by);
    if (post.isOwn) count(own, day, by);
    for (const quota of countedQuotas(post.surface)) {
      const tally = quotaTally(quota, post);
      if ("dayInZone" in quota.window) count(tally, zoneCalendar(quota.window.dayInZone).dayNumberAt(post.startMs), by);
      else move(tally.sortedMs, post.startMs);
    }
  }

  function exceedsQuota(post: LedgerPost): boolean {
    return countedQuotas(post.surface).some((quota) => {
      const { sortedMs, perDay } = quotaTally(quota, post);
      if ("dayInZone" in quota.window)
        return (perDay.get(zoneCalendar(quota.window.dayInZone).dayNumberAt(post.startMs)) ?? 0) >= quota.plannable;
      return (
        sortedMs.length >= quota.plannable &&
        densestWindow(sortedMs, post.startMs, quota.window.rollingHours * 60 * minuteMs) > quota.plannable
      );
    });
  }

  return {
    add: (post) => change(post, 1),
    remove: (post) => change(post, -1),
    breachOf(post) {
      const { all, onSurface } = talliesOf(post);
      const { maxPerDay, minGapMinutes } = onSurface.pace;
      if (post.startMs < (restsUntilMs?.get(post.account) ?? -Infinity)) return "coolDown";
      if (nearestMs(onSurface.sortedMs, post.startMs) < minGapMinutes * minuteMs) return "gap";
      if (accountGapMinutes !== undefined && nearestMs(all.sortedMs, post.startMs) < accountGapMinutes * minuteMs) return "gap";
      const day = calendar.dayNumberAt(post.startMs);
      if ((onSurface.perDay.get(day) ?? 0) >= maxPerDay) return "dayCap";
      if (post.isOwn && ownMaxPerDay !== undefined && (own.perDay.get(day) ?? 0) >= ownMaxPerDay) return "experimentDayCap";
      return exceedsQuota(post) ? "quota" : undefined;
    },
  };
}

function newTally(): Tally {
  return { sortedMs: [], perDay: new Map() };
}

function count({ perDay }: Tally, day: number, by: 1 | -1): void {
  perDay.set(day, (perDay.get(day) ?? 0) + by);
}

function orNew<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
