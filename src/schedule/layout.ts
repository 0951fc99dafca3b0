// Lays the blocks of a plan out: slots are found first, under pacing; then each block deals its arms in an order drawn for that block alone, so every
// arm is equally likely at every position (validity note 2.1). A plan is one layout with ids; a refused plan is laid out again with each remedy.
import { paceOf, surfacePace, windowTooLong } from "../catalogue/index.ts";
import {
  type Brief,
  checkTypeRequirements,
  type Issue,
  platformOf,
  type RunWindow,
  type Surface,
  type Variant,
  two,
} from "../domain/index.ts";
import { accountRest } from "./accountRest.ts";
import { isBlockedByWeek, type OpenBlock, slotTestStrata, type Stratum, strataOf, takeBlocks } from "./blocks.ts";
import { wallTimeAt } from "./calendar.ts";
import type { Draws } from "./draws.ts";
import { createPacingLedger, type PacingLedger } from "./pacingLedger.ts";
import type { PlanInput } from "./plan.ts";
import { replyRounds } from "./replyBlocks.ts";
import { offerSlots } from "./slotOffer.ts";
import { createSlotPlacer, type PlacedSlot, type SlotPlacer } from "./slotPlacer.ts";
import { zoneCalendar } from "./zoneCalendar.ts";

/** A block with its arms dealt: which arm is at each position, and the stream that said so. */
export interface DealtBlock {
  readonly name: string;
  readonly slots: readonly PlacedSlot[];
  readonly arms: readonly number[];
  readonly key: string;
}

export interface Layout {
  /** As many as fit, at most as many as wanted, in the order taken. */
  readonly blocks: readonly DealtBlock[];
  /** What is wrong whatever fits. */
  readonly refused: readonly Issue[];
  /** What a person should know of it; asked for where the layout becomes a plan. */
  readonly notes: () => readonly string[];
}

/** Pure; O(slots of the window) and the search for blocks. @throws DomainError `zone-unknown`. */
export function layOut(input: PlanInput, draws: Draws): Layout {
  const { brief, variants, account, nowMs = -Infinity } = input;
  const { exposurePlan, runWindow } = brief;
  const nothing = (refused: readonly Issue[]): Layout => ({ blocks: [], refused, notes: () => [] });

  const misfits = [...checkTypeRequirements(brief), ...[windowTooLong(runWindow)].filter((issue) => issue !== undefined)];
  if (misfits.length > 0) return nothing(misfits);
  const rest = account === undefined ? undefined : accountRest(account, Math.max(nowMs, 0));
  if (rest !== undefined && rest.issues.length > 0) return nothing(rest.issues);

  const past = windowPast(runWindow, nowMs);
  if (past !== undefined) return nothing([past]);

  const arms = variants.length;
  const blocks: DealtBlock[] = [];
  const deal = ({ label, slots }: OpenBlock, number: number): readonly PlacedSlot[] => {
    const name = `${two(number)} ${label}`;
    const { order, key } = draws.order(name, arms);
    const dealt = order.map((arm, position) => slots[position]![arm] ?? slots[position]![0]!);
    blocks.push({ name, slots: dealt, arms: order, key });
    return dealt;
  };

  if (brief.experimentType === "engagement") {
    const where = { account: brief.accounts[0]!.id, surface: brief.surfaces[0]! };
    const rounds = replyRounds(exposurePlan, runWindow, where, arms, { working: account?.workingHours, notBeforeMs: nowMs });
    rounds.forEach((round, at) => deal(round, at + 1));
    return {
      blocks,
      refused: [],
      notes: () => ["A suggested reply waits for its comment; times say how many a day holds. A person sends every reply."],
    };
  }

  const places = brief.accounts.flatMap(({ id, platform }) =>
    brief.surfaces.filter((surface) => platformOf(surface) === platform).map((surface) => ({ account: id, surface })),
  );
  const isSlotTest = brief.variableUnderTest === "slot";
  const unbound = variants.find(({ content }) => content.slotCell === undefined);
  if (isSlotTest && unbound !== undefined) return nothing([unboundIssue(unbound)]);
  const bound = variants.flatMap(({ content }) => content.slotCell ?? []);
  const offer = offerSlots(exposurePlan, runWindow, densestPace(brief), { working: account?.workingHours, bound });
  const strata = isSlotTest ? slotTestStrata(offer.slots, places, bound) : strataOf(offer.slots, places, isBlockedByWeek(brief));

  const ledger = ledgerOf(input, places, rest?.untilMs);
  const placer = createSlotPlacer(zoneCalendar(runWindow.zone), ledger, draws, nowMs);
  takeBlocks(strata, arms, exposurePlan.postsPerVariant, placer, ledger, deal);
  return { blocks, refused: offer.refused, notes: () => makeUpNotes(brief, blocks, strata, placer) };
}

/** Why nothing can be planned any more; undefined while the window has a time to come. */
function windowPast({ end, zone }: RunWindow, nowMs: number): Issue | undefined {
  if (nowMs === -Infinity || end > wallTimeAt(nowMs, zone)) return undefined;
  return {
    code: "window-past",
    path: "runWindow.end",
    message: `the window ended at ${end}, and it is ${wallTimeAt(nowMs, zone)} in ${zone}`,
    fix: "Choose a window that is still to come.",
  };
}

/** Least gap and most posts a day over the surfaces: how many places a cell has. */
function densestPace({ surfaces, exposurePlan }: Brief): { minGapMinutes: number; maxPerDay: number } {
  const paces = surfaces.map((surface) => paceOf(surface, exposurePlan.cadence));
  return {
    minGapMinutes: Math.min(...paces.map(({ minGapMinutes }) => minGapMinutes)),
    maxPerDay: Math.max(...paces.map(({ maxPerDay }) => maxPerDay)),
  };
}

function ledgerOf(
  { brief, otherPosts, account }: PlanInput,
  places: readonly { readonly account: string; readonly surface: Surface }[],
  restUntilMs: number | undefined,
): PacingLedger {
  const { cadence } = brief.exposurePlan;
  const ledger = createPacingLedger({
    zone: brief.runWindow.zone,
    // The brief's own day cap counts its own posts; the surface's counts everybody's.
    paceOf: (surface) => ({ ...paceOf(surface, cadence), maxPerDay: surfacePace(surface).maxPerDay }),
    ...(cadence.maxPerDay !== undefined && { ownMaxPerDay: cadence.maxPerDay }),
    ...(cadence.minGapMinutes !== undefined && { accountGapMinutes: cadence.minGapMinutes }),
    ...(account !== undefined && restUntilMs !== undefined && { restsUntilMs: new Map([[account.id, restUntilMs]]) }),
  });
  for (const post of otherPosts) {
    const accountId = post.account ?? account?.id ?? brief.accounts[0]!.id;
    // A post whose surface nobody knows counts wherever the plan publishes on that account.
    const surfaces =
      post.surface !== undefined ? [post.surface] : places.filter((place) => place.account === accountId).map(({ surface }) => surface);
    for (const surface of surfaces) ledger.add({ account: accountId, surface, startMs: post.startMs, isOwn: false });
  }
  return ledger;
}

/** A failed post has one make-up in its cell and weekday class; a plan that fills its window to the end has no slot for it. */
function makeUpNotes(brief: Brief, blocks: readonly DealtBlock[], strata: readonly Stratum[], placer: SlotPlacer): string[] {
  if (brief.exposurePlan.makeUpsPerBlock === 0) return [];
  const without = blocks.filter(({ slots }) => {
    const last = slots.at(-1)!;
    return !strata.some(
      (stratum) =>
        stratum.account === last.account &&
        stratum.surface === last.surface &&
        // From the end of the window, where most is free.
        stratum.offers.findLast((offers) =>
          offers.some(
            (slot) =>
              slot.dayNumber > last.dayNumber &&
              slot.cell === last.cell &&
              slot.weekdayClass === last.weekdayClass &&
              placer.place(slot, stratum) !== undefined,
          ),
        ) !== undefined,
    );
  });
  return without.length === 0
    ? []
    : [
        `${without.length} of ${blocks.length} blocks have no free slot left for a make-up (${without.map(({ name }) => name.split(" ")[0]).join(", ")}): a failed post there makes the block void. A longer window gives one.`,
      ];
}

function unboundIssue({ variantId }: Variant): Issue {
  return {
    code: "slot-cell-missing",
    path: "testVariants",
    message: `${variantId} is bound to no cell, and the slot is under test`,
    fix: "Name one of the exposure plan's cells in its slotCell.",
  };
}
