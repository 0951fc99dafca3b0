// How alike are the publishing slots of two groups of posts? Described, not judged: the groups were not dealt (validity note 1 and 2.2, E5). The clocks
// of day and week carry the weight; shares by hour, weekday and part of the week stand beside them, because each is blind to something.
import { circularEnergyTests, circularWasserstein, defaultValidityPolicy, totalVariation } from "../../erm/index.ts";
import { permutation, type Rng } from "../../random/index.ts";
import { contingencyTest, holm, kolmogorovSmirnov } from "../../stats/index.ts";

/** The slots of one group. */
export interface GroupSlots {
  readonly id: string;
  readonly posts: number;
  /** All posts by day and hour: seven rows of 24, or one where the day is not known. */
  readonly counts: readonly (readonly number[])[];
  /** Posts one by one, a random part of a very large group. */
  readonly sample: ClockSample;
}

interface ClockSample {
  /** Hour of the day, in [0, 24). */
  readonly hours: readonly number[];
  /** Day of the week, 0 to 6; left out where it is not known. */
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
  /** Hours that a post of one group would have to move, on average, for both to stand alike (W1 on the clock; at most 20,000 posts a group). */
  readonly effectHours: number;
  readonly floorHours: number;
  /** Chord energy, labels permuted. Holm over the clocks of the pair. */
  readonly p: number;
  readonly adjustedP: number;
  readonly minP: number;
  readonly exactness: string;
  /** Posts of each group behind p: a drawn part of larger groups. */
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
const postsTestedMax = 1_000;

/** Every group, and every two groups. `weekIsKnown`: day 0 is Monday. O(groups^2). */
export function compareSlots(
  groups: readonly GroupSlots[],
  { rng, weekIsKnown }: { readonly rng: Rng; readonly weekIsKnown: boolean },
): { groups: ComparedGroup[]; pairs: SlotPair[] } {
  return {
    groups: groups.map((group) => ({
      id: group.id,
      posts: group.posts,
      byHour: hourCounts(group),
      ...(hasDays(group) && { byWeekday: dayCounts(group) }),
    })),
    pairs: groups.flatMap((one, at) =>
      groups.slice(at + 1).map((other) => comparePair(one, other, weekIsKnown, rng.fork([one.id, other.id]))),
    ),
  };
}

function comparePair(a: GroupSlots, b: GroupSlots, weekIsKnown: boolean, rng: Rng): SlotPair {
  const [hoursA, hoursB] = [hourCounts(a), hourCounts(b)];
  const [timesA, timesB] = [a.sample.hours, b.sample.hours];
  const exact = kolmogorovSmirnov(timesA, timesB);
  return {
    groups: [a.id, b.id],
    n: [a.posts, b.posts],
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
        largeSampleP: kolmogorovSmirnov(timesA, timesB, { method: "asymptotic" }).p,
      },
    },
    ...(hasDays(a) &&
      hasDays(b) && {
        weekday: { totalVariation: totalVariation(dayCounts(a), dayCounts(b)), chiSquare: shareTest(dayCounts(a), dayCounts(b)) },
        cells: cellComparison(a, b, weekIsKnown),
      }),
  };
}

function clockComparisons(a: GroupSlots, b: GroupSlots, rng: Rng): ClockComparison[] {
  const sampleA = drawn(a.sample, b.posts, rng.fork(["sample", "0"]));
  const sampleB = drawn(b.sample, a.posts, rng.fork(["sample", "1"]));
  const clocks = [
    { clock: "day", periodHours: 24, floorHours: floorHoursOfDay, position: ({ hours }: ClockSample) => hours },
    ...(!hasDays(a) || !hasDays(b)
      ? []
      : [{ clock: "week", periodHours: 168, floorHours: floorHoursOfWeek, position: hoursOfWeek } as const]),
  ] as const;
  const effects = clocks.map(({ periodHours, position }) => circularWasserstein(position(a.sample), position(b.sample), periodHours));
  const isFar = effects.some((effectHours, at) => effectHours >= clocks[at]!.floorHours);
  const tests = circularEnergyTests(
    {
      clocks: clocks.map(({ periodHours, position }) => ({ periodHours, hours: [...position(sampleA), ...position(sampleB)] })),
      arm: [...sampleA.hours.map(() => 0), ...sampleB.hours.map(() => 1)],
    },
    { rng: rng.fork(["energy"]), draws: isFar ? draws : drawsBelowFloor },
  );
  const adjusted = holm(tests.map(({ p }) => p));
  const isSmall = Math.min(a.posts, b.posts) < postsMin;
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
function drawn(sample: ClockSample, others: number, rng: Rng): ClockSample {
  const { hours, days } = sample;
  const room = Math.max(postsTestedMax / 2, postsTestedMax - others);
  if (hours.length <= room) return sample;
  const chosen = permutation(rng, hours.length).slice(0, room);
  return { hours: chosen.map((at) => hours[at]!), ...(days !== undefined && { days: chosen.map((at) => days[at]!) }) };
}

const hoursOfWeek = ({ hours, days = [] }: ClockSample): number[] => hours.map((hour, at) => days[at]! * 24 + hour);

function cellComparison(a: GroupSlots, b: GroupSlots, weekIsKnown: boolean): NonNullable<SlotPair["cells"]> {
  const firstDays = weekIsKnown ? [0] : [0, 1, 2, 3, 4, 5, 6];
  const found = firstDays.map((first) => totalVariation(cellCounts(a, first), cellCounts(b, first)));
  return { totalVariation: weekIsKnown ? found[0]! : null, range: [Math.min(...found), Math.max(...found)] };
}

/** Four dayparts of weekdays, then of weekends; `first` is the day of the week that day 0 is. */
function cellCounts({ counts }: GroupSlots, first: number): number[] {
  const cells = Array.from({ length: 8 }, () => 0);
  counts.forEach((hours, day) =>
    hours.forEach((posts, hour) => {
      cells[((day + first) % 7 >= 5 ? 4 : 0) + Math.floor(hour / 6)]! += posts;
    }),
  );
  return cells;
}

const hasDays = ({ counts }: GroupSlots) => counts.length > 1;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const hourCounts = ({ counts }: GroupSlots) => Array.from({ length: 24 }, (_, hour) => sum(counts.map((hours) => hours[hour]!)));

const dayCounts = ({ counts }: GroupSlots) => counts.map(sum);

function shareTest(a: readonly number[], b: readonly number[]): ShareTest {
  const { statistic, df, p, logP } = contingencyTest([a, b]);
  return { statistic, df, p, logP };
}
