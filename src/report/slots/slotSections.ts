// The slots of groups of posts in words, in a table and as a picture: where they stand alike, where they do not, and where nobody can tell.
import { figure, plural, pValue } from "../numbers.ts";
import type { Section, Table } from "../section.ts";
import type { ClockComparison, ClockReading, SlotPair } from "./slotComparability.ts";
import type { SlotComparison, SlotDescription } from "./slotSource.ts";

export function slotSections(description: SlotDescription): Section[] {
  const { comparisons, policy, zone } = description;
  return comparisons.flatMap((comparison): Section[] => [
    {
      title: `Slots by ${comparison.by}`,
      paragraphs: [
        `How alike the publishing slots of the groups are, hours ${zone === undefined ? "as the source gives them" : `in ${zone}`}: where they are not alike, ` +
          "a difference of the figures may be one of the hour.",
        ...comparison.pairs.map((pair) => sentence(comparison.by, pair)),
        ...(comparison.postsLeftOut === 0
          ? []
          : [
              `${plural(comparison.postsLeftOut, "post")} without a slot or a group ${comparison.postsLeftOut === 1 ? "is" : "are"} left out.`,
            ]),
      ],
      tables: [pairTable(comparison)],
    },
    {
      title: `Slots by ${comparison.by}, hour by hour`,
      detail: true,
      paragraphs: [
        `Hours to move are the least that a post of one group must be moved, on average, for both groups to stand alike (Wasserstein distance on the clock). ` +
          `Apart is said from ${policy.floorHoursOfDay} h on the clock of the day or ${policy.floorHoursOfWeek} h on that of the week, with p (chord energy, labels permuted, Holm over the clocks) ` +
          `at most ${policy.level}; below ${policy.postsMin} posts in a group nothing is said. Shares are compared by total variation, half the sum of their differences.`,
      ],
      plot: { id: `slots:${comparison.by}`, caption: `Share of each group's posts by hour of the day, in %; darker is more` },
    },
  ]);
}

const readings: Readonly<Record<ClockReading, string>> = {
  alike: "alike",
  apart: "apart",
  unproven: "far, not proven",
  tooFew: "too few posts",
};

function sentence(by: string, { groups, n, clocks }: SlotPair): string {
  const names = `${by} ${groups[0]} (${plural(n[0], "post")}) and ${groups[1]} (${plural(n[1], "post")})`;
  if (clocks.some(({ reading }) => reading === "tooFew")) return `${names}: too few posts to tell.`;
  return `${names}: ${clocks.map(onClock).join("; ")}.`;
}

function onClock({ clock, effectHours, adjustedP, reading }: ClockComparison): string {
  const distance = `${effectHours.toFixed(1)} h to move, p = ${pValue(adjustedP, Math.log(adjustedP))}`;
  switch (reading) {
    case "alike":
    case "tooFew":
      return `alike on the clock of the ${clock} (${distance})`;
    case "apart":
      return `apart on the clock of the ${clock} (${distance})`;
    case "unproven":
      return `far apart on the clock of the ${clock}, but not proven (${distance})`;
    default:
      return reading satisfies never;
  }
}

function pairTable({ pairs }: SlotComparison): Table {
  const hasWeekday = pairs.some(({ weekday }) => weekday !== undefined);
  return {
    caption: "Every two groups",
    head: [
      "Groups",
      "Day: hours to move",
      "Reading",
      ...(hasWeekday ? ["Week: hours to move", "Reading"] : []),
      "Hours: TV",
      "KS D",
      "KS p",
      ...(hasWeekday ? ["Weekdays: TV", "chi-square p", "8 cells: TV"] : []),
    ],
    numeric: hasWeekday ? [1, 3, 5, 6, 7, 8, 9, 10] : [1, 3, 4, 5],
    rows: pairs.map(({ groups, clocks, hour, weekday, cells }) => [
      groups.join(" / "),
      ...clocks.flatMap(({ effectHours, reading }) => [effectHours.toFixed(1), readings[reading]]),
      hour.totalVariation.toFixed(2),
      figure(hour.kolmogorovSmirnov.statistic),
      pValue(hour.kolmogorovSmirnov.p, hour.kolmogorovSmirnov.logP),
      ...(weekday === undefined ? [] : [weekday.totalVariation.toFixed(2), pValue(weekday.chiSquare.p, weekday.chiSquare.logP)]),
      ...(cells === undefined ? [] : [cellText(cells)]),
    ]),
  };
}

/** Where the first day of the week is not known, all seven possibilities stand between these. */
function cellText({ totalVariation, range }: NonNullable<SlotPair["cells"]>): string {
  return totalVariation === null ? range.map((each) => each.toFixed(2)).join(" to ") : totalVariation.toFixed(2);
}
