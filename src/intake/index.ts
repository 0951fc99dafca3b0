// Face of intake/: from a brief to its variants, and the check that only the variable under test differs.
export { assumedLogSd, detectableLift, type DetectableLift } from "./detectableLift.ts";
export { checkDifferences, type Difference } from "./difference.ts";
export { renderCaption } from "./render.ts";
export { type Variation, type VariationClass, variedFields } from "./variedFields.ts";
export { makeVariants } from "./variants.ts";
