// Face of intake/: the check of a brief, its variants and creators, and the comparison that keeps one variable under test.
export { type BriefCheck, type BriefCheckOptions, checkBrief } from "./checkBrief.ts";
export type { BriefFacts, CatalogueView, Pace, SurfaceMetric } from "./facts.ts";
export type { ExpectedCost } from "./cost.ts";
export { assumedLogSd, detectableLift, type DetectableLift } from "./detectableLift.ts";
export { checkDifferences, type Difference } from "./difference.ts";
export { renderCaption } from "./render.ts";
export { type Variation, type VariationClass, variedFields } from "./variedFields.ts";
export { makeVariants } from "./variants.ts";
