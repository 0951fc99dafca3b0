// The plan compiler: complete blocks, every arm once in each (validity note 2.1), laid out under pacing. What cannot hold N blocks is refused with
// what would.
import { planHash } from "../canon/index.ts";
import {
  type Brief,
  DomainError,
  isDomainError,
  layerId,
  type OrdinaryPost,
  type Plan,
  type PlanAccount,
  type PlannedPost,
  type RunWindow,
  type Variant,
} from "../domain/index.ts";
import { createIdSource, type Rng } from "../random/index.ts";
import { advise } from "./advice.ts";
import { createDraws } from "./draws.ts";
import { type DealtBlock, layOut } from "./layout.ts";
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
  const draws = createDraws(own);
  const layout = layOut(input, draws);
  const wanted = brief.exposurePlan.postsPerVariant;
  const refused =
    layout.refused.length > 0
      ? layout.refused
      : layout.blocks.length < wanted
        ? [advise(input, layout, (changed) => layOut(changed, draws))]
        : [];
  if (refused.length > 0) return { ...bare, planHash: planHash(brief, []), posts: [], looks: [], refused: [...refused], notes: [] };

  const posts = plannedPosts(input, layout.blocks, own, tzdbVersion);
  return {
    ...bare,
    planHash: planHash(brief, posts),
    posts,
    looks: [...looks(layout.blocks.length)],
    notes: [...foldNotes(layout.blocks, brief.runWindow), ...layout.notes()],
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
