// Reading finished experiments from files, and writing reports for people.
export { analyse, type AnalyseOptions } from "./analyse.ts";
export type {
  Analysis,
  ArmAnalysis,
  ArmTotalsAnalysis,
  DescribedArmTotals,
  ExperimentAnalysis,
  FleetSummary,
  FleetWeekSummary,
  MomentsAnalysis,
  SnapshotsAnalysis,
} from "./analysis.ts";
export { experimentReport, type ReportFacts } from "./experiment/experimentReport.ts";
export type { ReportedExperiment } from "./experiment/experimentSections.ts";
export { journey, type JourneyLine, timeText } from "./experiment/journey.ts";
export { type ComparedExperiment, comparisonDocument, renderComparison } from "./experiment/renderComparison.ts";
export { renderExperiment } from "./experiment/renderExperiment.ts";
export { readMapping } from "./mappingFile.ts";
export { requireFreeOutput, writeOutput } from "./outputFolder.ts";
export { type ReportFormat, renderAnalysis } from "./renderAnalysis.ts";
export type { JsonSource } from "./jsonRows.ts";
export {
  type MetricEvent,
  type SuccessMetricResult,
  successMetrics,
  type SuccessMetricsReport,
  type SuccessMetricsRequest,
  type VariantMetric,
} from "./successMetrics.ts";
export { type ParquetCell, type ParquetColumn, parquetOf } from "./parquet.ts";
export { type PostHistory, type PostHistoryOptions, readPostHistory } from "./postHistory.ts";
export { renderTuning, type TunedCell, type TuningReport } from "./tuning/tuningPage.ts";
