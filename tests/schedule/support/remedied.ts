// Reads the fix of a refused plan as a person does, and does what it says.
import { expect } from "vitest";
import { type SlotCell, weekdays } from "../../../src/domain/index.ts";
import { createRng } from "../../../src/random/index.ts";
import { compilePlan, type PlanInput } from "../../../src/schedule/index.ts";

type Change = (input: PlanInput) => PlanInput;
type Planning = PlanInput["brief"]["exposurePlan"];

const planning = (input: PlanInput, change: (plan: Planning) => Partial<Planning>): PlanInput => ({
  ...input,
  brief: { ...input.brief, exposurePlan: { ...input.brief.exposurePlan, ...change(input.brief.exposurePlan) } },
});
const daily = (cell: string, from: string, to: string): SlotCell => ({ cell, weekdays: [...weekdays], from, to });

/** What a part of the sentence asks for. */
const readings: readonly (readonly [RegExp, (match: RegExpExecArray) => Change])[] = [
  [
    /extend the window to ([\dT:-]+)/i,
    ([, end]) =>
      (input) => ({ ...input, brief: { ...input.brief, runWindow: { ...input.brief.runWindow, end: end! } } }),
  ],
  [
    /plan (\d+) posts per variant/i,
    ([, posts]) =>
      (input) =>
        planning(input, () => ({ postsPerVariant: Number(posts) })),
  ],
  [/leave out the cadence/i, () => (input) => planning(input, () => ({ cadence: {} }))],
  [/test one variant at a time/i, () => (input) => ({ ...input, variants: input.variants.slice(0, 2) })],
  [
    /let somebody work in the hours/i,
    () => (input) => {
      const { workingHours: _, ...account } = input.account!;
      return { ...input, account };
    },
  ],
  [
    /add a slot cell such as (\S+) to (\S+) on every day/i,
    ([, from, to]) =>
      (input) =>
        planning(input, ({ cells }) => ({ cells: [...cells, daily(`another ${from}`, from!, to!)] })),
  ],
  [
    /keep to one slot cell by day, such as (\S+) to (\S+) on every day/i,
    ([, from, to]) =>
      (input) =>
        planning(input, () => ({ cells: [daily(`another ${from}`, from!, to!)] })),
  ],
  [
    /open (.+?) on every day/i,
    ([, listed]) =>
      (input) =>
        planning(input, ({ cells }) => ({
          cells: cells.map((cell) => {
            const said = listed!.split(" and ").find((part) => part === cell.cell || part.startsWith(`${cell.cell} from `));
            const [, from = cell.from, to = cell.to] = /from (\S+) to (\S+)$/.exec(said ?? "") ?? [];
            return said === undefined ? cell : daily(cell.cell, from, to);
          }),
        })),
  ],
];

/** Fails the test unless the fix says something to do, and doing it gives a plan. */
export function expectRemedied(input: PlanInput, fix: string, seed: string): void {
  expectReadable(input, fix);
  const again = remedied(input, fix);
  expect(again.map((changed) => compilePlan(changed, createRng(seed)).refused)).toEqual(again.map(() => undefined));
}

/** Fails the test unless the fix says something to do. */
export function expectReadable(input: PlanInput, fix: string): void {
  expect({ fix, remedies: remedied(input, fix).length }).not.toEqual({ fix, remedies: 0 });
}

/** The inputs that the fix says have a plan: one for each alternative, or one with all of its parts where nothing less is enough. */
function remedied(input: PlanInput, fix: string): PlanInput[] {
  const changes = readings.flatMap(([pattern, change]) => {
    const match = pattern.exec(fix);
    return match === null ? [] : [change(match)];
  });
  const isTogether = /(neither|nothing less) is enough/.test(fix);
  return isTogether ? [changes.reduce((changed, change) => change(changed), input)] : changes.map((change) => change(input));
}
