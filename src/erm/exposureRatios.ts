// SRM of an ExperimentSpec: did its arms get the units they were to get, over all, behind each gate and in each segment? Held-out and forced units are
// not counted; expected shares are those of the others. User level: p alone is invalid (docs/validity.md).
import { type Check, idSchema, type ValidityReport } from "../domain/index.ts";
import { createRng } from "../random/index.ts";
import { holm, ratioTest, type TestResult } from "../stats/index.ts";
import { defaultValidityPolicy, type ValidityPolicy, validityPolicyHash } from "./policy.ts";
import { type Finding, finding, inFamily, points, pText, testFields } from "./record.ts";
import { refuse } from "./statistics/arguments.ts";
import { changingWeightsRatio } from "./statistics/changingWeightsRatio.ts";

export interface ExposedUnit {
  /** Such as `user/42`; a unit told twice counts once. */
  readonly unit: string;
  readonly variantId: string;
  /** False for units that are not analysed: held out, forced, paused, without a unit. */
  readonly inExperiment: boolean;
  /** The gate (rule) that let the unit in. */
  readonly ruleId?: string;
  /** Attributes known before the draw, such as country: never one that the arm could have changed. */
  readonly segments?: Readonly<Record<string, string>>;
  readonly recordedAt: number;
}

export interface ExposureRatiosInput {
  readonly experimentName: string;
  /** Expected shares of the units that are not held out, by variant id; any positive scale, 0 for an arm that should get none. */
  readonly shares: Readonly<Record<string, number>>;
  /** Of units behind a gate, where they differ. */
  readonly gates?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly exposures: readonly ExposedUnit[];
  readonly asOf: number;
}

/**
 * One record `E1` (units in two arms, or in an arm without a share), one `SRM`, one per gate and one per value of a segment, each family under Holm.
 * @throws DomainError `statistics-argument` for shares that are no shares.
 */
export function checkExposureRatios(input: ExposureRatiosInput, policy: ValidityPolicy = defaultValidityPolicy): ValidityReport {
  const ids = Object.keys(input.shares);
  const overall = sharesOf(input.shares, ids, "shares");
  const gates = new Map(Object.entries(input.gates ?? {}).map(([gate, shares]) => [gate, sharesOf(shares, ids, `gates.${gate}`)]));
  const { units, crossed } = unitsOf(input);
  const expectedOf = ({ ruleId }: ExposedUnit) => (ruleId === undefined ? undefined : gates.get(ruleId)) ?? overall;
  const strays = units.filter((unit) => !((expectedOf(unit)[ids.indexOf(unit.variantId)] ?? 0) > 0));
  const strayUnits = new Set(strays);
  const counted = units.filter((unit) => !strayUnits.has(unit));

  const families: { name: string; of: ExposedUnit[] }[][] = [
    [{ name: "", of: counted }],
    strataOf(counted, ({ ruleId }) => (ruleId === undefined ? [] : [`gate ${ruleId}`])),
    strataOf(counted, ({ segments }) => Object.entries(segments ?? {}).map(([key, value]) => `segment ${key}=${value}`)),
  ];
  const findings = [
    leaks(input, ids, units, crossed, strays),
    ...families.flatMap((family) => {
      const tested = family.map(({ name, of }) => ({ name, of, ...ratioOf(of, ids, expectedOf, input, policy, name) }));
      const adjusted = holm(tested.map(({ test }) => test.p));
      return tested.map((stratum, at) => judgedStratum(stratum, inFamily(stratum.test, adjusted[at]!, tested.length), ids, policy));
    }),
  ];
  const policyHash = validityPolicyHash(policy);
  const verdict = findings.some((check) => check.verdict === "invalid")
    ? "invalid"
    : findings.some((check) => check.checkId === "SRM" && check.verdict === "insufficient")
      ? "insufficient"
      : "pass";
  return {
    ...(idSchema.safeParse(input.experimentName).success && { experimentId: input.experimentName }),
    verdict,
    checks: findings.map((check): Check => ({ ...check, policyHash, asOf: input.asOf })),
    comparablePostIds: [],
    excluded: [],
    asOf: input.asOf,
    policyHash,
  };
}

interface Ratio {
  readonly test: TestResult;
  readonly effect: number;
}

/** One set of shares: the plain ratio test. Several (gates of different shares): the quadratic form over them. */
function ratioOf(
  units: readonly ExposedUnit[],
  ids: readonly string[],
  expectedOf: (unit: ExposedUnit) => readonly number[],
  { experimentName }: ExposureRatiosInput,
  { exposures: { draws } }: ValidityPolicy,
  name: string,
): Ratio {
  const rng = createRng(experimentName).fork([`SRM ${name}`]);
  const batches = [...Map.groupBy(units, (unit) => expectedOf(unit).join(","))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => ({
      probabilities: expectedOf(own[0]!),
      counts: ids.map((id) => own.filter(({ variantId }) => variantId === id).length),
    }));
  if (batches.length === 0) return { test: { p: 1, logP: 0, statistic: 0, minP: 1, exactness: "exact" }, effect: 0 };
  if (batches.length > 1) {
    const test = changingWeightsRatio(batches, { rng, draws });
    return { test, effect: test.effect };
  }
  const [{ probabilities, counts }] = batches as [(typeof batches)[number]];
  const eligible = probabilities.flatMap((share, arm) => (share > 0 ? [arm] : []));
  const test = ratioTest(
    eligible.map((arm) => counts[arm]!),
    eligible.map((arm) => probabilities[arm]!),
    { rng, draws },
  );
  return { test, effect: test.effect };
}

function judgedStratum(
  { name, of, effect }: { readonly name: string; readonly of: readonly ExposedUnit[]; readonly effect: number },
  test: TestResult,
  ids: readonly string[],
  { exposures: { invalidP } }: ValidityPolicy,
): Finding {
  const isInvalid = test.p < invalidP;
  const isBlind = !isInvalid && test.minP >= invalidP;
  const where = name === "" ? "" : ` in ${name}`;
  return finding({
    checkId: name === "" ? "SRM" : `SRM ${name}`,
    n: ids.map((id) => of.filter(({ variantId }) => variantId === id).length),
    ...testFields(test),
    effect,
    verdict: isInvalid ? "invalid" : isBlind ? "insufficient" : "pass",
    explanation: isInvalid
      ? `The split of ${of.length} units${where} is not the planned one: an arm's share is off by ${points(effect)} (${pText(test.p)}).`
      : isBlind
        ? `${of.length} units${where} are too few to show a wrong split at the level ${invalidP}.`
        : `The split of ${of.length} units${where} agrees with the planned shares.`,
  });
}

function leaks(
  { exposures }: ExposureRatiosInput,
  ids: readonly string[],
  units: readonly ExposedUnit[],
  crossed: readonly string[],
  strays: readonly ExposedUnit[],
): Finding {
  const count = crossed.length + strays.length;
  return finding({
    checkId: "E1",
    n: ids.map((id) => units.filter(({ variantId }) => variantId === id).length),
    statistic: count,
    effect: count,
    floor: 1,
    verdict: count > 0 ? "invalid" : "pass",
    explanation:
      count === 0
        ? `Each of ${units.length} units saw one arm, one that it could get (${exposures.length} exposures).`
        : crossed.length > 0
          ? `${crossed.length} units saw more than one arm, such as ${crossed[0]}.`
          : `${strays.length} units saw an arm that they had no chance of, such as ${strays[0]!.unit} in ${strays[0]!.variantId}.`,
  });
}

/** Each unit once, by its first exposure; units that saw two arms are leaks and are counted in neither. */
function unitsOf({ exposures, asOf }: ExposureRatiosInput): { units: ExposedUnit[]; crossed: string[] } {
  const byUnit = new Map<string, ExposedUnit>();
  const crossed = new Set<string>();
  const known = exposures.filter(({ inExperiment, recordedAt }) => inExperiment && recordedAt <= asOf);
  for (const exposure of known.toSorted((a, b) => a.recordedAt - b.recordedAt)) {
    const first = byUnit.get(exposure.unit);
    if (first === undefined) byUnit.set(exposure.unit, exposure);
    else if (first.variantId !== exposure.variantId) crossed.add(exposure.unit);
  }
  return { units: [...byUnit.values()].filter(({ unit }) => !crossed.has(unit)), crossed: [...crossed].sort() };
}

function strataOf(units: readonly ExposedUnit[], namesOf: (unit: ExposedUnit) => readonly string[]): { name: string; of: ExposedUnit[] }[] {
  const strata = new Map<string, ExposedUnit[]>();
  for (const unit of units)
    for (const name of namesOf(unit)) {
      const own = strata.get(name);
      if (own === undefined) strata.set(name, [unit]);
      else own.push(unit);
    }
  return [...strata].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => ({ name, of }));
}

/** Scaled to sum to 1, in the order of `ids`. */
function sharesOf(shares: Readonly<Record<string, number>>, ids: readonly string[], path: string): number[] {
  const unknown = Object.keys(shares).find((id) => !ids.includes(id));
  if (unknown !== undefined) refuse(`${path}.${unknown}`, `${unknown} has no overall share`, `Use ${ids.join(", ")}.`);
  const own = ids.map((id) => shares[id] ?? 0);
  const bad = own.findIndex((share) => !(share >= 0 && share < Infinity));
  if (bad >= 0) refuse(`${path}.${ids[bad]}`, "a share is a number >= 0", "Give shares that are >= 0.", own[bad]);
  const total = own.reduce((sum, share) => sum + share, 0);
  if (own.filter((share) => share > 0).length < 2 && path === "shares")
    refuse(path, "fewer than two arms have a share", "Give at least two arms a positive share.", shares);
  if (!(total > 0)) refuse(path, "no arm has a share", "Give at least one arm a positive share.", shares);
  return own.map((share) => share / total);
}
