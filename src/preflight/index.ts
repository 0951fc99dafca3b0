// Face of preflight/: five guards over a brief and its variants; ports through which files are read; policies and rule packs as data.
export { budgetGuard } from "./budgetGuard.ts";
export { formatGuard } from "./formatGuard.ts";
export { countText, type TextCounter } from "./format/textCounters.ts";
export { guardBlocksOf } from "./guardBlocks.ts";
export { type Guard, type GuardFindings, runGuard } from "./guard.ts";
export type { Budgets, PreflightAccount, PreflightInput, RecentPost } from "./input.ts";
export {
  type AudioFacts,
  type AudioTrackFacts,
  type Fingerprint,
  gatherMedia,
  type ImageFacts,
  type ImageFingerprint,
  type MediaFacts,
  type MediaHasher,
  type MediaLibrary,
  type MediaProber,
  mediaRefs,
  noMedia,
  type UnreadableMedia,
  type VideoFacts,
  type VideoFingerprint,
} from "./mediaLibrary.ts";
export { policyAttributes } from "./policy/facts.ts";
export { policyEngine, shippedPolicyEngine } from "./policy/shippedPolicies.ts";
export { policyGuard } from "./policyGuard.ts";
export { createGuardCache, type GuardCache, type GuardContext, type PolicyEngine, type PreflightPorts } from "./ports.ts";
export { preflight, preflightBeforeSubmit } from "./preflight.ts";
export { type CompiledPack, compileRiskPack } from "./risk/compilePack.ts";
export { type RiskPack, riskPackSchema, type RiskRule } from "./risk/packSchema.ts";
export { shippedRiskPack } from "./risk/shippedPack.ts";
export { confoundingRuleIds, riskScan } from "./riskScan.ts";
export { hammingDistance, pictureDistance, sharedFrames } from "./uniqueness/picture.ts";
export { type CaptionPrint, captionPrint, printSimilarity, textSimilarity } from "./uniqueness/text.ts";
export { uniquenessGuard } from "./uniquenessGuard.ts";
