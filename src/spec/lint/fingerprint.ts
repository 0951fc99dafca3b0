// A hash of everything that decides who gets what: if it changes, `meta.version` must too.
import { contentHash } from "../../canon/index.ts";
import type { RegisteredExperiment } from "../types.ts";

/** `sha256:...` of arms, weights, overrides, allocation, unit, hash, layer and holdout; titles and metrics do not count. */
export function assignmentFingerprint(experiment: RegisteredExperiment): string {
  const { controlVariant, variants, allocation, unit, fallbackUnit, bucketingVersion, hashVersion, coverage, layer, holdout } = experiment;
  const arms = variants.map(({ id, weight = 1, overrides = [] }) => ({ id, weight, overrides }));
  const fields = { controlVariant, arms, allocation, unit, fallbackUnit, bucketingVersion, hashVersion, coverage, layer, holdout };
  // Fields that were never written are left out, as JSON leaves them out.
  return contentHash(JSON.parse(JSON.stringify(fields)));
}
