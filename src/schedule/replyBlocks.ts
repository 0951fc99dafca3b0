// Engagement experiments publish nothing: a person answers comments, and each suggested reply is a unit. Blocks are post x day (docs: experiment types);
// inside a block arms are dealt in rounds, every arm once in each round, the order of a round drawn by its own key (assignment note 2.7).
import { windowDaysMax } from "../catalogue/index.ts";
import {
  type Assignment,
  type ExposurePlan,
  type RunWindow,
  type Surface,
  weekdayClass,
  type WorkingHours,
  dateOf,
  dayMs,
  dayNumberOf,
  minuteOf,
  wallTimeOf,
  weekdayOfDay,
} from "../domain/index.ts";
import { permutation, type Rng } from "../random/index.ts";
import type { OpenBlock } from "./blocks.ts";
import type { PlacedSlot } from "./slotPlacer.ts";
import { openSpans } from "./slotOffer.ts";
import { zoneCalendar } from "./zoneCalendar.ts";

/**
 * The arm for the next comment under a post on a day, and how likely every arm was. Balanced after every round; comments of one round get different
 * arms. Pure: the same position gets the same arm, whoever asks and how often.
 * @param rng the plan's: `createRng(seed)`. @param block.postId the post that is commented. @param block.date the day in the client's zone.
 * @param position 0 for the first comment of the block, and so on.
 */
export function dealReply(
  rng: Rng,
  block: { readonly experimentId: string; readonly postId: string; readonly date: string },
  variantIds: readonly string[],
  position: number,
): { readonly variantId: string; readonly assignment: Assignment } {
  const arms = variantIds.length;
  const round = rng.fork(["reply", block.experimentId, block.postId, block.date, String(Math.floor(position / arms))]);
  return {
    variantId: variantIds[permutation(round, arms)[position % arms]!]!,
    assignment: {
      mode: "blocked",
      probabilities: Object.fromEntries(variantIds.map((variantId) => [variantId, 1 / arms])),
      key: round.seed,
    },
  };
}

/**
 * Rounds of suggestions spread evenly over the days of the window, each in the hours of a cell. When a comment comes nobody knows: the times say
 * how many suggestions a day of the desk holds.
 * @returns fewer rounds than wanted where the days cannot hold more.
 */
export function replyRounds(
  exposurePlan: ExposurePlan,
  window: RunWindow,
  where: { readonly account: string; readonly surface: Surface },
  arms: number,
  options: { readonly working: readonly WorkingHours[] | undefined; readonly notBeforeMs: number },
): OpenBlock[] {
  const calendar = zoneCalendar(window.zone);
  const wanted = exposurePlan.postsPerVariant;
  const roundsPerDayMax = Math.floor((exposurePlan.cadence.maxPerDay ?? Infinity) / arms);
  const occasions = occasionsOf(exposurePlan, window, options).map((occasion) => ({
    ...occasion,
    capacity: Math.min(Math.floor(occasion.minutes.length / arms), roundsPerDayMax),
    rounds: 0,
  }));
  // Level by level: every day has a first round before any has a second.
  const roundsOfDay = new Map<number, number>();
  let placed = 0;
  for (let level = 1; placed < wanted; level++) {
    const before = placed;
    for (const occasion of occasions) {
      const ofDay = roundsOfDay.get(occasion.dayNumber) ?? 0;
      if (placed === wanted || occasion.capacity < level || ofDay >= roundsPerDayMax) continue;
      occasion.rounds++;
      roundsOfDay.set(occasion.dayNumber, ofDay + 1);
      placed++;
    }
    if (placed === before) break;
  }
  return occasions.flatMap(({ rounds, cell, dayNumber, minutes }) => {
    const slots = Array.from({ length: rounds * arms }, (_, at): PlacedSlot => {
      const minute = minutes[Math.floor(((at + 0.5) * minutes.length) / (rounds * arms))]!;
      const [startMs] = calendar.instantsOf(dayNumber, minute);
      return {
        startMs: startMs!,
        wallTime: wallTimeOf(dayNumber, minute),
        cell,
        dayNumber,
        weekdayClass: weekdayClass(weekdayOfDay(dayNumber)),
        ...where,
        isFold: false,
      };
    });
    return Array.from({ length: rounds }, (_, round) => ({
      label: `${cell.slice(0, 80)} ${dateOf(dayNumber)}${rounds > 1 ? ` round ${round + 1}` : ""}`,
      slots: slots.slice(round * arms, (round + 1) * arms).map((slot) => [slot]),
    }));
  });
}

interface Occasion {
  readonly cell: string;
  readonly dayNumber: number;
  /** Open minutes of the day, ascending. */
  readonly minutes: readonly number[];
}

/** Every cell on every day of the window, with the minutes that are open and still to come. */
function occasionsOf(
  { cells }: ExposurePlan,
  window: RunWindow,
  { working, notBeforeMs }: { readonly working: readonly WorkingHours[] | undefined; readonly notBeforeMs: number },
): Occasion[] {
  const calendar = zoneCalendar(window.zone);
  const [first, end] = [dayNumberOf(window.start), dayNumberOf(window.end)];
  const last = Math.min(end, first + windowDaysMax);
  const ordered = cells.toSorted((a, b) => minuteOf(a.from) - minuteOf(b.from));
  const table = ordered.map((cell) =>
    Object.fromEntries(cell.weekdays.map((weekday) => [weekday, openSpans(cell, weekday, working).flatMap(minutesOf)])),
  );
  const occasions: Occasion[] = [];
  for (let dayNumber = first; dayNumber <= last; dayNumber++)
    for (const [at, { cell }] of ordered.entries()) {
      let minutes: readonly number[] = table[at]![weekdayOfDay(dayNumber)] ?? [];
      if (dayNumber === first) minutes = minutes.filter((minute) => minute >= minuteOf(window.start));
      if (dayNumber === end) minutes = minutes.filter((minute) => minute < minuteOf(window.end));
      // Only a day of a clock change, and the present one, is looked at minute by minute.
      const [from, until] = [calendar.dayStartMs(dayNumber), calendar.dayStartMs(dayNumber + 1)];
      if (until - from !== dayMs || from <= notBeforeMs)
        minutes = minutes.filter((minute) => (calendar.instantsOf(dayNumber, minute)[0] ?? -Infinity) > notBeforeMs);
      if (minutes.length > 0) occasions.push({ cell, dayNumber, minutes });
    }
  return occasions;
}

function minutesOf({ from, to }: { readonly from: number; readonly to: number }): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}
