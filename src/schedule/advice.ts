// Why a plan cannot be, and what would make it so. Every remedy that is named was tried: the plan was laid out again with it and held.
import { windowDaysMax } from "../catalogue/index.ts";
import {
  type Brief,
  experimentTypes,
  type ExperimentTypeFacts,
  type Issue,
  type PlanAccount,
  type SlotCell,
  weekdays,
  dateOf,
  dayNumberOf,
} from "../domain/index.ts";
import type { PlanInput } from "./plan.ts";

/** Weeks by which a window is lengthened in trials. */
const weeksTried = [1, 2, 3, 4, 6, 8, 12, 16, 26, 39, 52];

/**
 * The refusal of a plan that holds `found` blocks of those wanted.
 * @param blocksOf lays the plan out anew with a change, and counts the blocks.
 */
export function advise({ brief, variants, account }: PlanInput, found: number, blocksOf: (change: Partial<PlanInput>) => number): Issue {
  const { experimentType, exposurePlan, runWindow } = brief;
  const wanted = exposurePlan.postsPerVariant;
  const holds = (changed: Brief): boolean => blocksOf({ brief: changed }) >= wanted;
  const remedies: string[] = [];

  const window = longerWindow(brief, holds);
  if (window !== undefined) remedies.push(`Extend the window to ${window}`);
  const facts: ExperimentTypeFacts = experimentTypes[experimentType];
  if (found >= facts.postsPerVariant.min) remedies.push(`plan ${found} posts per variant`);
  const cell = anotherCell(brief, holds);
  if (cell !== undefined) remedies.push(`add a slot cell such as ${cell.from} to ${cell.to} on every day`);
  const isFreer = hasCadence(brief) && holds(withCadence(brief, {}));
  if (isFreer) remedies.push("leave out the cadence, so that the pacing of the surface applies");
  if (variants.length > 2 && blocksOf({ variants: variants.slice(0, 2) }) >= wanted) remedies.push("test one variant at a time");
  const { workingHours: _, ...atAllHours } = account ?? {};
  const isBound = account?.workingHours !== undefined && blocksOf({ account: atAllHours as PlanAccount }) >= wanted;
  if (isBound) remedies.push("let somebody work in the hours of the slot cells (account.workingHours)");

  const [code, path] =
    window !== undefined
      ? ["window-too-small", "runWindow"]
      : isFreer
        ? ["pacing-impossible", "exposurePlan.cadence"]
        : cell !== undefined
          ? ["cells-too-few", "exposurePlan.cells"]
          : isBound
            ? ["working-hours-too-few", "account.workingHours"]
            : ["plan-impossible", "exposurePlan"];
  return {
    code,
    path,
    message: `from ${runWindow.start} to ${runWindow.end} there is room for ${found} complete blocks of ${variants.length} posts under pacing, and ${wanted} are planned`,
    fix:
      remedies.length > 0
        ? sentence(remedies)
        : "Give the experiment fewer posts per variant, fewer variants, wider cells or a shorter gap.",
  };
}

/** The least of the windows tried that holds the plan, by halving: a longer window holds what a shorter one does. */
function longerWindow(brief: Brief, holds: (changed: Brief) => boolean): string | undefined {
  const { start, end } = brief.runWindow;
  const ends = weeksTried
    .map((weeks) => dayNumberOf(end) + 7 * weeks)
    .filter((last) => last - dayNumberOf(start) <= windowDaysMax)
    .map((last) => `${dateOf(last)}${end.slice(10)}`);
  const isEnough = (longer: string): boolean => holds({ ...brief, runWindow: { ...brief.runWindow, end: longer } });
  const longest = ends.at(-1);
  if (longest === undefined || !isEnough(longest)) return undefined;
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isEnough(ends[middle]!)) high = middle;
    else low = middle + 1;
  }
  return ends[high];
}

function anotherCell(brief: Brief, holds: (changed: Brief) => boolean): SlotCell | undefined {
  if (brief.variableUnderTest === "slot" || brief.control.content.slotCell !== undefined) return undefined;
  return ["12:00", "18:00", "08:00", "15:00", "21:00"]
    .map((from): SlotCell => ({
      cell: `another ${from}`,
      weekdays: [...weekdays],
      from,
      to: `${String(Number(from.slice(0, 2)) + 2).padStart(2, "0")}:00`,
    }))
    .find((cell) => holds({ ...brief, exposurePlan: { ...brief.exposurePlan, cells: [...brief.exposurePlan.cells, cell] } }));
}

function hasCadence({ exposurePlan }: Brief): boolean {
  return Object.keys(exposurePlan.cadence).length > 0;
}

function withCadence(brief: Brief, cadence: Brief["exposurePlan"]["cadence"]): Brief {
  return { ...brief, exposurePlan: { ...brief.exposurePlan, cadence } };
}

function sentence(remedies: readonly string[]): string {
  const text = remedies.length === 1 ? remedies[0]! : `${remedies.slice(0, -1).join(", ")}, or ${remedies.at(-1)}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
