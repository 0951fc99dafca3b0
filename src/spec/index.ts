// Experiments as specs: registry, evaluator, targeting, layers and holdouts, overrides, lint. Pure: the store, the clock and the policy engine are
// given by the host.
export { type BlockRequest, dealBlock, type DealtUnit } from "./blocks.ts";
export { buildExperiment, type ExperimentDraft } from "./builder/buildExperiment.ts";
export { type ExperimentFile, experimentFile, identifierOf, kebabOf } from "./builder/experimentFile.ts";
export { type ExperimentContext, type Unit } from "./context.ts";
export { type Evaluation, type EvaluationDetail, type EvaluationIssue, type EvaluationReason, type TraceStep } from "./evaluation.ts";
export { type EvaluationRequest, ExperimentEvaluator, type EvaluatorConfig } from "./evaluator.ts";
export { ownerOf } from "./owner.ts";
export { createExposureReporter, exposureEvent, type ExposureReporter, type UnitExposed } from "./exposure.ts";
export { layersOf } from "./layers.ts";
export { type Lifecycle, type LifecycleLists, lifecycleOf } from "./lifecycle.ts";
export {
  checkExperimentRefs,
  type DataViewSpec,
  type FeatureModuleSpec,
  resolveExperimentRefs,
  type WorkflowSpec,
} from "./integrations/refs.ts";
export {
  isTighterPolicy,
  policyCheckerOf,
  type PolicyDecision,
  PolicyEngine,
  type PolicyRequest,
  type PolicyRule,
  type PolicySpec,
} from "./integrations/policyEngine.ts";
export { type ResolvedSpec, type ResolveOptions, resolveSpec } from "./integrations/resolveSpec.ts";
export { checkSuccessMetrics, type TelemetryEvent, type TelemetryPrivacy, type TelemetrySpec } from "./integrations/telemetry.ts";
export { assignmentFingerprint, baselineOf } from "./lint/fingerprint.ts";
export { lintExperiment, type LintFinding, lintRules } from "./lint/lint.ts";
export { type LintBaseline, type LintContext, type LintHit, type LintRule } from "./lint/rule.ts";
export { type AppliedOverrides, applyExperimentOverrides } from "./overrides/apply.ts";
export { type CatalogOptions, type OverridableSpec, SpecCatalog } from "./overrides/catalog.ts";
export {
  type OverrideHandler,
  OverrideHandlerRegistry,
  type OverrideHandlers,
  overrideHandlers,
  type OverrideRequest,
  type RevertOverride,
} from "./overrides/handlers.ts";
export { mergePatch, mergePatchBetween } from "./overrides/mergePatch.ts";
export { type CanonicalChange, type Promotion, promoteVariant } from "./promote.ts";
export { type ExperimentFilter, ExperimentRegistry, type RegistryOptions } from "./registry.ts";
export { experimentSpecSchema } from "./schema.ts";
export {
  type ArmShare,
  type AssignmentSimulation,
  type ExperimentShares,
  type LagCheck,
  type PairCheck,
  type ShareCheck,
  simulateAssignment,
  type SimulationRequest,
  type SimulationVerdict,
} from "./simulate/simulateAssignment.ts";
export { idFamilies, type IdFamily } from "./simulate/unitIds.ts";
export { type Stability, StabilityEnum } from "./stability.ts";
export {
  type AssignmentKey,
  type AssignmentStore,
  type AsyncAssignmentStore,
  MemoryAssignmentStore,
  type StoredAssignment,
  type SyncAssignmentStore,
} from "./store.ts";
export {
  type AllocationStrategy,
  type ExperimentMeta,
  type ExperimentOverride,
  type ExperimentOverrideType,
  type ExperimentRef,
  type ExperimentSpec,
  type ExperimentVariant,
  type ExperimentWindow,
  type HoldoutMembership,
  type Labelled,
  type LayerMembership,
  type MetricAggregation,
  type PolicyRef,
  type RegisteredExperiment,
  type RegisteredVariant,
  type SpecMeta,
  type SpecRef,
  type StickyAttribute,
  type SuccessMetric,
  type TargetingRule,
  type Version,
} from "./types.ts";
export { type ExpressionMode, validateExperiment } from "./validate.ts";
export { parseVersion, type ParsedVersion } from "./version.ts";
