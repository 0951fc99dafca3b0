// Blocked dealing (assignment note 2.7): inside a block, units are ordered by a keyed hash and arms dealt by largest remainder, so that 8 posts
// split 4:4 where independent coins give 6:2 or worse with probability .29.
import { bucketer } from "../canon/index.ts";
import { DomainError } from "../domain/index.ts";
import type { Unit } from "./context.ts";

export interface BlockRequest {
  /** Client x surface x slot group x week, or whatever is alike inside. */
  readonly blockId: string;
  readonly experiment: string;
  readonly arms: readonly { readonly variantId: string; readonly weight?: number | undefined }[];
  readonly unitType: string;
  /** Distinct; their order does not matter. */
  readonly unitIds: readonly string[];
  readonly salt?: string | undefined;
  readonly bucketingVersion?: number | undefined;
}

export interface DealtUnit {
  readonly unit: Unit;
  readonly variantId: string;
  /** The unit's place in [0, 1) that ordered it. */
  readonly bucket: number;
  /** P(this arm) for a unit of the block, given the block's counts. */
  readonly propensity: number;
}

/**
 * Deals every unit of a block an arm, in the block's order. Deterministic; counts differ from the weighted quota by less than 1. O(n log n).
 * @throws DomainError `block-invalid` for repeated units or arms, or weights that cannot be dealt by.
 */
export function dealBlock({ blockId, experiment, arms, unitType, unitIds, salt, bucketingVersion }: BlockRequest): DealtUnit[] {
  checkBlock(arms, unitIds);
  const key = { scope: experiment, salt, bucketingVersion };
  const placeOf = bucketer({ ...key, purpose: `block:${blockId}`, unitType });
  // Which of equal remainders gets the odd unit is drawn per block, so that over blocks no arm is favoured.
  const armPlaceOf = bucketer({ ...key, purpose: `block-arm:${blockId}`, unitType });
  const counts = armCounts(arms, unitIds.length, armPlaceOf);
  const ordered = unitIds.map((id) => ({ id, bucket: placeOf(id) })).sort((a, b) => a.bucket - b.bucket || (a.id < b.id ? -1 : 1));
  const hand = arms.flatMap(({ variantId }, arm) => Array.from({ length: counts[arm]! }, () => ({ variantId, count: counts[arm]! })));
  return ordered.map(({ id, bucket }, place) => {
    const { variantId, count } = hand[place]!;
    return { unit: { type: unitType, id }, variantId, bucket, propensity: count / unitIds.length };
  });
}

function armCounts(arms: BlockRequest["arms"], unitCount: number, placeOf: (variantId: string) => number): number[] {
  const total = arms.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const quotas = arms.map(({ weight = 1 }) => (unitCount * weight) / total);
  const counts = quotas.map(Math.floor);
  const left = unitCount - counts.reduce((sum, count) => sum + count, 0);
  // Remainders that differ by rounding alone are equal.
  const remainder = (arm: number): number => Math.round((quotas[arm]! - counts[arm]!) * 1e9);
  const byRemainder = arms
    .map(({ variantId }, arm) => ({ arm, place: placeOf(variantId) }))
    .sort((a, b) => remainder(b.arm) - remainder(a.arm) || a.place - b.place);
  for (const { arm } of byRemainder.slice(0, left)) counts[arm]!++;
  return counts;
}

function checkBlock(arms: BlockRequest["arms"], unitIds: readonly string[]): void {
  const refuse = (path: string, message: string, fix: string, value: unknown): never => {
    throw new DomainError({ code: "block-invalid", path, message, fix, value });
  };
  if (new Set(unitIds).size < unitIds.length) refuse("unitIds", "a unit stands twice in the block", "Name each unit once.", unitIds);
  const ids = arms.map(({ variantId }) => variantId);
  if (new Set(ids).size < ids.length) refuse("arms", "an arm stands twice", "Name each arm once.", ids);
  const weights = arms.map(({ weight = 1 }) => weight);
  if (weights.some((weight) => !(weight >= 0 && Number.isFinite(weight))) || !(weights.reduce((sum, weight) => sum + weight, 0) > 0))
    refuse("arms", "these weights cannot be dealt by", "Give finite weights of 0 or more, at least one above 0.", weights);
}
