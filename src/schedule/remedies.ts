// What can be changed of a plan that holds too few blocks: window, cells, cadence, number of variants, hours of work. Whether it helps is tried by
// whoever advises.
import { windowDaysMax } from "../catalogue/index.ts";
import { type Brief, dateOf, dayNumberOf, type SlotCell, timeOf, two, weekdays } from "../domain/index.ts";
import type { PlanInput } from "./plan.ts";

export interface Remedy {
  /** Code and path of the refusal that this remedy alone would mend. */
  readonly code: string;
  readonly path: string;
  /** What to do, as it stands in a sentence, read off the input that it was applied to. */
  readonly say: (changed: PlanInput) => string;
  readonly apply: (input: PlanInput) => PlanInput;
}

/** The window at its longest; where that helps, `withEnd` finds out how much of it is needed. */
export const longerWindow: Remedy = {
  code: "window-too-small",
  path: "runWindow",
  say: ({ brief }) => `extend the window to ${brief.runWindow.end}`,
  apply(input) {
    const { start, end } = input.brief.runWindow;
    const last = dateOf(dayNumberOf(start) + windowDaysMax);
    return last <= end ? input : withEnd(input, `${last}${end.slice(10)}`);
  },
};

export function withEnd(input: PlanInput, end: string): PlanInput {
  return withBrief(input, { runWindow: { ...input.brief.runWindow, end } });
}

/** Fewer blocks than were asked for. */
export function withPosts(input: PlanInput, postsPerVariant: number): PlanInput {
  return withPlan(input, { postsPerVariant });
}

/** The cells that might be added, or to which bound posts might move; empty is never. */
export function otherCells({ variants }: PlanInput): readonly [Remedy, ...Remedy[]] {
  const bound = [...new Set(variants.flatMap(({ content }) => content.slotCell ?? []))];
  const [first, ...others] = bound.length > 0 ? boundElsewhere(bound) : addedCells;
  const remedy = ({ text, change }: CellChange): Remedy => ({
    code: "cells-too-few",
    path: "exposurePlan.cells",
    say: () => text,
    apply: (input) => withPlan(input, { cells: change(input.brief.exposurePlan.cells) }),
  });
  return [remedy(first!), ...others.map(remedy)];
}

interface CellChange {
  readonly text: string;
  readonly change: (cells: readonly SlotCell[]) => SlotCell[];
}

const daily = (hour: number): SlotCell => ({
  cell: `another ${two(hour)}:00`,
  weekdays: [...weekdays],
  from: `${two(hour)}:00`,
  to: `${two(hour + 2)}:00`,
});

const addedCells: readonly CellChange[] = [
  ...[12, 18, 8, 15, 21].map(daily).map((cell) => ({
    text: `add a slot cell such as ${cell.from} to ${cell.to} on every day`,
    change: (cells: readonly SlotCell[]) => [...cells, cell],
  })),
  // Cells at night meet the change of clocks in any longer window.
  { text: "keep to one slot cell by day, such as 12:00 to 14:00 on every day", change: () => [daily(12)] },
];

/** Cells that variants are bound to keep their names: the same hours on every day, or other hours on every day too. */
function boundElsewhere(names: readonly string[]): CellChange[] {
  const everyDay: CellChange = {
    text: `open ${names.join(" and ")} on every day`,
    change: (cells) => cells.map((cell) => (names.includes(cell.cell) ? { ...cell, weekdays: [...weekdays] } : cell)),
  };
  const strideMinutes = Math.floor((14 * 60) / names.length);
  const spans = names.map((_, at) => ({
    from: timeOf(8 * 60 + at * strideMinutes),
    to: timeOf(8 * 60 + at * strideMinutes + Math.min(120, strideMinutes)),
  }));
  const apart: CellChange = {
    text: `open ${names.map((name, at) => `${name} from ${spans[at]!.from} to ${spans[at]!.to}`).join(" and ")} on every day`,
    change: (cells) =>
      cells.map((cell) => {
        const at = names.indexOf(cell.cell);
        return at < 0 ? cell : { ...cell, weekdays: [...weekdays], ...spans[at]! };
      }),
  };
  return [everyDay, apart];
}

/** All that there is to change here, what changes least first. @param cells the best of `otherCells`. */
export function remediesOf({ brief, variants, account }: PlanInput, cells: Remedy): Remedy[] {
  return [
    longerWindow,
    ...(Object.keys(brief.exposurePlan.cadence).length > 0 ? [surfacePacing] : []),
    cells,
    ...(account?.workingHours !== undefined ? [workAtAllHours] : []),
    ...(variants.length > 2 ? [oneVariant] : []),
  ];
}

const surfacePacing: Remedy = {
  code: "pacing-impossible",
  path: "exposurePlan.cadence",
  say: () => "leave out the cadence, so that the pacing of the surface applies",
  apply: (input) => withPlan(input, { cadence: {} }),
};

const workAtAllHours: Remedy = {
  code: "working-hours-too-few",
  path: "account.workingHours",
  say: () => "let somebody work in the hours of the slot cells (account.workingHours)",
  apply(input) {
    if (input.account === undefined) return input;
    const { workingHours: _, ...account } = input.account;
    return { ...input, account };
  },
};

const oneVariant: Remedy = {
  code: "plan-impossible",
  path: "exposurePlan",
  say: () => "test one variant at a time",
  apply: (input) => ({ ...input, variants: input.variants.slice(0, 2) }),
};

function withPlan(input: PlanInput, change: Partial<Brief["exposurePlan"]>): PlanInput {
  return withBrief(input, { exposurePlan: { ...input.brief.exposurePlan, ...change } });
}

function withBrief(input: PlanInput, change: Partial<Brief>): PlanInput {
  return { ...input, brief: { ...input.brief, ...change } };
}
