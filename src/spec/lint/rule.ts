// One lint rule is one file: what it is about, and a check that returns what it found with a fix (assignment note 2.11).
import type { TelemetrySpec } from "../integrations/telemetry.ts";
import type { SpecCatalog } from "../overrides/catalog.ts";
import type { RegisteredExperiment } from "../types.ts";

export interface LintBaseline {
  readonly version: string;
  readonly fingerprint: string;
  /** Given while the experiment is live. */
  readonly bucketingVersion?: number | undefined;
}

export interface LintContext {
  /** Experiments that are live beside this one, for collisions. */
  readonly live?: readonly RegisteredExperiment[] | undefined;
  readonly telemetry?: readonly TelemetrySpec[] | undefined;
  readonly catalog?: SpecCatalog | undefined;
  /** An earlier state by experiment name: see `baselineOf`. */
  readonly baseline?: Readonly<Record<string, LintBaseline>> | undefined;
  /** True if assignments are kept in a store. */
  readonly hasStore?: boolean | undefined;
  /** Decided winners by experiment name. */
  readonly winners?: Readonly<Record<string, string>> | undefined;
  readonly nowMs?: number | undefined;
}

export interface LintHit {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

export interface LintRule {
  readonly id: string;
  /** `error`: assignments or results will be wrong; `warn`: practice; `info`: worth knowing. */
  readonly severity: "error" | "warn" | "info";
  /** One line: what good looks like. */
  readonly meaning: string;
  check(experiment: RegisteredExperiment, context: LintContext): LintHit[];
}

/** The rules of a targeted allocation, else none. */
export function rulesOf({ allocation }: RegisteredExperiment) {
  return allocation.type === "targeted" ? allocation.rules : [];
}

/** Whether a rule matches whoever comes. */
export function isBare({ expression = "", policy, percentage = 1 }: ReturnType<typeof rulesOf>[number]): boolean {
  return expression.trim() === "" && policy === undefined && percentage >= 1;
}
