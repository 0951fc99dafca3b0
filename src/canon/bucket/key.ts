// Keyed bucketing (assignment note 2.3): every draw hashes its purpose, its experiment (or layer, or holdout), salt, unit type and unit id, so no
// two draws share a number. NUL is barred from all parts but the last, which makes the join injective.
import { DomainError } from "../../domain/index.ts";
import { murmur3, murmur3After, murmur3Prefix } from "./murmur3.ts";

export interface BucketKey {
  /** `arm`, `fallback`, `gate:<ruleId>`, `layer`, `holdout` or `block:<blockId>`. */
  readonly purpose: string;
  /** The experiment's name; for layers and holdouts their own id. */
  readonly scope: string;
  readonly salt?: string | undefined;
  /** Default 1; raising it deals everybody again. */
  readonly bucketingVersion?: number | undefined;
  readonly unitType: string;
}

/** Maps a unit id to its number in [0, 1). */
export type Bucketer = (unitId: string) => number;

const twoTo32 = 4_294_967_296;

/** The full text that is hashed, for notebooks that recompute an assignment. */
export function bucketKeyText(key: BucketKey, unitId: string): string {
  return keyPrefix(key) + unitId;
}

/**
 * The number in [0, 1) of one unit, with resolution 2^-32.
 * @throws DomainError `nul-in-key` if a part other than the unit id holds NUL.
 */
export function bucketOf(key: BucketKey, unitId: string): number {
  return murmur3(bucketKeyText(key, unitId)) / twoTo32;
}

/** The same for many units: the part before the unit id is hashed once. */
export function bucketer(key: BucketKey): Bucketer {
  const state = murmur3Prefix(keyPrefix(key));
  return (unitId) => murmur3After(state, unitId) / twoTo32;
}

function keyPrefix({ purpose, scope, salt = "", bucketingVersion = 1, unitType }: BucketKey): string {
  const parts = { purpose, scope, salt, unitType };
  for (const [path, value] of Object.entries(parts)) {
    if (!value.includes("\0")) continue;
    throw new DomainError({
      code: "nul-in-key",
      path,
      message: `${path} holds a NUL character, which separates the parts of a key`,
      fix: "Remove the NUL character.",
      value,
    });
  }
  return `${purpose}\0${scope}\0${salt}@${bucketingVersion}\0${unitType}\0`;
}
