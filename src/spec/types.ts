// An experiment as its author writes it: the published ExperimentSpec with our additions (assignment note 2.1). Published pages write `name`,
// published types `key`; both are read, and `name` wins.
import type { HashVersion } from "../canon/index.ts";
import type { Stability } from "./stability.ts";

/** A thing with a name; either word will do. */
export type Labelled = { name: string; key?: string | undefined } | { name?: string | undefined; key: string };

/** `1` and `"1.2"` are short for `1.0.0` and `1.2.0`. */
export type Version = string | number;

export type SpecRef = Labelled & { version?: Version | undefined };
export type ExperimentRef = SpecRef;
export type PolicyRef = Labelled & { version: Version };

export type SpecMeta = Labelled & {
  version: Version;
  title?: string;
  description?: string;
  domain?: string;
  stability?: Stability;
  owners?: string[];
  tags?: string[];
  docId?: string;
};
export type ExperimentMeta = SpecMeta;

export const overrideTypes = ["dataView", "workflow", "theme", "policy", "presentation"] as const;
export type ExperimentOverrideType = (typeof overrideTypes)[number];

export interface ExperimentOverride {
  type: ExperimentOverrideType;
  /** Name of the spec that is used instead while the arm is active. */
  target: string;
  version?: Version;
  /** Addition: name of the spec that is overridden; default: the only spec of the type that refers to the experiment. */
  replaces?: string;
  /** JSON Merge Patch (RFC 7396) on the target. */
  config?: Record<string, unknown>;
}

export type ExperimentVariant = Labelled & {
  id: string;
  description?: string;
  /** Relative weight of a draw, default 1; 0 is never drawn. */
  weight?: number;
  overrides?: ExperimentOverride[];
  metadata?: Record<string, unknown>;
};

export const stickyAttributes = ["userId", "organizationId", "sessionId"] as const;
export type StickyAttribute = (typeof stickyAttributes)[number];

export interface TargetingRule {
  /** Addition: names the gate's draw, so that rules may be reordered; default `variantId#ordinal` among the arm's rules. */
  id?: string;
  variantId: string;
  /** Share of matching units admitted, 0 to 1; default everybody. */
  percentage?: number;
  policy?: PolicyRef;
  /** Safe expression over `context`. */
  expression?: string;
}

export type AllocationStrategy =
  | { type: "random"; salt?: string }
  | { type: "sticky"; attribute: StickyAttribute; salt?: string }
  | { type: "targeted"; rules: TargetingRule[]; fallback?: "control" | "random"; salt?: string };

export const metricAggregations = ["count", "avg", "p75", "p90", "p95", "p99"] as const;
export type MetricAggregation = (typeof metricAggregations)[number];

export type SuccessMetric = Labelled & {
  telemetryEvent: Labelled & { version: Version };
  aggregation: MetricAggregation;
  /** Addition: the numeric property that `avg` and percentiles are taken of. */
  property?: string;
  target?: number;
};

/** Mutual exclusion: a split layer gives the experiment the half-open `ranges` of its unit interval. */
export interface LayerMembership {
  /** Usually `client/surface/variable`. */
  id: string;
  mode?: "exclusive" | "split";
  ranges?: { from: number; to: number }[];
}

/** Units kept from every experiment that names the holdout: `[0, share)`; `[share, 2 share)` is the measurement twin. */
export interface HoldoutMembership {
  id: string;
  /** Default .05. */
  share?: number;
}

/** When the experiment runs, epoch ms, half-open. */
export interface ExperimentWindow {
  startMs?: number;
  endMs?: number;
}

export interface ExperimentSpec {
  meta: ExperimentMeta;
  /** Id of the control arm. */
  controlVariant: string;
  variants: ExperimentVariant[];
  allocation: AllocationStrategy;
  successMetrics?: SuccessMetric[];
  tags?: string[];
  /** Addition: what is assigned: `userId`, `organizationId`, `sessionId`, or a type of `context.unit` such as `post`. */
  unit?: string;
  /** Addition: what a sticky draw uses where its attribute is absent; default none: control. */
  fallbackUnit?: string;
  /** Addition, default 1: raising it deals everybody again. */
  bucketingVersion?: number;
  /** Addition, default `m3-1`. */
  hashVersion?: HashVersion;
  /** Addition: share of units GrowthBook's ranges cover; only with `gb-v1` and `gb-v2`. */
  coverage?: number;
  layer?: LayerMembership;
  holdout?: HoldoutMembership;
  window?: ExperimentWindow;
}

/** Deeply read-only, for the registry's private copies. */
export type Frozen<T> = T extends (...parameters: never[]) => unknown
  ? T
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** Both words filled in. */
export interface Named {
  readonly name: string;
  readonly key: string;
}

type WithNames<T> = T extends Labelled ? Omit<T, "name" | "key"> & Named : never;

export type RegisteredVariant = Frozen<WithNames<ExperimentVariant>>;
export type RegisteredPolicyRef = Named & { readonly version: Version };
export type RegisteredRule = Frozen<Omit<TargetingRule, "policy">> & { readonly policy?: RegisteredPolicyRef };
export type RegisteredAllocation =
  | Frozen<Extract<AllocationStrategy, { type: "random" | "sticky" }>>
  | (Frozen<Omit<Extract<AllocationStrategy, { type: "targeted" }>, "rules">> & { readonly rules: readonly RegisteredRule[] });
export type RegisteredMetric = Frozen<Omit<WithNames<SuccessMetric>, "telemetryEvent">> & {
  readonly telemetryEvent: Named & { readonly version: Version };
};

/** A validated experiment: a deep-frozen private copy with both `name` and `key` wherever one was written. */
export type RegisteredExperiment = Frozen<Omit<ExperimentSpec, "meta" | "variants" | "allocation" | "successMetrics">> & {
  readonly meta: Frozen<WithNames<ExperimentMeta>>;
  readonly variants: readonly RegisteredVariant[];
  readonly allocation: RegisteredAllocation;
  readonly successMetrics?: readonly RegisteredMetric[];
};
