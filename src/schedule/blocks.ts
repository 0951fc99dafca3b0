// Complete blocks: as many slots as arms, of one account, surface, lane, cell, weekday class (and week, in a micro experiment), on the nearest days
// that fit. The block that is complete earliest is taken first. Which arm gets which slot is drawn afterwards, for each block alone.
import { type Brief, type Surface, dateOf, weekNumberOf, mondayOfWeek } from "../domain/index.ts";
import type { LedgerPost, PacingLedger } from "./pacingLedger.ts";
import type { OfferedSlot } from "./slotOffer.ts";
import type { PlacedSlot, SlotPlacer } from "./slotPlacer.ts";

/** A block before its arms are dealt: `slots[position][arm]` is where an arm goes if it is dealt this position. */
export interface OpenBlock {
  /** What its posts have in common, for people: cell, weekday class, week. */
  readonly label: string;
  readonly slots: readonly (readonly PlacedSlot[])[];
}

/** Slots that may share a block, in time order. */
export interface Stratum {
  readonly label: string;
  readonly account: string;
  readonly surface: Surface;
  /** For each position in time the slot of every arm: one slot for all, unless the slot itself is under test. */
  readonly offers: readonly (readonly OfferedSlot[])[];
}

/** Posts of a micro experiment are compared within a week, and so are those of a slot test. */
export function isBlockedByWeek(brief: Brief): boolean {
  return brief.experimentType === "micro" || brief.variableUnderTest === "slot";
}

/** Sorts offered slots into strata; the variable under test is not part of the key. */
export function strataOf(
  offered: readonly OfferedSlot[],
  places: readonly { readonly account: string; readonly surface: Surface }[],
  byWeek: boolean,
): Stratum[] {
  const names = (slot: OfferedSlot): string =>
    [slot.cell.slice(0, 80), slot.weekdayClass, ...(byWeek ? [weekOf(slot.dayNumber)] : [])].join(" ");
  const groups = Map.groupBy(offered, (slot) => `${names(slot)}/${slot.cell}/${slot.place}`);
  return places.flatMap(({ account, surface }) =>
    [...groups.values()].map((slots) => ({
      label: [names(slots[0]!), ...(places.length > 1 ? [account.slice(0, 60), surface] : [])].join(" "),
      account,
      surface,
      offers: slots.map((slot) => [slot]),
    })),
  );
}

/**
 * The strata of a slot test: a block is so many days of one week and weekday class, and each arm has its own cell on every day of it.
 * @param armCells the cell of each arm, control first.
 */
export function slotTestStrata(
  offered: readonly OfferedSlot[],
  places: readonly { readonly account: string; readonly surface: Surface }[],
  armCells: readonly string[],
): Stratum[] {
  const days = Map.groupBy(offered, ({ dayNumber }) => dayNumber);
  const whole = [...days.values()].flatMap((slots) => {
    const own = armCells.map((cell) => slots.find((slot) => slot.cell === cell && slot.place === 0));
    return own.every((slot) => slot !== undefined) ? [own] : [];
  });
  const groups = Map.groupBy(whole, ([slot]) => `${slot!.weekdayClass} ${weekOf(slot!.dayNumber)}`);
  return places.flatMap(({ account, surface }) =>
    [...groups].map(([label, offers]) => ({
      label: [label, ...(places.length > 1 ? [account.slice(0, 60), surface] : [])].join(" "),
      account,
      surface,
      offers,
    })),
  );
}

/**
 * Takes blocks until there are enough or none is left. What is taken is added to the ledger through `deal`, which decides the arm of each position.
 * O(blocks x strata) plus one look at each slot.
 * @param arms posts in a block. @param deal called once for each block in the order taken; returns the posts that go into the ledger.
 */
export function takeBlocks(
  strata: readonly Stratum[],
  arms: number,
  wanted: number,
  placer: SlotPlacer,
  ledger: PacingLedger,
  deal: (block: OpenBlock, number: number) => readonly PlacedSlot[],
): number {
  const searches = strata.map((stratum): Search => ({
    stratum,
    next: 0,
    block: undefined,
    earliestMs: earliestEnd(stratum, 0, arms, placer),
  }));
  let taken = 0;
  while (taken < wanted) {
    let best: Search | undefined;
    let bestMs = Infinity;
    for (const search of searches) {
      // Most strata begin after the best block so far is complete: they are not searched at all.
      if (search.earliestMs >= bestMs) continue;
      if (search.block === undefined || !stillFits(search.block, ledger)) search.block = nextBlock(search, arms, placer, ledger);
      const endMs = search.block === undefined ? Infinity : endOf(search.block);
      if (endMs < bestMs) [best, bestMs] = [search, endMs];
    }
    if (best?.block === undefined) return taken;
    const { label } = best.stratum;
    for (const slot of deal({ label, slots: best.block }, ++taken)) ledger.add(ledgerPost(slot));
    best.block = undefined;
  }
  return taken;
}

/** Where the search for the next block of a stratum stands. */
interface Search {
  readonly stratum: Stratum;
  /** The first position that may still be taken. */
  next: number;
  block: PlacedSlot[][] | undefined;
  /** No block from `next` on is complete before. */
  earliestMs: number;
}

function earliestEnd({ offers }: Stratum, next: number, arms: number, placer: SlotPlacer): number {
  const last = offers[next + arms - 1]?.[0];
  return last === undefined ? Infinity : placer.dayStartMs(last.dayNumber);
}

/** The first positions of a stratum that fit, with each other too; positions that nothing can help are passed for good. */
function nextBlock(search: Search, arms: number, placer: SlotPlacer, ledger: PacingLedger): PlacedSlot[][] | undefined {
  const { offers } = search.stratum;
  const chosen: PlacedSlot[][] = [];
  const added: PlacedSlot[] = [];
  for (let at = search.next; at < offers.length && chosen.length < arms; at++) {
    const slots = placedAll(offers[at]!, search.stratum, placer);
    if (slots === undefined) {
      if (chosen.length === 0) search.next = at + 1;
      continue;
    }
    // Each arm may be dealt this position, so all of its slots are held until the block is whole.
    chosen.push(slots);
    for (const slot of slots) {
      ledger.add(ledgerPost(slot));
      added.push(slot);
    }
  }
  for (const slot of added) ledger.remove(ledgerPost(slot));
  search.earliestMs = earliestEnd(search.stratum, search.next, arms, placer);
  return chosen.length === arms ? chosen : undefined;
}

/** One slot for each arm, or none: a position that only some arms could take would make chance depend on the calendar. */
function placedAll(offer: readonly OfferedSlot[], where: Stratum, placer: SlotPlacer): PlacedSlot[] | undefined {
  const slots: PlacedSlot[] = [];
  for (const slot of offer) {
    const placed = placer.place(slot, where);
    if (placed === undefined) return undefined;
    slots.push(placed);
  }
  return slots;
}

/** Position by position as it was found: two posts that each fit alone may be one too many for a day. */
function stillFits(block: readonly (readonly PlacedSlot[])[], ledger: PacingLedger): boolean {
  const added: LedgerPost[] = [];
  const fits = block.every((slots) => {
    const posts = slots.map(ledgerPost);
    if (posts.some((post) => ledger.breachOf(post) !== undefined)) return false;
    for (const post of posts) ledger.add(post);
    added.push(...posts);
    return true;
  });
  for (const post of added) ledger.remove(post);
  return fits;
}

function endOf(block: readonly (readonly PlacedSlot[])[]): number {
  return Math.max(...block.at(-1)!.map(({ startMs }) => startMs));
}

function ledgerPost({ account, surface, startMs }: PlacedSlot): LedgerPost {
  return { account, surface, startMs, isOwn: true };
}

/** The Monday of the week, such as `week of 2027-03-01`. */
function weekOf(dayNumber: number): string {
  return `week of ${dateOf(mondayOfWeek(weekNumberOf(dayNumber)))}`;
}
