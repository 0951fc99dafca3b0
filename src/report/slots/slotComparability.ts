// How alike are the publishing slots of two groups of posts? Described, not judged: the groups were not dealt (validity note 1 and 2.2, E5). The clocks
// of day and week carry the weight; shares by hour, weekday and part of the week stand beside them, because each is blind to something.
import { circularEnergyTests, circularWasserstein, defaultValidityPolicy, totalVariation } from "../../erm/index.ts";
import { permutation, type Rng } from "../../random/index.ts";
import { contingencyTest, holm, kolmogorovSmirnov } from "../../stats/index.ts";

/** The slots of one group, post by post. */
export interface GroupSlots {
  readonly id: string;
  /** Hour of the day, in [0, 24). */
  readonly hours: readonly number[];
  /** Day of the week, 0 to 6; undefined where it is not known. */
  readonly days?: readonly number[];
}

interface ShareTest {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
  readonly logP: number;
}

/** `apart`: the posts would have to move by the floor or more, and chance does not explain it. `unproven`: as far, but chance may. */
export type ClockReading = "alike" | "apart" | "unproven" | "tooFew";

export interface ClockComparison {
  readonly clock: "day" | "week";
  readonly periodHours: 24 | 168;
  /** Hours that a post of one group would have to move, on average, for both to stand alike (W1 on the clock). */
  readonly effectHours: number;
  readonly floorHours: number;
  /** Chord energy, labels permuted. Holm over the clocks of the pair. */
  readonly p: number;
  readonly adjustedP: number;
  readonly minP: number;
  readonly exactness: string;
  /** Posts of each group behind p: a drawn sample of larger groups. The effect is that of all posts. */
  readonly postsTested: readonly [number, number];
  readonly reading: ClockReading;
}

export interface SlotPair {
  readonly groups: readonly [string, string];
  readonly n: readonly [number, number];
  readonly clocks: readonly ClockComparison[];
  readonly hour: {
    readonly totalVariation: number;
    readonly chiSquare: ShareTest;
    /** On the line from 0 to 24 h. `largeSampleP` is the one that other packages print; it ignores ties. */
    readonly kolmogorovSmirnov: {
      readonly statistic: number;
      readonly p: number;
      readonly logP: number;
      readonly minP: number;
      readonly exactness: string;
      readonly largeSampleP: number;
    };
  };
  readonly weekday?: { readonly totalVariation: number; readonly chiSquare: ShareTest };
  /**
   * Total variation on 8 cells, daypart by weekday or weekend. Where the source does not say which day is the first, `totalVariation` is null and
   * the range is that of the seven possibilities.
   */
  readonly cells?: { readonly totalVariation: number | null; readonly range: readonly [least: number, most: number] };
}

export interface ComparedGroup {
  readonly id: string;
  readonly posts: number;
  /** Posts by hour of the day, 24 of them. */
  readonly byHour: readonly number[];
  /** Posts by day, 7 of them, in the order of the source; Monday first where the day is known. */
  readonly byWeekday?: readonly number[];
}

const { postsMin, floorHoursOfDay, floorHoursOfWeek, invalidP, draws, drawsBelowFloor } = defaultValidityPolicy.slots;

/** Thresholds of the readings: those of the slot check E5. */
export const slotReadingPolicy = { postsMin, floorHoursOfDay, floorHoursOfWeek, level: invalidP } as const;

/** Posts of a pair that the permutations take: enough to tell a shift of the floor beyond doubt, and a bound on time and memory. */
const postsTestedMax = 300;

/** Every group, and every two groups. `weekIsKnown`: day 0 is Monday. O(groups^2). */
export function compareSlots(
  groups: readonly GroupSlots[],
  { rng, weekIsKnown }: { readonly rng: Rng; readonly weekIsKnown: boolean },
): { groups: ComparedGroup[]; pairs: SlotPair[] } {
  return {
    groups: groups.map(({ id, hours, days }) => ({
      id,
      posts: hours.length,
      byHour: hourCounts(hours),
      ...(days !== undefined && { byWeekday: dayCounts(days) }),
    })),
    pairs: groups.flatMap((one, at) =>
      groups.slice(at + 1).map((other) => comparePair(one, other, weekIsKnown, rng.fork([one.id, other.id]))),
    ),
  };
}

function comparePair(a: GroupSlots, b: GroupSlots, weekIsKnown: boolean, rng: Rng): SlotPair {
  const [hoursA, hoursB] = [hourCounts(a.hours), hourCounts(b.hours)];
  const exact = kolmogorovSmirnov(a.hours, b.hours);
  const days = a.days !== undefined && b.days !== undefined ? ([a.days, b.days] as const) : undefined;
  return {
    groups: [a.id, b.id],
    n: [a.hours.length, b.hours.length],
    clocks: clockComparisons(a, b, rng),
    hour: {
      totalVariation: totalVariation(hoursA, hoursB),
      chiSquare: shareTest(hoursA, hoursB),
      kolmogorovSmirnov: {
        statistic: exact.statistic,
        p: exact.p,
        logP: exact.logP,
        minP: exact.minP,
        exactness: exact.exactness,
        largeSampleP: kolmogorovSmirnov(a.hours, b.hours, { method: "asymptotic" }).p,
      },
    },
    ...(days !== undefined && {
      weekday: {
        totalVariation: totalVariation(dayCounts(days[0]), dayCounts(days[1])),
        chiSquare: shareTest(dayCounts(days[0]), dayCounts(days[1])),
      },
      cells: cellComparison(a, b, days, weekIsKnown),
    }),
  };
}

function clockComparisons(a: GroupSlots, b: GroupSlots, rng: Rng): ClockComparison[] {
  const sampleA = drawn(a, b, rng.fork(["sample", "0"]));
  const sampleB = drawn(b, a, rng.fork(["sample", "1"]));
  const clocks = [
    { clock: "day", periodHours: 24, floorHours: floorHoursOfDay, position: ({ hours }: GroupSlots) => hours },
    ...(a.days === undefined || b.days === undefined
      ? []
      : [{ clock: "week", periodHours: 168, floorHours: floorHoursOfWeek, position: hoursOfWeek } as const]),
  ] as const;
  const effects = clocks.map(({ periodHours, position }) => circularWasserstein(position(a), position(b), periodHours));
  const isFar = effects.some((effectHours, at) => effectHours >= clocks[at]!.floorHours);
  const tests = circularEnergyTests(
    {
      clocks: clocks.map(({ periodHours, position }) => ({ periodHours, hours: [...position(sampleA), ...position(sampleB)] })),
      arm: [...sampleA.hours.map(() => 0), ...sampleB.hours.map(() => 1)],
    },
    { rng: rng.fork(["energy"]), draws: isFar ? draws : drawsBelowFloor },
  );
  const adjusted = holm(tests.map(({ p }) => p));
  const isSmall = Math.min(a.hours.length, b.hours.length) < postsMin;
  return clocks.map(({ clock, periodHours, floorHours }, at) => {
    const effectHours = effects[at]!;
    const { p, minP, exactness } = tests[at]!;
    const adjustedP = adjusted[at]!;
    return {
      clock,
      periodHours,
      effectHours,
      floorHours,
      p,
      adjustedP,
      minP,
      exactness,
      postsTested: [sampleA.hours.length, sampleB.hours.length],
      reading: isSmall ? "tooFew" : effectHours < floorHours ? "alike" : adjustedP <= invalidP ? "apart" : "unproven",
    };
  });
}

/** All posts of a group, or a random part of a large one: half of the room, and what the other group leaves of its own. */
function drawn(group: GroupSlots, other: GroupSlots, rng: Rng): GroupSlots {
  const { id, hours, days } = group;
  const room = Math.max(postsTestedMax / 2, postsTestedMax - other.hours.length);
  if (hours.length <= room) return group;
  const chosen = permutation(rng, hours.length).slice(0, room);
  return { id, hours: chosen.map((at) => hours[at]!), ...(days !== undefined && { days: chosen.map((at) => days[at]!) }) };
}

const hoursOfWeek = ({ hours, days = [] }: GroupSlots): number[] => hours.map((hour, at) => days[at]! * 24 + hour);

function cellComparison(
  a: GroupSlots,
  b: GroupSlots,
  [daysA, daysB]: readonly [readonly number[], readonly number[]],
  weekIsKnown: boolean,
): NonNullable<SlotPair["cells"]> {
  const firstDays = weekIsKnown ? [0] : [0, 1, 2, 3, 4, 5, 6];
  const found = firstDays.map((first) => totalVariation(cellCounts(a.hours, daysA, first), cellCounts(b.hours, daysB, first)));
  return { totalVariation: weekIsKnown ? found[0]! : null, range: [Math.min(...found), Math.max(...found)] };
}

/** Four dayparts of weekdays, then of weekends; `first` is the day of the week that day 0 is. */
function cellCounts(hours: readonly number[], days: readonly number[], first: number): number[] {
  return counted(
    hours.map((hour, at) => ((days[at]! + first) % 7 >= 5 ? 4 : 0) + Math.floor(hour / 6)),
    8,
  );
}

const hourCounts = (hours: readonly number[]) => counted(hours.map(Math.floor), 24);

const dayCounts = (days: readonly number[]) => counted(days, 7);

function counted(cells: readonly number[], size: number): number[] {
  const counts = Array.from({ length: size }, () => 0);
  for (const cell of cells) counts[cell]!++;
  return counts;
}

function shareTest(a: readonly number[], b: readonly number[]): ShareTest {
  const { statistic, df, p, logP } = contingencyTest([a, b]);
  return { statistic, df, p, logP };
}
