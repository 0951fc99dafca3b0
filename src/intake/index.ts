// Face of intake/: the check of a brief, its variants and creators, and the comparison that keeps one variable under test.
export { type BriefCheck, type BriefCheckOptions, type BriefFacts, checkBrief } from "./checkBrief.ts";
export { assumedLogSd, detectableLift, type DetectableLift } from "./detectableLift.ts";
export { checkVariants, rehashed } from "./givenVariants.ts";
export { makeVariants } from "./variants.ts";
export { renderCaption } from "./render.ts";
export type { CovariateMove } from "./covariates.ts";
export { checkDifferences, difference, type Difference, type FieldChange, variedContentFields } from "./difference.ts";
export { type Variation, type VariationClass, variedFields } from "./variedFields.ts";
export { acceptPatch, type CreatedVariants, createVariants, type Creator, type CreatorAnswer, type CreatorRequest } from "./creator.ts";
export { type BrandKit, brandKitSchema, type CompliancePolicy, compliancePolicySchema, type Guides } from "./guides.ts";
export { type BriefComparison, compareBriefs, compareVariants, type ContentComparison, type FieldRow } from "./briefDiff.ts";
export { type BriefAnswers, draftBrief } from "./draft.ts";
export { type WordChange, wordDiff } from "./wordDiff.ts";
