// What can be worked out about an experiment before anybody asks: cuts, rule ids, compiled expressions, and hashes of everything in front of the
// unit id (assignment note 2.3). Made once per registered spec; evaluation only continues these hashes.
import {
  armAt,
  bucketer,
  type Bucketer,
  compileExpression,
  type CompiledExpression,
  defaultHashVersion,
  fnv1a,
  growthBookAfter,
  growthBookArm,
  growthBookBucket,
  growthBookRanges,
  type HashVersion,
  weightCuts,
} from "../canon/index.ts";
import type { RegisteredExperiment, RegisteredRule, RegisteredVariant } from "./types.ts";
import { parseVersion } from "./version.ts";

export interface CompiledRule {
  readonly id: string;
  readonly index: number;
  readonly rule: RegisteredRule;
  readonly variant: RegisteredVariant;
  /** Share admitted by a draw; undefined where everybody is. */
  readonly gate: number | undefined;
  /** Undefined for a rule without one, and where the host's evaluator reads it. */
  readonly expression: CompiledExpression | undefined;
  /** Empty for a rule without one. */
  readonly expressionText: string;
}

/** The draws of one unit type, each with its prefix hashed. */
export interface UnitDraws {
  readonly arm: Bucketer;
  readonly fallback: Bucketer;
  readonly gates: readonly Bucketer[];
  readonly layer: Bucketer | undefined;
  readonly holdout: Bucketer | undefined;
  readonly assignmentPrefix: string;
}

export interface CompiledExperiment {
  readonly spec: RegisteredExperiment;
  readonly experiment: { readonly name: string; readonly version: string };
  readonly control: RegisteredVariant;
  readonly rules: readonly CompiledRule[];
  readonly hashVersion: HashVersion;
  readonly bucketingVersion: number;
  /** Each arm's share of a weighted draw, in the order of variants. */
  readonly shares: readonly number[];
  /** The arm at a number in [0, 1); undefined where GrowthBook's ranges leave a gap. */
  armAt(u: number): RegisteredVariant | undefined;
  drawsOf(unitType: string): UnitDraws;
}

/** `external` leaves expressions to the host's evaluator. */
export function compileExperiment(
  spec: RegisteredExperiment,
  defaults: { readonly hash: HashVersion | undefined; readonly external: boolean },
): CompiledExperiment {
  const { meta, variants, allocation, bucketingVersion = 1 } = spec;
  const hashVersion = spec.hashVersion ?? defaults.hash ?? defaultHashVersion;
  const weights = variants.map(({ weight = 1 }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rules = allocation.type === "targeted" ? compileRules(allocation.rules, variants, defaults.external) : [];
  const draws = new Map<string, UnitDraws>();
  return {
    spec,
    experiment: Object.freeze({ name: meta.name, version: parseVersion(meta.version)!.text }),
    control: variants.find(({ id }) => id === spec.controlVariant)!,
    rules,
    hashVersion,
    bucketingVersion,
    shares: weights.map((weight) => weight / total),
    armAt: armPicker(spec, hashVersion, weights),
    drawsOf(unitType) {
      const known = draws.get(unitType);
      if (known !== undefined) return known;
      const made = unitDraws(spec, rules, hashVersion, bucketingVersion, unitType);
      // Unit types come from specs, or from contexts without a declared unit: a handful. A caller that floods them is not remembered.
      if (draws.size < 16) draws.set(unitType, made);
      return made;
    },
  };
}

function armPicker(
  { variants, coverage }: RegisteredExperiment,
  hashVersion: HashVersion,
  weights: readonly number[],
): CompiledExperiment["armAt"] {
  if (hashVersion === "m3-1") {
    const cuts = weightCuts(weights);
    return (u) => variants[armAt(cuts, u)];
  }
  const ranges = growthBookRanges(weights, coverage);
  return (u) => variants[growthBookArm(u, ranges)];
}

function compileRules(
  rules: readonly RegisteredRule[],
  variants: readonly RegisteredVariant[],
  external: boolean,
): readonly CompiledRule[] {
  const ordinals = new Map<string, number>();
  return rules.map((rule, index) => {
    const { variantId, percentage = 1, expression = "" } = rule;
    const ordinal = ordinals.get(variantId) ?? 0;
    ordinals.set(variantId, ordinal + 1);
    const expressionText = expression.trim() === "" ? "" : expression;
    return {
      id: rule.id ?? `${variantId}#${ordinal}`,
      index,
      rule,
      variant: variants.find(({ id }) => id === variantId)!,
      gate: percentage < 1 ? percentage : undefined,
      expression: expressionText === "" || external ? undefined : compileOrFail(expressionText),
      expressionText,
    };
  });
}

/** A registry told that expressions are external checks none; without an evaluator of their own the unreadable ones fail when asked. */
function compileOrFail(source: string): CompiledExpression {
  try {
    return compileExpression(source);
  } catch (error) {
    return {
      source,
      evaluate() {
        throw error;
      },
    };
  }
}

function unitDraws(
  { meta, allocation, layer, holdout }: RegisteredExperiment,
  rules: readonly CompiledRule[],
  hashVersion: HashVersion,
  bucketingVersion: number,
  unitType: string,
): UnitDraws {
  const { salt } = allocation;
  const own = (purpose: string): Bucketer => bucketer({ purpose, scope: meta.name, salt, bucketingVersion, unitType });
  // A layer and a holdout are shared by experiments, so neither salt nor bucketing version of one of them may enter.
  const shared = (purpose: string, scope: string): Bucketer => bucketer({ purpose, scope, unitType });
  const isKeyed = hashVersion === "m3-1";
  const foreign = isKeyed ? undefined : growthBookBucketer(salt, meta.name, bucketingVersion, hashVersion);
  return {
    arm: foreign ?? own("arm"),
    fallback: foreign ?? own("fallback"),
    gates: rules.map(({ id }) => own(`gate:${id}`)),
    layer: layer && shared("layer", layer.id),
    holdout: holdout && shared("holdout", holdout.id),
    assignmentPrefix: `${encodeURIComponent(meta.name.toWellFormed())}@${bucketingVersion}/${encodeURIComponent(unitType.toWellFormed())}/`,
  };
}

/** GrowthBook's seed is the salt, else the experiment's name; a bucketing version above 1 joins it, so that raising it deals again. */
function growthBookBucketer(salt: string | undefined, name: string, bucketingVersion: number, version: "gb-v1" | "gb-v2"): Bucketer {
  const seed = (salt === undefined || salt === "" ? name : salt) + (bucketingVersion === 1 ? "" : `@${bucketingVersion}`);
  if (version === "gb-v1") return (unitId) => growthBookBucket(seed, unitId, version);
  const state = fnv1a(seed);
  return (unitId) => growthBookAfter(state, unitId);
}
