// How often a policy errs, wins, notices faults and what it costs, by seeded simulation through the very rule that decides (`walkRule`) and the very
// checks that judge (`checkValidity`). Rates carry their Monte Carlo error. Source: validity note 2.7.
// Hot: a clean blocked experiment of 8 blocks costs about 50 us; one with failures or faults goes through the documents, at about a millisecond.
import {
  DomainError,
  isClean,
  parseWith,
  type Scenario,
  type ScenarioCell,
  scenarioCells,
  scenarioSchema,
  type ValidityReport,
} from "../domain/index.ts";
import { checkValidity, defaultValidityPolicy, type ValidityPolicy, variantIds } from "../erm/index.ts";
import { createRng, type Rng } from "../random/index.ts";
import { normalUpperQuantile, wilsonInterval } from "../stats/index.ts";
import type { BlockTable } from "./blockTable.ts";
import { decide } from "./decide.ts";
import { type DecisionPolicy, decisionPolicyHash, type PresetRule } from "./policy.ts";
import { walkRule } from "./rule.ts";
import { designStream, drawBlocks, keepBlocks } from "./world/outcomes.ts";
import { postDocuments } from "./world/postDocuments.ts";
import { unitDocuments } from "./world/unitDocuments.ts";

/** What is counted; each is a share of all runs unless said. */
export const rateNames = [
  "falseWinner",
  "wrongWinner",
  "power",
  "invalid",
  "falseInvalid",
  "falseWarn",
  "detection",
  "futilityStops",
  "harmStops",
  "insufficient",
  "expectedPosts",
] as const;
export type RateName = (typeof rateNames)[number];

/** One figure about one policy in one cell. Of `expectedPosts`, a mean, `wilson` is the normal 95 % interval. */
export interface CharacteristicsRow {
  readonly policy: string;
  readonly scenario: string;
  readonly rate: RateName;
  readonly value: number;
  /** Monte Carlo standard error. */
  readonly se: number;
  /** 95 % bounds. */
  readonly wilson: readonly [low: number, high: number];
  readonly runs: number;
}

export interface Characteristics {
  readonly policyHash: string;
  readonly scenario: string;
  readonly seed: string;
  readonly runs: number;
  readonly rows: readonly CharacteristicsRow[];
}

/** A policy under a name of its own, with the preset that decides. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: DecisionPolicy;
  /** Thresholds of the validity checks; the default ones where left out. */
  readonly validity?: ValidityPolicy;
}

/**
 * Simulates `runs` experiments in every cell of the scenario, on common random numbers: run r has the same luck whatever policy and cell.
 * @param options.policy its `preset` decides; without one `evidence`.
 * @returns the rows of all cells: false winners (named though no better than control), wrong winners (named though another is better), power (the best
 * arm named), false-invalid and false-warn (where nothing went wrong), detection (where something did: invalid, or a check that holds or pauses),
 * stops by futility and harm, insufficient, expected posts. A rate that a cell cannot show is left out.
 * @throws DomainError for a scenario that does not hold, runs that are no count, or an empty seed.
 */
export function operatingCharacteristics({
  policy,
  scenario,
  runs,
  seed,
  name,
  validityPolicy,
}: {
  readonly policy: DecisionPolicy;
  readonly scenario: Scenario;
  readonly runs: number;
  readonly seed: string;
  /** What the rows call the policy; without it its preset. */
  readonly name?: string;
  readonly validityPolicy?: ValidityPolicy;
}): Characteristics {
  const checked = parseWith(scenarioSchema, scenario, { code: "scenario-invalid" });
  if (!Number.isSafeInteger(runs) || runs < 1)
    throw new DomainError({
      code: "runs-invalid",
      path: "runs",
      message: "runs must be a whole number from 1",
      fix: "Pass such as 4000.",
      value: runs,
    });
  if (seed === "")
    throw new DomainError({ code: "seed-empty", path: "seed", message: "the seed is empty", fix: 'Give a text such as "7".', value: seed });
  const named: NamedPolicy = {
    name: name ?? policy.preset ?? "evidence",
    policy,
    ...(validityPolicy !== undefined && { validity: validityPolicy }),
  };
  const rows = scenarioCells(checked).flatMap((cell) => tallyRows(named.name, cell, tallyRuns(named, cell, seed, 0, runs)));
  return { policyHash: decisionPolicyHash(policy), scenario: checked.name, seed, runs, rows };
}

/**
 * Counts of some runs of one cell: runs, one per rate, and the sums of posts and of their squares. Whole numbers, so that adding up the tallies of
 * batches gives the same in any order and grouping (law L8).
 */
export type Tally = readonly number[];

const places = [
  "runs",
  "falseWinner",
  "wrongWinner",
  "power",
  "invalid",
  "warn",
  "detected",
  "futility",
  "harm",
  "insufficient",
  "posts",
  "postsSquared",
] as const;
const place = Object.fromEntries(places.map((name, at) => [name, at])) as Record<(typeof places)[number], number>;
export const tallyLength = places.length;

/** Runs `from` (included) to `to` (not) of a cell. Pure. */
export function tallyRuns({ policy, validity }: NamedPolicy, cell: ScenarioCell, seed: string, from: number, to: number): Tally {
  const tally = places.map(() => 0);
  const preset = policy[policy.preset ?? "evidence"];
  const count = (name: (typeof places)[number], by = 1) => void (tally[place[name]]! += by);
  for (let run = from; run < to; run++) {
    const end = simulateRun(cell, policy, preset, validity ?? defaultValidityPolicy, seed, run);
    count("runs");
    count("posts", end.posts);
    count("postsSquared", end.posts ** 2);
    if (end.verdict === "invalid") count("invalid");
    if (end.verdict === "warn") count("warn");
    if (end.detected) count("detected");
    if (end.kind === "insufficient") count("insufficient");
    if (end.kind === "stop") count("harm");
    if (end.kind === "abandon" && end.isEarly) count("futility");
    if (end.winner === null) continue;
    const effect = cell.effects[end.winner - 1]!;
    if (effect <= 0) count("falseWinner");
    if (effect < Math.max(...cell.effects)) count("wrongWinner");
    else if (effect > 0) count("power");
  }
  return tally;
}

/** Adds tallies of different runs of one cell. */
export function addTallies(one: Tally, other: Tally): Tally {
  return one.map((value, at) => value + other[at]!);
}

/** The figures of a finished tally. */
export function tallyRows(policy: string, cell: ScenarioCell, tally: Tally): CharacteristicsRow[] {
  const runs = tally[place.runs]!;
  const best = Math.max(...cell.effects);
  const isFaulty = cell.fault.kind !== "none";
  const isDecided = cell.assignment === "blocked";
  const share = (rate: RateName, successes: number): CharacteristicsRow => ({
    policy,
    scenario: cell.name,
    rate,
    value: successes / runs,
    se: Math.sqrt(((successes / runs) * (1 - successes / runs)) / runs),
    wilson: wilsonInterval(successes, runs),
    runs,
  });
  const mean = tally[place.posts]! / runs;
  const meanSe = Math.sqrt(Math.max(0, tally[place.postsSquared]! / runs - mean * mean) / runs);
  const margin = normalUpperQuantile(0.025) * meanSe;
  return [
    ...(isDecided && cell.effects.some((effect) => effect <= 0) ? [share("falseWinner", tally[place.falseWinner]!)] : []),
    ...(isDecided && cell.effects.some((effect) => effect < best) ? [share("wrongWinner", tally[place.wrongWinner]!)] : []),
    ...(isDecided && best > 0 ? [share("power", tally[place.power]!)] : []),
    share("invalid", tally[place.invalid]!),
    ...(isFaulty
      ? [share("detection", tally[place.detected]!)]
      : [share("falseInvalid", tally[place.invalid]!), share("falseWarn", tally[place.warn]!)]),
    ...(isDecided
      ? [
          share("futilityStops", tally[place.futility]!),
          share("harmStops", tally[place.harm]!),
          share("insufficient", tally[place.insufficient]!),
        ]
      : []),
    {
      policy,
      scenario: cell.name,
      rate: "expectedPosts",
      value: mean,
      se: meanSe,
      wilson: [mean - margin, mean + margin],
      runs,
    },
  ];
}

interface RunEnd {
  readonly kind: string;
  readonly winner: number | null;
  readonly verdict: "pass" | "warn" | "invalid" | "insufficient";
  readonly detected: boolean;
  readonly posts: number;
  readonly isEarly: boolean;
}

function simulateRun(
  cell: ScenarioCell,
  policy: DecisionPolicy,
  preset: PresetRule,
  validity: ValidityPolicy,
  seed: string,
  run: number,
): RunEnd {
  const table = drawBlocks(cell, seed, run);
  // Looks beyond 16 blocks are Monte Carlo and need a stream of their own.
  const lookRng = cell.blocks > 16 ? createRng(`${seed}/looks/${run}`) : undefined;
  // A blocked experiment in which nothing fails passes every check by construction; tests hold the two ways against each other.
  if (isClean(cell)) {
    const walk = walkRule(table, preset, policy, lookRng);
    return { ...walk, verdict: "pass", detected: false, isEarly: walk.blocks < cell.blocks };
  }
  const design = designStream(seed, run);
  if (cell.variable === "lane" || cell.variable === "reply") return simulateUnits(cell, policy, validity, table, design);
  const { input, completeBlocks, posts } = postDocuments(cell, table, design);
  const report = checkValidity(input, validity);
  const detected = isDetected(report);
  const common = { verdict: report.verdict, detected, posts };
  if (report.verdict === "invalid") return { ...common, kind: "invalid", winner: null, isEarly: false };
  // What waits for a human decides nothing by itself, and posts dealt at random have no blocks to compare in.
  if (detected || report.verdict === "insufficient" || cell.assignment !== "blocked" || completeBlocks.length < blocksToWalkMin)
    return { ...common, kind: "insufficient", winner: null, isEarly: false };
  const walk = walkRule(keepBlocks(table, completeBlocks), preset, policy, lookRng, cell.blocks);
  const isEarly = walk.blocks < completeBlocks.length;
  return { ...common, kind: walk.kind, winner: walk.winner, posts: isEarly ? walk.posts : posts, isEarly };
}

const blocksToWalkMin = 1;

/** Attempts and replies are decided once, at the end, by `decide` itself, with a review that found nothing. */
function simulateUnits(cell: ScenarioCell, policy: DecisionPolicy, validity: ValidityPolicy, table: BlockTable, design: Rng): RunEnd {
  const input = unitDocuments(cell, table, design);
  const report = checkValidity(input, validity);
  const acknowledged = report.checks.map(({ checkId }) => checkId);
  const { kind, winner } = decide(
    {
      ...input,
      validity: report,
      looks: [cell.blocks],
      isFinal: true,
      review: { reviewer: "simulated", by: "person", confounders: [], acknowledged },
    },
    { ...policy, preset: policy.preset ?? "evidence" },
  );
  return {
    kind,
    winner: winner === undefined ? null : variantIds(input.experiment.brief).indexOf(winner),
    verdict: report.verdict,
    detected: isDetected(report),
    posts: input.posts.length,
    isEarly: false,
  };
}

function isDetected({ verdict, checks }: ValidityReport): boolean {
  return verdict === "invalid" || checks.some(({ action }) => action !== "none");
}
