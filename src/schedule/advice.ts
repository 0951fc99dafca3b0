// Why a plan cannot be, and what would make it so: every remedy that helps alone, else the smallest combination that does. Whatever is named was tried:
// the plan was laid out again with it and held.
import { dateOf, dayNumberOf, experimentTypes, type Issue } from "../domain/index.ts";
import type { Layout } from "./layout.ts";
import type { PlanInput } from "./plan.ts";
import { longerWindow, otherCells, remediesOf, type Remedy, withEnd, withPosts } from "./remedies.ts";

/** Weeks by which a window is lengthened in trials. */
const weeksTried = [1, 2, 3, 4, 6, 8, 12, 16, 26, 39, 52];

/**
 * The refusal of a plan that holds fewer blocks than are wanted.
 * @param found the layout of the input as it is.
 * @param lay lays another input out; asked for at most 2^5 sets of remedies, and a few ends of the window with each that might help.
 */
export function advise(input: PlanInput, found: Layout, lay: (input: PlanInput) => Layout): Issue {
  const { exposurePlan, runWindow } = input.brief;
  const trials = createTrials(input, found, lay);
  const cells = bestFirst(otherCells(input), trials);
  const remedies = remediesOf(input, cells[0]!);
  const alone = remedies.flatMap((remedy) => {
    const fix = trials.cure(trials.of([remedy]));
    return fix === undefined ? [] : [{ remedy, fix }];
  });
  const fewer = trials.cureWithFewer(trials.of([]));
  const fixes = [...alone.map(({ fix }) => fix), ...(fewer === undefined ? [] : [fewer])];
  return {
    code: alone[0]?.remedy.code ?? "plan-impossible",
    path: alone[0]?.remedy.path ?? "exposurePlan",
    message: `from ${runWindow.start} to ${runWindow.end} there is room for ${found.blocks.length} complete blocks of ${input.variants.length} posts under pacing, and ${exposurePlan.postsPerVariant} are planned`,
    fix: asSentence(
      fixes.length > 0 ? listed(fixes.flat(), "or") : (firstOf(cells, (cell) => together(remediesOf(input, cell), trials)) ?? nothingHelps),
    ),
  };
}

/** In order of the blocks that each lays out alone; where one of them is enough, only that. */
function bestFirst(remedies: readonly Remedy[], trials: Trials): Remedy[] {
  const enough = remedies.find((remedy) => trials.cure(trials.of([remedy])) !== undefined);
  const blocksWith = (remedy: Remedy): number => trials.of([remedy]).layout.blocks.length;
  return enough === undefined ? remedies.toSorted((one, other) => blocksWith(other) - blocksWith(one)) : [enough];
}

const nothingHelps =
  "choose another account or surface: a longer window, other cells, longer hours, one variant and fewer posts are together not enough here";

/** The smallest set of remedies that helps, fewer posts per variant among them; undefined if all of them together do not. */
function together(remedies: readonly Remedy[], trials: Trials): string | undefined {
  const all = trials.of(remedies);
  if (trials.cure(all) === undefined && trials.cureWithFewer(all) === undefined) return undefined;
  let smaller = remedies.map((remedy) => [remedy]);
  for (let size = 2; size <= remedies.length + 1; size++) {
    const sets = smaller.flatMap((set) => remedies.slice(remedies.indexOf(set.at(-1)!) + 1).map((remedy) => [...set, remedy]));
    // As many posts as were asked for rather than fewer; and rather more of those.
    const fix =
      firstOf(sets, (set) => trials.cure(trials.of(set))) ??
      firstOf(
        smaller.map((set) => trials.of(set)).toSorted((one, other) => other.layout.blocks.length - one.layout.blocks.length),
        (trial) => trials.cureWithFewer(trial),
      );
    if (fix !== undefined) return `${listed(fix, "and")}: ${size === 2 ? "neither is enough alone" : "nothing less is enough"}`;
    smaller = sets;
  }
  return undefined;
}

/** An input with remedies applied, and what it lays out. */
interface Trial {
  readonly remedies: readonly Remedy[];
  readonly changed: PlanInput;
  readonly layout: Layout;
}

interface Trials {
  /** The same set is laid out once. */
  of(this: void, remedies: readonly Remedy[]): Trial;
  /** What to do, remedy by remedy, so that the trial's plan holds; undefined if it does not. */
  cure(this: void, trial: Trial): string[] | undefined;
  /** The same with as many posts per variant as were laid out; undefined where the experiment may not have so few. */
  cureWithFewer(this: void, trial: Trial): string[] | undefined;
}

function createTrials(input: PlanInput, found: Layout, lay: (input: PlanInput) => Layout): Trials {
  const wanted = input.brief.exposurePlan.postsPerVariant;
  const { min } = experimentTypes[input.brief.experimentType].postsPerVariant;
  const laidOut = new Map<string, Trial>([["", { remedies: [], changed: input, layout: found }]]);

  function trialOf(remedies: readonly Remedy[]): Trial {
    const changed = remedies.reduce((before, { apply }) => apply(before), input);
    const name = remedies.map(({ say }) => say(changed)).join("\n");
    let trial = laidOut.get(name);
    if (trial === undefined) laidOut.set(name, (trial = { remedies, changed, layout: lay(changed) }));
    return trial;
  }

  const holds = (changed: PlanInput, { blocks, refused } = lay(changed)): boolean =>
    refused.length === 0 && blocks.length >= changed.brief.exposurePlan.postsPerVariant;

  /** The least of the windows tried that holds the plan. */
  function shortened(longest: PlanInput, { blocks }: Layout): PlanInput | undefined {
    if (blocks.length < longest.brief.exposurePlan.postsPerVariant) return undefined;
    const { end } = input.brief.runWindow;
    const windows = [...weeksTried.map((weeks) => `${dateOf(dayNumberOf(end) + 7 * weeks)}${end.slice(10)}`), longest.brief.runWindow.end]
      .filter((later) => later <= longest.brief.runWindow.end)
      .map((later) => withEnd(longest, later));
    // Blocks are taken in the order in which they are complete, so a window that ends after the last of them holds them all.
    const last = blocks.flatMap(({ slots }) => slots.map(({ wallTime }) => wallTime)).reduce((one, other) => (one > other ? one : other));
    let at = windows.findIndex(({ brief }) => brief.runWindow.end > last);
    if (at < 0 || !holds(windows[at]!)) return undefined;
    // Replies are spread over the window: a shorter one may hold them more densely.
    while (at > 0 && holds(windows[at - 1]!)) at--;
    return windows[at];
  }

  function cure({ remedies, changed, layout }: Trial): string[] | undefined {
    const holding = remedies.includes(longerWindow) ? shortened(changed, layout) : holds(changed, layout) ? changed : undefined;
    return holding && remedies.map(({ say }) => say(holding));
  }

  return {
    of: trialOf,
    cure,
    cureWithFewer({ remedies, changed, layout }) {
      const posts = layout.blocks.length;
      if (posts < min || posts >= wanted) return undefined;
      const fewer = withPosts(changed, posts);
      const fix = cure({ remedies, changed: fewer, layout: lay(fewer) });
      return fix && [...fix, `plan ${posts} posts per variant`];
    },
  };
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listed(parts: readonly string[], word: "and" | "or"): string {
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(", ")}, ${word} ${parts.at(-1)}`;
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
