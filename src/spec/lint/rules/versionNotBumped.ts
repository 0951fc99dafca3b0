// A change of allocation or variants raises meta.version (best practice 1).
import { parseVersion } from "../../version.ts";
import { assignmentFingerprint } from "../fingerprint.ts";
import type { LintRule } from "../rule.ts";

export const versionNotBumped: LintRule = {
  id: "version-not-bumped",
  severity: "error",
  meaning: "what assigns differs from the baseline only under a higher version",
  check: (experiment, { baseline = {} }) => {
    const { name, version } = experiment.meta;
    const known = baseline[name];
    if (known === undefined || known.version !== parseVersion(version)!.text || known.fingerprint === assignmentFingerprint(experiment))
      return [];
    return [
      {
        path: "meta.version",
        message: `variants or allocation changed and the version is still ${version}`,
        fix: "Raise meta.version; to deal everybody again, raise bucketingVersion too.",
      },
    ];
  },
};
