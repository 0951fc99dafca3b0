// FormatGuard: does every surface take these texts and files? Limits come from the dated catalogue with their sources; files are judged by what
// the prober read of them (preflight note 2.3).
import { isoDateMs } from "../canon/index.ts";
import { platformCatalogue } from "../catalogue/index.ts";
import type { GuardIssue } from "../domain/index.ts";
import { limitsOf } from "./format/limits.ts";
import { checkFiles, checkMedia, fileRuleIds } from "./format/mediaChecks.ts";
import { checkTexts } from "./format/textChecks.ts";
import type { Guard } from "./guard.ts";

export const formatGuard: Guard = {
  name: "FormatGuard",
  isContentGuard: true,
  versions: ({ media }) => ({
    catalogue: platformCatalogue().catalogueVersion,
    ...(media.versions["prober"] !== undefined && { prober: media.versions["prober"] }),
  }),
  check: ({ brief, variants, nowMs }, { media }) => ({
    ruleIds: [
      ...brief.surfaces.flatMap((surface) => limitsOf(surface).map(({ ruleId }) => ruleId)),
      ...fileRuleIds,
      "format.catalogue.age",
    ],
    issues: [
      ...variants.flatMap((variant) => [
        ...checkFiles(variant, media),
        ...brief.surfaces.flatMap((surface) => [...checkTexts(variant, surface), ...checkMedia(variant, surface, media)]),
      ]),
      ...catalogueAge(nowMs),
    ],
  }),
};

const dayMs = 86_400_000;

function catalogueAge(nowMs: number): GuardIssue[] {
  const { catalogueVersion, retrieved, maxAgeDays } = platformCatalogue();
  const ageDays = Math.floor((nowMs - isoDateMs(retrieved)) / dayMs);
  if (ageDays <= maxAgeDays) return [];
  return [
    {
      ruleId: "format.catalogue.age",
      verdict: "warn",
      field: "",
      actual: ageDays,
      limit: maxAgeDays,
      unit: "day",
      source: catalogueVersion,
      message: `The platform catalogue is ${ageDays} days old`,
      fix: "Check the limits at the platforms and update the catalogue.",
    },
  ];
}
