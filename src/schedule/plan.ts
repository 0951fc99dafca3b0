// The plan compiler: complete blocks, every arm once in each (validity note 2.1). Slots are found first, under pacing; then each block deals its arms
// in an order drawn for that block alone, so every arm is equally likely at every position. What cannot hold N blocks is refused with what would.
import { paceOf, surfacePace, windowTooLong } from "../catalogue/index.ts";
import { planHash } from "../canon/index.ts";
import {
  type Brief,
  checkTypeRequirements,
  DomainError,
  isDomainError,
  type Issue,
  layerId,
  type OrdinaryPost,
  type Plan,
  type PlanAccount,
  type PlannedPost,
  platformOf,
  type RunWindow,
  type Surface,
  type Variant,
  two,
} from "../domain/index.ts";
import { createIdSource, permutation, type Rng } from "../random/index.ts";
import { accountRest } from "./accountRest.ts";
import { advise } from "./advice.ts";
import { isBlockedByWeek, type OpenBlock, slotTestStrata, type Stratum, strataOf, takeBlocks } from "./blocks.ts";
import { wallTimeAt } from "./calendar.ts";
import { createPacingLedger, type PacingLedger } from "./pacingLedger.ts";
import { replyRounds } from "./replyBlocks.ts";
import { offerSlots } from "./slotOffer.ts";
import { createSlotPlacer, type PlacedSlot, type SlotPlacer } from "./slotPlacer.ts";
import { zoneCalendar } from "./zoneCalendar.ts";

export interface PlanInput {
  readonly experimentId: string;
  readonly brief: Brief;
  /** Control first. */
  readonly variants: readonly Variant[];
  /** The account's other posts, past and future, experiments and ordinary ones; they count for pacing. */
  readonly otherPosts: readonly OrdinaryPost[];
  /** The account as it stands; left out, it is at rest and open at all hours. */
  readonly account?: PlanAccount;
  /** The present: nothing is planned before it. Left out, the window alone says from when. */
  readonly nowMs?: number;
}

export interface PlanOptions {
  /** After how many blocks the decision rule may speak, by the number planned; left out, once, when all are complete. */
  readonly looks?: (blocks: number) => readonly number[];
  /** The version of the zone rules that this runs on, such as `2026b`; noted in every slot. */
  readonly tzdbVersion?: string;
}

/**
 * Compiles the plan. Pure: times, orders and ids come from the Rng and the slots, never from now.
 * @param rng `createRng(seed)`; every assignment's `key` restarts the stream that drew it.
 * @returns a plan whose `refused` says why there is none and what would make one, with no posts.
 * @throws DomainError `zone-unknown` at `runWindow.zone`.
 */
export function compilePlan(input: PlanInput, rng: Rng, { looks = (blocks) => [blocks], tzdbVersion }: PlanOptions = {}): Plan {
  const { experimentId, brief } = input;
  requireZone(brief.runWindow.zone);
  const layers = brief.surfaces.map((surface) => layerId(brief.clientId, surface, brief.variableUnderTest));
  const bare = { experimentId, seed: rng.seed, layers };
  const own = rng.fork(["plan", experimentId]);
  const layout = layOut(input, own);
  const wanted = brief.exposurePlan.postsPerVariant;
  const refused =
    layout.refused.length > 0
      ? layout.refused
      : layout.blocks.length < wanted
        ? [advise(input, layout.blocks.length, (change) => layOut({ ...input, ...change }, own).blocks.length)]
        : [];
  if (refused.length > 0) return { ...bare, planHash: planHash(brief, []), posts: [], looks: [], refused: [...refused], notes: [] };

  const posts = plannedPosts(input, layout.blocks, own, tzdbVersion);
  return {
    ...bare,
    planHash: planHash(brief, posts),
    posts,
    looks: [...looks(layout.blocks.length)],
    notes: [...foldNotes(layout.blocks, brief.runWindow), ...layout.notes],
  };
}

/** Said at the field that names it, whoever would have stumbled over it later. */
function requireZone(zone: string): void {
  try {
    zoneCalendar(zone);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const { code, message, fix } = error;
    throw new DomainError({ code, path: "runWindow.zone", message, fix, value: zone }, { cause: error });
  }
}

/** A block with its arms dealt: which arm is at each position, and the stream that said so. */
interface DealtBlock {
  readonly name: string;
  readonly slots: readonly PlacedSlot[];
  readonly arms: readonly number[];
  readonly key: string;
}

interface Layout {
  readonly blocks: readonly DealtBlock[];
  readonly refused: readonly Issue[];
  readonly notes: readonly string[];
}

function layOut(input: PlanInput, own: Rng): Layout {
  const { brief, variants, account, nowMs = -Infinity } = input;
  const { exposurePlan, runWindow } = brief;
  const nothing = (refused: readonly Issue[]): Layout => ({ blocks: [], refused, notes: [] });

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
    const stream = own.fork(["order", name]);
    const order = permutation(stream, arms);
    const dealt = order.map((arm, position) => slots[position]![arm] ?? slots[position]![0]!);
    blocks.push({ name, slots: dealt, arms: order, key: stream.seed });
    return dealt;
  };

  if (brief.experimentType === "engagement") {
    const where = { account: brief.accounts[0]!.id, surface: brief.surfaces[0]! };
    const rounds = replyRounds(exposurePlan, runWindow, where, arms, { working: account?.workingHours, notBeforeMs: nowMs });
    rounds.forEach((round, at) => deal(round, at + 1));
    return {
      blocks,
      refused: [],
      notes: ["A suggested reply waits for its comment; times say how many a day holds. A person sends every reply."],
    };
  }

  const places = brief.accounts.flatMap(({ id, platform }) =>
    brief.surfaces.filter((surface) => platformOf(surface) === platform).map((surface) => ({ account: id, surface })),
  );
  const offer = offerSlots(exposurePlan, runWindow, densestPace(brief), account?.workingHours);
  if (offer.refused.length > 0) return nothing(offer.refused);
  const boundTo = brief.control.content.slotCell;
  const byWeek = isBlockedByWeek(brief);
  let strata: readonly Stratum[];
  if (brief.variableUnderTest === "slot") {
    const cells = variants.map(({ content }) => content.slotCell);
    const unbound = cells.indexOf(undefined);
    if (unbound >= 0) return nothing([unboundIssue(variants[unbound]!)]);
    strata = slotTestStrata(offer.slots, places, cells as string[]);
  } else {
    const open = boundTo === undefined ? offer.slots : offer.slots.filter(({ cell }) => cell === boundTo);
    strata = strataOf(open, places, byWeek);
  }

  const ledger = ledgerOf(input, places, rest?.untilMs);
  const placer = createSlotPlacer(zoneCalendar(runWindow.zone), ledger, own, nowMs);
  takeBlocks(strata, arms, exposurePlan.postsPerVariant, placer, ledger, deal);
  return { blocks, refused: [], notes: makeUpNotes(brief, blocks, strata, placer) };
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

function plannedPosts(
  { experimentId, brief, variants }: PlanInput,
  blocks: readonly DealtBlock[],
  own: Rng,
  tzdbVersion: string | undefined,
): PlannedPost[] {
  const probabilities = Object.fromEntries(variants.map(({ variantId }) => [variantId, 1 / variants.length]));
  const positions = blocks
    .flatMap(({ name, slots, arms, key }) => slots.map((slot, at) => ({ name, slot, variant: variants[arms[at]!]!, key })))
    .sort((a, b) => a.slot.startMs - b.slot.startMs || (a.slot.account < b.slot.account ? -1 : 1));
  let slotMs = 0;
  const nextId = createIdSource({ rng: own.fork("postIds"), now: () => Math.max(slotMs, 0) });
  return positions.map(({ name, slot, variant, key }) => {
    slotMs = slot.startMs;
    return {
      postId: nextId(),
      experimentId,
      variantId: variant.variantId,
      isControl: variant.role === "control",
      contentHash: variant.contentHash,
      account: slot.account,
      surface: slot.surface,
      lane: variant.content.lane,
      block: name,
      slot: {
        startMs: slot.startMs,
        zone: brief.runWindow.zone,
        wallTime: slot.wallTime,
        cell: slot.cell,
        ...(tzdbVersion !== undefined && { tzdbVersion }),
      },
      assignment: { mode: "blocked", probabilities, key },
    };
  });
}

function foldNotes(blocks: readonly DealtBlock[], { zone }: RunWindow): string[] {
  return blocks
    .flatMap(({ slots }) => slots.filter(({ isFold }) => isFold))
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ wallTime }) => `${wallTime} exists twice in ${zone}; the earlier one is meant`);
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
        stratum.offers.some((offers) =>
          offers.some(
            (slot) =>
              slot.dayNumber > last.dayNumber &&
              slot.cell === last.cell &&
              slot.weekdayClass === last.weekdayClass &&
              placer.place(slot, stratum) !== undefined,
          ),
        ),
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
