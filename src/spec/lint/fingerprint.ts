// A hash of everything that decides who gets what: if it changes, `meta.version` must too.
import { contentHash } from "../../canon/index.ts";
import type { RegisteredExperiment } from "../types.ts";
import { parseVersion } from "../version.ts";
import type { LintBaseline } from "./rule.ts";

/** `sha256:...` of arms, weights, overrides, allocation, unit, hash, layer and holdout; titles and metrics do not count. */
export function assignmentFingerprint(experiment: RegisteredExperiment): string {
  const { controlVariant, variants, allocation, unit, fallbackUnit, bucketingVersion, hashVersion, coverage, layer, holdout } = experiment;
  const arms = variants.map(({ id, weight = 1, overrides = [] }) => ({ id, weight, overrides }));
  const fields = { controlVariant, arms, allocation, unit, fallbackUnit, bucketingVersion, hashVersion, coverage, layer, holdout };
  // Fields that were never written are left out, as JSON leaves them out.
  return contentHash(JSON.parse(JSON.stringify(fields)));
}

/** What a baseline file keeps of an experiment, to lint its next edit against. */
export function baselineOf(experiment: RegisteredExperiment): LintBaseline {
  const { meta, bucketingVersion = 1 } = experiment;
  return { version: parseVersion(meta.version)!.text, fingerprint: assignmentFingerprint(experiment), bucketingVersion };
}
