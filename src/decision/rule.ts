// The rule for posts on numbers alone: harm, then enough blocks, then a winner, then giving up. `decide` wraps it with people, guardrails and
// validity; simulations call it as it is, so that published error rates are those of the very code that decides. Source: validity note 2.5.
// Hot in tuning: one experiment of 8 blocks and 2 arms, judged after every block, takes some tens of microseconds.
import type { DecisionKind } from "../domain/index.ts";
import type { Rng } from "../random/index.ts";
import { armDifferences, type BlockTable, labelFreeSds, leadingProxies } from "./blockTable.ts";
import type { DecisionPolicy, PresetRule } from "./policy.ts";
import { holmSpending, leastBlocks, plannedLooks, type SpendingLook, type SpendingResult } from "./statistics/alphaSpending.ts";
import { refuse } from "./statistics/arguments.ts";
import { futility, type Futility } from "./statistics/futility.ts";
import { harmEProcess, type HarmResult } from "./statistics/harmEProcess.ts";
import { shrunkEffect, type ShrunkEffect } from "./statistics/shrunkEffect.ts";

/** The thresholds that all presets share. */
export type RuleThresholds = Pick<DecisionPolicy, "harm" | "futility" | "abandonBelowPBetter" | "tau">;

/** A look as it was taken; frozen, whatever readings change later. */
export interface TakenLook {
  /** Share of the planned blocks; 1 at the last look. */
  readonly t: number;
  /** Per test arm, the standardised differences of the blocks so far, in a fixed order. */
  readonly differences: readonly (readonly number[])[];
}

export interface RuleSituation {
  /** N, of the plan. */
  readonly plannedBlocks: number;
  /** A planned look is due. */
  readonly isLook: boolean;
  /** No further block will come: a look at t = 1, unless it was taken already. */
  readonly isFinal: boolean;
  readonly looksTaken?: readonly TakenLook[];
  /**
   * Where looks were taken and blocks were voided since: for each place in the order of the looks the block's number in the table, null for a voided
   * one, whose difference counts as 0. Left out, the table's own order.
   */
  readonly places?: readonly (number | null)[];
  /** For looks beyond 16 blocks; the same at every look. */
  readonly rng?: Rng;
}

/** What the numbers say about one test arm. */
export interface ArmRuling {
  /** Its number in the table, from 1. */
  readonly arm: number;
  /** Numbers of the proxies it leads on. */
  readonly leads: readonly number[];
  /** Raw mean log lift; null without blocks. */
  readonly logLift: number | null;
  /** null below four blocks. */
  readonly effect: ShrunkEffect | null;
  /** null where no look was taken or the preset does not test. */
  readonly spending: SpendingResult | null;
  /** p of the last look: null where it crossed before. */
  readonly crossed: boolean;
  readonly harm: HarmResult;
  readonly isHarmful: boolean;
  readonly futility: Futility | null;
  readonly gates: { readonly leads: boolean; readonly exactTest: boolean; readonly expectedLoss: boolean };
}

export interface RuleOutcome {
  readonly kind: Extract<DecisionKind, "continue" | "stop" | "ship" | "hypothesis" | "iterate" | "abandon" | "insufficient">;
  /** Number of the winning arm, on `ship` and `hypothesis` alone. */
  readonly winner: number | null;
  readonly arms: readonly ArmRuling[];
  /** The look just taken, to be kept for the next ones; null where none was. */
  readonly look: TakenLook | null;
  /** False where no proxy varies within any block: nothing can be told. */
  readonly varies: boolean;
}

/**
 * Judges the complete blocks so far. Pure. What needs people or the account (review, guardrails, validity) is not asked here: a caller that has
 * them may only make less of the outcome.
 * @throws DomainError `alpha-spent-twice` for looks that do not go forward, `statistics-argument` for figures that are not finite.
 */
export function evidenceRule(table: BlockTable, preset: PresetRule, thresholds: RuleThresholds, situation: RuleSituation): RuleOutcome {
  const { blocks } = table;
  const { plannedBlocks, isFinal, looksTaken = [] } = situation;
  const testArms = table.arms - 1;
  const sds = labelFreeSds(table);
  const varies = sds.some((sd) => sd > 0);
  const index = Array.from({ length: testArms }, (_, at) => armDifferences(table, at + 1, sds));
  const look = varies ? lookNow(index, preset, situation) : null;
  const spending = spend(preset, look === null ? looksTaken : [...looksTaken, look], testArms, situation.rng);
  const isWeighed = look !== null || isFinal;

  const arms = index.map((differences, at): ArmRuling => {
    const arm = at + 1;
    const logLifts = armDifferences(table, arm);
    const harm = harmEProcess(table.sdAtLaunch === undefined ? logLifts : armDifferences(table, arm, table.sdAtLaunch), testArms);
    const leads = leadingProxies(table, arm);
    const effect = blocks >= blocksForEffect && isWeighed ? shrunkEffect(logLifts, thresholds.tau) : null;
    const spent = spending?.[at] ?? null;
    const crossed = spent !== null && spent.crossedAtLook !== null;
    return {
      arm,
      leads,
      logLift: blocks === 0 ? null : logLifts.reduce((sum, lift) => sum + lift, 0) / blocks,
      effect,
      spending: spent,
      crossed,
      harm,
      isHarmful: thresholds.harm.eValuePerArm !== null && harm.eValueMax >= thresholds.harm.eValuePerArm * testArms,
      futility:
        preset.test === "none" || thresholds.futility.chanceMin === null || blocks > plannedBlocks
          ? null
          : futility(differences, { plannedBlocks, alpha: preset.alpha, testArms, limit: thresholds.futility.chanceMin }),
      gates: {
        leads: leads.length >= preset.leadsMin,
        exactTest: preset.test === "none" || crossed,
        expectedLoss: preset.expectedLossMax === null || (effect !== null && effect.expectedLoss <= preset.expectedLossMax),
      },
    };
  });
  const say = (kind: RuleOutcome["kind"], winner: ArmRuling | null = null): RuleOutcome => ({
    kind,
    winner: winner?.arm ?? null,
    arms,
    look,
    varies,
  });

  if (arms.some(({ isHarmful }) => isHarmful)) return say("stop");
  const isSeparated = arms.some(({ crossed }) => crossed);
  if (!varies || (isFinal && blocks < fewestBlocks(preset, testArms) && !isSeparated)) return say(isFinal ? "insufficient" : "continue");
  const winner = isFinal || (look !== null && isSeparated) ? bestArm(arms.filter(passes)) : null;
  if (winner !== null && preset.names !== "none") return say(preset.names, winner);
  if (!isFinal) return say(arms.every((arm) => arm.futility?.abandon === true) ? "abandon" : "continue");
  const best = bestArm(arms);
  return say(best?.effect != null && best.effect.pBetter < thresholds.abandonBelowPBetter ? "abandon" : "iterate");
}

export interface WalkedRun extends RuleOutcome {
  /** Blocks after which it ended. */
  readonly blocks: number;
  /** Posts published until then: blocks times arms. */
  readonly posts: number;
}

/**
 * Replays an experiment block by block and stops where the rule stops: what an unattended run would have done. Looks are those that the policy
 * plans for N.
 * @param plannedBlocks N; more than the table holds where blocks were voided: the last look then comes with the last block there is.
 */
export function walkRule(
  table: BlockTable,
  preset: PresetRule,
  thresholds: RuleThresholds & Pick<DecisionPolicy, "looks">,
  rng?: Rng,
  plannedBlocks = table.blocks,
): WalkedRun {
  const looks = preset.test === "spending" ? lookBlocks(plannedBlocks, preset, thresholds.looks, table.arms - 1) : [];
  const taken: TakenLook[] = [];
  for (let blocks = Math.min(firstActingBlock, table.blocks); ; blocks++) {
    const isFinal = blocks === table.blocks;
    const outcome = evidenceRule({ ...table, blocks }, preset, thresholds, {
      plannedBlocks,
      isLook: looks.includes(blocks),
      isFinal,
      looksTaken: taken,
      ...(rng !== undefined && { rng }),
    });
    if (outcome.look !== null) taken.push(outcome.look);
    if (outcome.kind !== "continue" || isFinal) return { ...outcome, blocks, posts: blocks * table.arms };
  }
}

/** Numbers of blocks at which a preset looks, the last being N; none where no result could cross. */
export function lookBlocks(plannedBlocks: number, preset: PresetRule, looks: DecisionPolicy["looks"], testArms: number): number[] {
  return plannedLooks(plannedBlocks, { alpha: preset.alpha / testArms, ...looks }).map(({ blocks }) => blocks);
}

/**
 * Complete blocks without which a preset names nobody: its own minimum, and as many as its level needs for any result to be small enough. A crossing
 * at an earlier planned look stands all the same.
 */
export function fewestBlocks(preset: PresetRule, testArms: number): number {
  return preset.test === "none" ? preset.blocksMin : Math.max(preset.blocksMin, leastBlocks(preset.alpha, testArms));
}

/** Before it neither futility nor harm can speak, and nothing is looked at. */
const firstActingBlock = 4;
/** Fewer differences have no usable variance. */
const blocksForEffect = 4;

/** The look that is due, unless the same blocks were looked at already. */
function lookNow(index: readonly number[][], preset: PresetRule, situation: RuleSituation): TakenLook | null {
  const { plannedBlocks, isLook, isFinal, looksTaken = [], places } = situation;
  if (preset.test === "none" || !(isFinal || (isLook && preset.test === "spending"))) return null;
  // Where too few blocks are there for any winner, no alpha is spent on them.
  if ((isFinal ? (places ?? index[0]!).length : plannedBlocks) < fewestBlocks(preset, index.length)) return null;
  const differences = places === undefined ? index : index.map((own) => places.map((place) => (place === null ? 0 : own[place]!)));
  const size = differences[0]!.length;
  const last = looksTaken.at(-1);
  if (last !== undefined && last.differences[0]!.length === size && (last.t === 1 || !isFinal)) return null;
  if (last?.t === 1)
    refuse(
      "looks",
      `the last look was taken at ${last.differences[0]!.length} blocks, and now there are ${size}`,
      "Decide on the blocks of the last look; start a new experiment for more.",
      size,
      "alpha-spent-twice",
    );
  if (size > 0 && size > plannedBlocks)
    refuse("looks", `there are ${size} blocks, and ${plannedBlocks} were planned`, "Keep to the plan.", size, "plan-extended");
  return size === 0 ? null : { t: isFinal ? 1 : size / plannedBlocks, differences };
}

function spend(preset: PresetRule, looks: readonly TakenLook[], testArms: number, rng: Rng | undefined): SpendingResult[] | null {
  if (preset.test === "none" || looks.length === 0) return null;
  const arms = Array.from({ length: testArms }, (_, at) =>
    looks.map(({ t, differences }): SpendingLook => ({ t, differences: differences[at]! })),
  );
  return holmSpending(arms, { alpha: preset.alpha, ...(rng !== undefined && { rng }) });
}

function passes({ gates }: ArmRuling): boolean {
  return gates.leads && gates.exactTest && gates.expectedLoss;
}

/** Largest shrunken lift; the first of equal ones. */
export function bestArm(arms: readonly ArmRuling[]): ArmRuling | null {
  return arms.reduce<ArmRuling | null>((best, arm) => (best === null || size(arm) > size(best) ? arm : best), null);
}

function size({ effect, logLift }: ArmRuling): number {
  return effect?.mean ?? logLift ?? -Infinity;
}
