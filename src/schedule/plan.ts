// The plan compiler: complete blocks, every arm once in each (validity note 2.1). A block is one slot cell on one class of weekday; its arms take
// matched days in an order drawn for that block alone. What cannot hold N blocks is refused with what would.
import { planHash } from "../canon/index.ts";
import {
  type Brief,
  type Issue,
  layerId,
  type Plan,
  type PlannedPost,
  type SlotCell,
  type Variant,
  type WallTime,
  weekdayClass,
  weekdayOf,
} from "../domain/index.ts";
import { createIdSource, permutation, type Rng, uniform } from "../random/index.ts";
import { datesBetween, resolveWallTime, wallTimeAt } from "./calendar.ts";
import { fitsPace, paceOf } from "./pacing.ts";

export interface PlanInput {
  readonly experimentId: string;
  readonly brief: Brief;
  /** Control first. */
  readonly variants: readonly Variant[];
  /** Instants of the account's other posts, epoch milliseconds; they count for pacing. */
  readonly ordinaryPostsMs: readonly number[];
}

/**
 * Compiles the plan. Pure: order, jitter and ids come from the Rng, ids and times from the slots, never from now.
 * The rule may speak once, when the last block is complete: earlier looks need a spending rule.
 * @returns a plan whose `refused` says why there is none, with no posts.
 */
export function compilePlan(input: PlanInput, rng: Rng): Plan {
  const { experimentId, brief, variants } = input;
  const surface = brief.surfaces[0]!;
  const layers = brief.surfaces.map((each) => layerId(brief.clientId, each, brief.variableUnderTest));
  const bare = { experimentId, seed: rng.seed, layers };
  const refused = (issues: Issue[]): Plan => ({ ...bare, planHash: planHash(brief, []), posts: [], looks: [], refused: issues, notes: [] });

  const unplannable = checkPlannable(brief);
  if (unplannable.length > 0) return refused(unplannable);

  const notes = new Set<string>();
  const slots = candidateSlots(input, rng, notes);
  const blocks = completeBlocks(slots, variants.length, brief.exposurePlan.postsPerVariant);
  if (blocks.length < brief.exposurePlan.postsPerVariant) return refused([windowTooSmall(brief, blocks.length, variants.length)]);

  const posts = blocks
    .flatMap(({ block, slots: blockSlots }) => {
      const key = ["plan", "order", block];
      const order = permutation(rng.fork(key), variants.length);
      return blockSlots.map((slot, position) => ({ block, slot, variant: variants[order[position]!]!, key }));
    })
    .sort((a, b) => a.slot.startMs - b.slot.startMs);

  let slotMs = 0;
  const nextId = createIdSource({ rng: rng.fork("postIds"), now: () => slotMs });
  const planned = posts.map(({ block, slot, variant, key }): PlannedPost => {
    slotMs = slot.startMs;
    return {
      postId: nextId(),
      experimentId,
      variantId: variant.variantId,
      isControl: variant.role === "control",
      contentHash: variant.contentHash,
      account: brief.accounts[0]!.id,
      surface,
      lane: variant.content.lane,
      block,
      slot: { startMs: slot.startMs, zone: brief.runWindow.zone, wallTime: slot.wallTime, cell: slot.cell },
      assignment: {
        mode: "blocked",
        probabilities: Object.fromEntries(variants.map(({ variantId }) => [variantId, 1 / variants.length])),
        key: [rng.seed, ...key].join("/"),
      },
    };
  });
  return { ...bare, planHash: planHash(brief, planned), posts: planned, looks: [blocks.length], notes: [...notes] };
}

interface CandidateSlot {
  readonly startMs: number;
  readonly wallTime: WallTime;
  readonly cell: string;
  readonly weekdayClass: "weekday" | "weekend";
}

/** Every slot of the window that pacing allows, in time order, each with its jitter. */
function candidateSlots({ brief, ordinaryPostsMs }: PlanInput, rng: Rng, notes: Set<string>): CandidateSlot[] {
  const { start, end, zone } = brief.runWindow;
  const pace = paceOf(brief.surfaces[0]!, brief.exposurePlan.cadence);
  const drawn = datesBetween(start, end)
    .flatMap((date) => brief.exposurePlan.cells.flatMap((cell) => slotOn(date, cell, brief, pace.minGapMinutes, rng, notes)))
    .filter(({ wallTime }) => start <= wallTime && wallTime < end)
    .sort((a, b) => a.startMs - b.startMs);
  const takenMs = [...ordinaryPostsMs];
  return drawn.filter(({ startMs }) => {
    const fits = fitsPace(pace, takenMs, startMs, zone);
    if (fits) takenMs.push(startMs);
    return fits;
  });
}

/** The middle of the cell, moved by a drawn part of the gap and kept inside the cell. */
function slotOn(
  date: string,
  cell: SlotCell,
  { exposurePlan, runWindow }: Brief,
  gapMinutes: number,
  rng: Rng,
  notes: Set<string>,
): CandidateSlot[] {
  const weekday = weekdayOf(`${date}T00:00`);
  if (!cell.weekdays.includes(weekday)) return [];
  const [from, to] = [minutesOf(cell.from), minutesOf(cell.to)];
  const reach = exposurePlan.jitterShare * gapMinutes;
  const jitter = uniform(rng.fork(["plan", "jitter", date, cell.cell]), -reach, reach);
  const minute = Math.min(to - 1, Math.max(from, Math.round((from + to) / 2 + jitter)));
  const wallTime = `${date}T${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  const { instantMs, note } = resolveWallTime(wallTime, runWindow.zone);
  if (note !== undefined) notes.add(note);
  return [{ startMs: instantMs, wallTime: wallTimeAt(instantMs, runWindow.zone), cell: cell.cell, weekdayClass: weekdayClass(weekday) }];
}

/** Matched days: consecutive slots of the same cell and weekday class, as many as there are arms. The blocks that are complete first, in time order. */
function completeBlocks(slots: readonly CandidateSlot[], arms: number, blocksMax: number): { block: string; slots: CandidateSlot[] }[] {
  const open = new Map<string, CandidateSlot[]>();
  const complete: CandidateSlot[][] = [];
  for (const slot of slots) {
    const key = `${slot.cell}/${slot.weekdayClass}`;
    const block = [...(open.get(key) ?? []), slot];
    if (block.length === arms) complete.push(block);
    open.set(key, block.length === arms ? [] : block);
  }
  return complete
    .slice(0, blocksMax)
    .sort((a, b) => a[0]!.startMs - b[0]!.startMs)
    .map((block, at) => ({ block: `${two(at + 1)} ${block[0]!.cell} ${block[0]!.weekdayClass}`, slots: block }));
}

function checkPlannable(brief: Brief): Issue[] {
  const issues: Issue[] = [];
  if (brief.surfaces.length > 1 || brief.accounts.length > 1)
    issues.push({
      code: "plan-one-surface",
      path: brief.surfaces.length > 1 ? "surfaces" : "accounts",
      message: "a plan covers one account on one surface, so that its posts are comparable",
      fix: "Run one experiment for each surface and account.",
    });
  if (brief.experimentType === "engagement" || brief.variableUnderTest === "slot")
    issues.push({
      code: "plan-unsupported",
      path: brief.variableUnderTest === "slot" ? "variableUnderTest" : "experimentType",
      message: `posts in slot blocks cannot carry ${brief.variableUnderTest === "slot" ? "a test of the slot itself" : "an engagement experiment"}`,
      fix: "Plan a micro, batch or lane experiment on another variable.",
    });
  return issues;
}

function windowTooSmall(brief: Brief, blocks: number, arms: number): Issue {
  const { postsPerVariant } = brief.exposurePlan;
  return {
    code: "window-too-small",
    path: "runWindow",
    message: `the window holds ${blocks} complete blocks of ${arms} posts under pacing, and ${postsPerVariant} are planned`,
    fix: `Extend the window to about ${Math.ceil(postsPerVariant / Math.max(blocks, 0.5))} times its length, add slot cells, or plan ${blocks} posts per variant.`,
  };
}

function minutesOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3, 5));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
