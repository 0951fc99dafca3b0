// Deals made-up units through experiments and judges the result as assignment note 4 does: shares, independence across experiments, independence of
// neighbouring ids, and the split inside every gate. Marginal shares alone pass broken hashes.
import { chiSquareTest } from "../../stats/index.ts";
import { DomainError } from "../../domain/index.ts";
import type { ExperimentContext } from "../context.ts";
import { ExperimentEvaluator, type EvaluatorConfig } from "../evaluator.ts";
import type { RegisteredExperiment } from "../types.ts";
import { parseVersion } from "../version.ts";
import { type IdFamily, unitIds } from "./unitIds.ts";

export interface SimulationRequest {
  /** Of distinct name and version. */
  readonly experiments: readonly RegisteredExperiment[];
  /** 1 to 10 million. */
  readonly unitCount: number;
  readonly idFamily?: IdFamily | undefined;
  /** What every unit is like. */
  readonly attributes?: Record<string, unknown> | undefined;
  readonly flags?: string[] | undefined;
  readonly policyChecker?: EvaluatorConfig["policyChecker"];
  /** The time that windows are held against, epoch ms; without it every window is taken to be open. */
  readonly nowMs?: number | undefined;
}

export type SimulationVerdict = "pass" | "fail" | "insufficient";

export interface ArmShare {
  readonly variantId: string;
  readonly units: number;
  readonly share: number;
  readonly expectedShare: number;
}

export interface ShareCheck {
  readonly experiment: string;
  /** `all units`, or the gate that let these units in, or what was left to the fallback. */
  readonly slice: string;
  /** Units that were drawn: each could have got another arm. */
  readonly units: number;
  readonly arms: readonly ArmShare[];
  /** Of a chi-square test of the drawn units. */
  readonly pValue: number | null;
  readonly verdict: SimulationVerdict;
}

export interface ExperimentShares {
  readonly experiment: string;
  readonly version: string;
  /** Everybody, by arm, drawn or not. */
  readonly arms: readonly { readonly variantId: string; readonly units: number; readonly share: number }[];
  readonly inExperiment: number;
  /** Units that are not analysed, by reason. */
  readonly excluded: Readonly<Record<string, number>>;
  /** Units in the experiment that could have got no other arm, so that nobody compares with them. */
  readonly notDrawn: number;
}

export interface PairCheck {
  readonly a: string;
  readonly b: string;
  /** Units drawn in both. */
  readonly units: number;
  readonly phi: number | null;
  /** 5 / sqrt(units). */
  readonly bound: number | null;
  readonly verdict: SimulationVerdict;
}

export interface LagCheck {
  readonly experiment: string;
  /** Correlation of a unit's arm with that of the unit so many ids later; the largest of lags 1 to 20. */
  readonly phi: number | null;
  readonly lag: number | null;
  /** 6 / sqrt(units). */
  readonly bound: number | null;
  readonly verdict: SimulationVerdict;
}

export interface AssignmentSimulation {
  readonly unitCount: number;
  readonly idFamily: IdFamily;
  readonly experiments: readonly ExperimentShares[];
  readonly shares: readonly ShareCheck[];
  readonly pairs: readonly PairCheck[];
  readonly lags: readonly LagCheck[];
  /** Of the evaluator, each once. */
  readonly issues: readonly { readonly experiment: string; readonly path: string; readonly message: string; readonly fix: string }[];
  readonly verdict: SimulationVerdict;
}

/** A p-value below this, of a fixed hash, is no bad luck. */
const shareAlpha = 1e-5;
const phiStandardErrors = 5;
const lagStandardErrors = 6;
const lagMax = 20;
const unitCountMax = 10_000_000;
/** Below this a table says nothing. */
const cellExpectedMin = 5;

/** @throws DomainError `units-invalid`. O(units x experiments^2 + units x experiments x lags). */
export function simulateAssignment(request: SimulationRequest): AssignmentSimulation {
  const { experiments, unitCount, idFamily = "sequential" } = request;
  if (!(Number.isInteger(unitCount) && unitCount >= 1 && unitCount <= unitCountMax))
    throw new DomainError({
      code: "units-invalid",
      path: "unitCount",
      message: `${unitCount} units cannot be simulated`,
      fix: `Give a whole number from 1 to ${unitCountMax}.`,
      value: unitCount,
    });
  const { dealt, issues } = deal(request);
  const shares = dealt.flatMap((one) => shareChecks(one, dealt));
  const pairs = dealt.flatMap((a, at) => dealt.slice(at + 1).flatMap((b) => (a.name === b.name ? [] : [pairCheck(a, b)])));
  const lags = dealt.map(lagCheck);
  const verdicts = [...shares, ...pairs, ...lags].map(({ verdict }) => verdict);
  return {
    unitCount,
    idFamily,
    experiments: dealt.map((one, at) => summary(one, experiments[at]!)),
    shares,
    pairs,
    lags,
    issues,
    verdict: verdicts.includes("fail") ? "fail" : verdicts.includes("pass") ? "pass" : "insufficient",
  };
}

/** What one experiment did with every unit. */
interface Dealt {
  /** Name, with the version where two versions are simulated together. */
  readonly label: string;
  readonly name: string;
  readonly version: string;
  readonly variantIds: readonly string[];
  /** Arm of each unit, as its place in `variantIds`. */
  readonly arm: Int16Array;
  /** Which of `propensities` each unit had; -1 where it had no other chance or is not in the experiment. */
  readonly chance: Int16Array;
  /** P(arm), by place in `variantIds`. */
  readonly propensities: number[][];
  /** Which of `gates` let each unit in; -1 for units that no rule took, -2 for those that a rule without a gate took. */
  readonly gate: Int16Array;
  readonly gates: readonly string[];
  /** P(arm) in the draw of a random fallback; undefined where there is none. */
  readonly fallback: readonly number[] | undefined;
  readonly excluded: Map<string, number>;
  inExperiment: number;
}

function deal({ experiments, unitCount, idFamily = "sequential", attributes, flags, policyChecker, nowMs }: SimulationRequest): {
  dealt: Dealt[];
  issues: AssignmentSimulation["issues"];
} {
  const issues = new Map<string, AssignmentSimulation["issues"][number]>();
  const dealt = experiments.map((experiment) => emptyHand(experiment, experiments, unitCount));
  const evaluators = experiments.map(
    (experiment) =>
      new ExperimentEvaluator({
        registry: { get: () => experiment },
        policyChecker,
        onIssue: ({ experiment: name, path, message, fix }) =>
          issues.set(`${name} ${path} ${message}`, { experiment: name, path, message, fix }),
      }),
  );
  let unit = 0;
  for (const id of unitIds(idFamily, unitCount)) {
    for (const [at, experiment] of experiments.entries()) {
      const context: ExperimentContext = {
        experiment: experiment.meta.name,
        userId: id,
        organizationId: id,
        sessionId: id,
        attributes,
        flags,
        nowMs: nowMs ?? experiment.window?.startMs ?? (experiment.window?.endMs ?? 1) - 1,
        ...(experiment.unit !== undefined && { unit: { type: experiment.unit, id } }),
      };
      note(dealt[at]!, unit, evaluators[at]!.chooseVariantSync(context, { propensity: true })!);
    }
    unit++;
  }
  return { dealt, issues: [...issues.values()] };
}

function emptyHand(experiment: RegisteredExperiment, all: readonly RegisteredExperiment[], unitCount: number): Dealt {
  const { meta, variants, allocation } = experiment;
  const isOneOfMany = all.filter((other) => other.meta.name === meta.name).length > 1;
  const ordinals = new Map<string, number>();
  const gates =
    allocation.type === "targeted"
      ? allocation.rules.flatMap(({ id, variantId, percentage = 1 }) => {
          const ordinal = ordinals.get(variantId) ?? 0;
          ordinals.set(variantId, ordinal + 1);
          return percentage > 0 && percentage < 1 ? [id ?? `${variantId}#${ordinal}`] : [];
        })
      : [];
  const weights = variants.map(({ weight = 1 }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    label: isOneOfMany ? `${meta.name} ${meta.version}` : meta.name,
    name: meta.name,
    version: parseVersion(meta.version)!.text,
    variantIds: variants.map(({ id }) => id),
    arm: new Int16Array(unitCount),
    chance: new Int16Array(unitCount).fill(-1),
    propensities: [],
    gate: new Int16Array(unitCount).fill(-1),
    gates,
    fallback: allocation.type === "targeted" && allocation.fallback === "random" ? weights.map((weight) => weight / total) : undefined,
    excluded: new Map(),
    inExperiment: 0,
  };
}

function note(dealt: Dealt, unit: number, evaluation: NonNullable<ReturnType<ExperimentEvaluator["chooseVariantSync"]>>): void {
  const { variant, inExperiment, detail, ruleId, propensity = {} } = evaluation;
  dealt.arm[unit] = dealt.variantIds.indexOf(variant.id);
  if (!inExperiment) {
    const reason = detail ?? "control";
    dealt.excluded.set(reason, (dealt.excluded.get(reason) ?? 0) + 1);
    return;
  }
  dealt.inExperiment++;
  if (ruleId !== undefined) {
    const gate = dealt.gates.indexOf(ruleId);
    dealt.gate[unit] = gate === -1 ? -2 : gate;
  }
  const chances = dealt.variantIds.map((id) => propensity[id] ?? 0);
  if (chances.filter((chance) => chance > 0 && chance < 1).length < 2) return;
  let known = dealt.propensities.findIndex((other) => other.every((chance, arm) => chance === chances[arm]));
  if (known === -1) known = dealt.propensities.push(chances) - 1;
  dealt.chance[unit] = known;
}

function summary(dealt: Dealt, { variants }: RegisteredExperiment): ExperimentShares {
  const units = dealt.arm.length;
  const counts = variants.map(() => 0);
  for (const arm of dealt.arm) counts[arm]!++;
  let drawn = 0;
  for (const chance of dealt.chance) if (chance !== -1) drawn++;
  return {
    experiment: dealt.name,
    version: dealt.version,
    arms: counts.map((count, arm) => ({ variantId: dealt.variantIds[arm]!, units: count, share: count / units })),
    inExperiment: dealt.inExperiment,
    excluded: Object.fromEntries(dealt.excluded),
    notDrawn: dealt.inExperiment - drawn,
  };
}

/** The split of everybody, of what the own gates left to the fallback, and of what each gate of another experiment let in. */
function shareChecks(dealt: Dealt, all: readonly Dealt[]): ShareCheck[] {
  const { fallback } = dealt;
  const foreign = all.flatMap((other) =>
    other.name === dealt.name
      ? []
      : other.gates.map((gate, at) =>
          shareCheck(
            dealt,
            `units that gate ${gate} of ${other.label} lets in`,
            (unit) => other.gate[unit] === at && chancesOf(dealt, unit),
          ),
        ),
  );
  return [
    shareCheck(dealt, "all units", (unit) => chancesOf(dealt, unit)),
    // If gate and fallback shared a hash, one arm would starve here.
    ...(fallback !== undefined && dealt.gates.length > 0
      ? [shareCheck(dealt, "units that no gate lets in", (unit) => dealt.gate[unit] === -1 && dealt.chance[unit] !== -1 && fallback)]
      : []),
    ...foreign,
  ];
}

function chancesOf(dealt: Dealt, unit: number): readonly number[] | false {
  return dealt.propensities[dealt.chance[unit]!] ?? false;
}

/** @param expect P(arm) of a unit, or false for a unit outside the slice. */
function shareCheck(dealt: Dealt, slice: string, expect: (unit: number) => readonly number[] | false): ShareCheck {
  const counts = dealt.variantIds.map(() => 0);
  const expected = dealt.variantIds.map(() => 0);
  let units = 0;
  for (let unit = 0; unit < dealt.arm.length; unit++) {
    const chances = expect(unit);
    if (chances === false) continue;
    units++;
    counts[dealt.arm[unit]!]!++;
    chances.forEach((probability, arm) => (expected[arm]! += probability));
  }
  return judged(dealt, slice, units, counts, expected);
}

function judged(dealt: Dealt, slice: string, units: number, counts: readonly number[], expected: readonly number[]): ShareCheck {
  const arms = dealt.variantIds.map((variantId, arm) => ({
    variantId,
    units: counts[arm]!,
    share: units === 0 ? 0 : counts[arm]! / units,
    expectedShare: units === 0 ? 0 : expected[arm]! / units,
  }));
  const possible = arms.filter(({ expectedShare }) => expectedShare > 0);
  const leaked = arms.some((arm) => arm.expectedShare === 0 && arm.units > 0);
  const tooFew = possible.length < 2 || possible.some(({ expectedShare }) => expectedShare * units < cellExpectedMin);
  const pValue = tooFew
    ? null
    : chiSquareTest(
        possible.map((arm) => arm.units),
        possible.map((arm) => arm.expectedShare),
      ).p;
  const verdict = leaked ? "fail" : pValue === null ? "insufficient" : pValue < shareAlpha ? "fail" : "pass";
  return { experiment: dealt.label, slice, units, arms, pValue, verdict };
}

/** 1 or 0 for a unit that was drawn, by whether it got the first arm that it might or might not have got; -1 for others. */
function sideOf(dealt: Dealt, unit: number): -1 | 0 | 1 {
  const chance = dealt.chance[unit]!;
  if (chance === -1) return -1;
  const reference = dealt.propensities[chance]!.findIndex((probability) => probability > 0 && probability < 1);
  return dealt.arm[unit] === reference ? 1 : 0;
}

function pairCheck(a: Dealt, b: Dealt): PairCheck {
  const { units, phi } = correlation(a.arm.length, (unit) => [sideOf(a, unit), sideOf(b, unit)]);
  const bound = phi === null ? null : phiStandardErrors / Math.sqrt(units);
  const verdict = phi === null ? "insufficient" : Math.abs(phi) > bound! ? "fail" : "pass";
  return { a: a.label, b: b.label, units, phi, bound, verdict };
}

function lagCheck(dealt: Dealt): LagCheck {
  const sides = Int8Array.from({ length: dealt.arm.length }, (_, unit) => sideOf(dealt, unit));
  let worst: { phi: number; lag: number; bound: number } | undefined;
  for (let lag = 1; lag <= lagMax; lag++) {
    const { units, phi } = correlation(sides.length - lag, (unit) => [sides[unit]!, sides[unit + lag]!]);
    if (phi === null) continue;
    const bound = lagStandardErrors / Math.sqrt(units);
    if (worst === undefined || Math.abs(phi) / bound > Math.abs(worst.phi) / worst.bound) worst = { phi, lag, bound };
  }
  if (worst === undefined) return { experiment: dealt.label, phi: null, lag: null, bound: null, verdict: "insufficient" };
  return { experiment: dealt.label, ...worst, verdict: Math.abs(worst.phi) > worst.bound ? "fail" : "pass" };
}

/** Phi of two yes-or-no values over the units that have both; null where the table is too thin. */
function correlation(count: number, valuesOf: (unit: number) => readonly [number, number]): { units: number; phi: number | null } {
  let units = 0;
  let both = 0;
  let inA = 0;
  let inB = 0;
  for (let unit = 0; unit < count; unit++) {
    const [a, b] = valuesOf(unit);
    if (a === -1 || b === -1) continue;
    units++;
    inA += a;
    inB += b;
    both += a & b;
  }
  const smallest = (Math.min(inA, units - inA) * Math.min(inB, units - inB)) / units;
  if (!(smallest >= cellExpectedMin)) return { units, phi: null };
  return { units, phi: (units * both - inA * inB) / Math.sqrt(inA * (units - inA) * inB * (units - inB)) };
}
