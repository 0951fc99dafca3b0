// The nouns and events of the product: zod schemas, their types, and the error family.
export { DomainError, type DomainErrorDetails, type Fault, isDomainError, parseWith, pathText, type Where } from "./errors.ts";
export {
  contentHashSchema,
  countSchema,
  hoursSchema,
  idSchema,
  instantMsSchema,
  type Json,
  jsonSchema,
  labelSchema,
  probabilitySchema,
  sha256HexSchema,
  timeOfDaySchema,
  type WallTime,
  wallTimeSchema,
  type Zone,
  zoneSchema,
} from "./scalars.ts";
export { type Issue, issueSchema, refuse } from "./issue.ts";
export {
  type DecisionKind,
  decisionKinds,
  decisionKindSchema,
  type GuardVerdict,
  guardVerdictAtLeast,
  guardVerdicts,
  guardVerdictSchema,
  type Verdict,
  verdicts,
  verdictSchema,
  worstGuardVerdict,
} from "./verdict.ts";
export {
  type AccountStatus,
  accountStatuses,
  accountStatusSchema,
  type ExperimentState,
  type ExperimentEnding,
  experimentEndings,
  experimentStates,
  experimentStateSchema,
  type ExperimentStatus,
  experimentStatuses,
  experimentStatusSchema,
  holdsLayer,
  type LaneHealth,
  laneHealths,
  laneHealthSchema,
  type PostStatus,
  postStatuses,
  postStatusSchema,
  statusOf,
  type VariantStatus,
  variantStatuses,
  variantStatusSchema,
  wasPublished,
} from "./status.ts";
export { type Lane, lanes, laneSchema, needsPerson } from "./lane.ts";
export {
  type Platform,
  platformOf,
  platforms,
  platformSchema,
  snapshotAgesHours,
  type Surface,
  surfaceNames,
  surfaces,
  surfaceSchema,
} from "./surface.ts";
export {
  applyPatch,
  type Content,
  type ContentField,
  contentFields,
  contentFieldSchema,
  type ContentPatch,
  contentPatchSchema,
  contentSchema,
  coverSchema,
  differingFields,
  disclosureFlagNames,
  type MediaRef,
  mediaRefSchema,
  patchedFields,
  readField,
} from "./content.ts";
export {
  type Coupling,
  fieldsUnderTest,
  type Variable,
  type VariableName,
  variableNames,
  variableNameSchema,
  variables,
} from "./variables.ts";
export { metricNameSchema, type Proxy, proxyKinds, type ProxyScale, proxyScales, proxySchema } from "./proxy.ts";
export {
  type AccountSignal,
  accountSignals,
  accountSignalSchema,
  type Guardrail,
  guardrailSchema,
  guardrailWindowSchema,
  isSurvivalSignal,
  publishStatistics,
  survivalSignals,
} from "./guardrail.ts";
export {
  dateOf,
  dayMs,
  dayNumberOf,
  minuteMs,
  minuteOf,
  mondayOfWeek,
  timeOf,
  two,
  type Weekday,
  weekdayOfDay,
  weekdays,
  wallTimeOf,
  weekNumberOf,
} from "./civilDay.ts";
export {
  type Daypart,
  daypartOf,
  dayparts,
  type Slot,
  slotBin,
  type SlotCell,
  slotCellSchema,
  slotSchema,
  weekdayClass,
  weekdayOf,
  weekdaySchema,
} from "./slot.ts";
export { type Approval, type ApprovalLevel, approvalLevels, approvalLevelSchema, approvalSchema, approves } from "./approval.ts";
export {
  type DecisionPreset,
  decisionPresets,
  decisionPresetSchema,
  type ExperimentType,
  type ExperimentTypeFacts,
  experimentTypeNames,
  experimentTypes,
  experimentTypeSchema,
  strongestPreset,
} from "./experimentTypes.ts";
export { exposurePlanSchema, type ExposurePlan, runWindowSchema, type RunWindow } from "./exposurePlan.ts";
export { stopConditionSchema, type StopCondition } from "./stopCondition.ts";
export { type Brief, type BriefInput, briefSchema, controlSchema, hypothesisSchema, testVariantSchema } from "./brief.ts";
export { type BriefReading, readBrief, readBriefFully } from "./readBrief.ts";
export { type BriefRule, briefRule } from "./briefRule.ts";
export { humanApprovalCauses, humanApprovalReasons, isRegulated } from "./humanApproval.ts";
export { checkTypeRequirements, decisionPresetOf, typeRequirements } from "./typeRequirements.ts";
export {
  type ContentIdentity,
  contentIdentitySchema,
  provenanceSchema,
  type Rendering,
  renderingSchema,
  type Variant,
  variantSchema,
} from "./variant.ts";
export { type Experiment, experimentSchema } from "./experiment.ts";
export {
  type Assignment,
  assignmentSchema,
  type Attempt,
  attemptSchema,
  type ErrorClass,
  errorClasses,
  errorClassSchema,
  type PlannedPost,
  plannedPostSchema,
  type Post,
  postSchema,
  type Proof,
  proofSchema,
} from "./post.ts";
export { type Plan, planSchema } from "./plan.ts";
export {
  type AccountSignalEntry,
  accountSignalEntrySchema,
  type Budgets,
  budgetsSchema,
  type OrdinaryPost,
  ordinaryPostSchema,
  type PlanAccount,
  planAccountSchema,
  type PlanInputDocument,
  planInputSchema,
  type RecentPost,
  recentPostSchema,
  type WorkingHours,
  workingHoursSchema,
} from "./planInput.ts";
export { type ExposureRecord, exposureRecordSchema } from "./exposure.ts";
export { missingReasons, type OutcomeSnapshot, outcomeSnapshotSchema } from "./outcome.ts";
export {
  type GuardIssue,
  guardIssueSchema,
  type GuardName,
  guardNameSchema,
  type GuardResult,
  guardResultSchema,
  guards,
  type PreflightReport,
  preflightReportSchema,
} from "./guard.ts";
export {
  attentionSchema,
  latencySchema,
  type PostMeta,
  postMetaSchema,
  type PreflightInputDocument,
  preflightInputSchema,
  type Quota,
  quotaSchema,
} from "./preflightInput.ts";
export { type Check, checkSchema, exactnesses } from "./check.ts";
export { type ValidityReport, validityReportSchema } from "./validityReport.ts";
export {
  type ArmEvidence,
  armEvidenceSchema,
  type Decision,
  type DecisionEvidence,
  decisionEvidenceSchema,
  decisionReasonSchema,
  decisionSchema,
  type EffectPrior,
  type HarmUnits,
} from "./decision.ts";
export { type BlockSubject, type GuardBlock, guardBlockSchema, riskBlockReason, riskBlocksOf } from "./guardBlock.ts";
export { type ExperimentReport, experimentReportSchema, publishReliabilitySchema, reportArmSchema } from "./report.ts";
export { type Escalation, escalationReasons, escalationSchema } from "./escalation.ts";
export { type Learning, learningSchema } from "./learning.ts";
export {
  emptyLayer,
  freeRanges,
  freeShare,
  holderAt,
  type Layer,
  type LayerHold,
  layerHoldSchema,
  layerId,
  layerIdSchema,
  layerSchema,
  parseLayerId,
  type Range,
  rangeSchema,
  releaseLayer,
  reserveLayer,
} from "./layer.ts";
export { type JournalEvent, type JournalEventOf, journalEventSchema, type JournalEventType, journalEventTypes } from "./journal.ts";
export { jsonSchemaOf, type PublishedName, publishedNames, type PublishedSchema, publishedSchemas } from "./schemas.ts";
export {
  type ArmTotalsMapping,
  type Mapping,
  mappingSchema,
  type MomentArmColumns,
  type MomentPairColumns,
  type MomentsMapping,
  type PlannedShares,
  type SnapshotsMapping,
  type SourceFormat,
  sourceFormatSchema,
} from "./mapping.ts";
export { faultName, isClean, type Scenario, type ScenarioCell, scenarioCells, type ScenarioFault, scenarioSchema } from "./scenario.ts";
