// One form for everything that is compared, hashed or drawn: canonical JSON, hashes, keyed buckets, safe expressions.
export { contentHash, sha256Hex } from "./hash.ts";
export { canonicalJson } from "./json.ts";
export { briefHash, planHash } from "./planHash.ts";
export { blockSubject } from "./blockSubject.ts";
export { contentIdentity, variantContentHash, variantTextHash } from "./variantHash.ts";
export { bucketer, type Bucketer, type BucketKey, bucketKeyText, bucketOf } from "./bucket/key.ts";
export { armAt, weightCuts } from "./bucket/cuts.ts";
export { fnv1a } from "./bucket/fnv1a.ts";
export {
  type BucketRange,
  growthBookAfter,
  growthBookArm,
  growthBookBucket,
  growthBookRanges,
  type GrowthBookVersion,
  inGrowthBookNamespace,
} from "./bucket/growthBook.ts";
export { defaultHashVersion, type HashVersion, hashVersions } from "./bucket/hashVersion.ts";
export { murmur3, murmur3After, murmur3Bytes, murmur3Prefix, type Murmur3State } from "./bucket/murmur3.ts";
export { type CompiledExpression, compileExpression } from "./expression/compile.ts";
export { ExpressionError } from "./expression/error.ts";
export { expressionLimits } from "./expression/limits.ts";
export { type RuleDocument, ruleDocumentSchema, type RuleSet, ruleSetSchema } from "./rules/document.ts";
export { isoDateMs } from "./rules/isoDate.ts";
export {
  compileRules,
  type Fact,
  type Facts,
  type RuleDecision,
  type RuleMatcher,
  type RuleQuestion,
  type UnmetRule,
} from "./rules/match.ts";
