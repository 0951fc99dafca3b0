// The decision: seven rules in the order of validity note 2.5, the first that speaks decides; with its evidence, thresholds and policy hash (law L10).
// An empty condition never ships (law L7), an invalid experiment never wins (law L6).
import type { ArmEvidence, Decision } from "../domain/index.ts";
import { comparable, defaultValidityPolicy, type ValidityInput } from "../erm/index.ts";
import { createRng } from "../random/index.ts";
import { blockEffect, signFlipTest } from "../stats/index.ts";
import { blockRows } from "./blockRows.ts";
import { armDifferences, labelFreeSds } from "./blockTable.ts";
import type { DecisionInput, Facts } from "./facts.ts";
import { gatherFacts } from "./gatherFacts.ts";
import { nextStep } from "./nextStep.ts";
import { type DecisionPolicy, defaultDecisionPolicy } from "./policy.ts";
import type { Ruling } from "./reasons.ts";
import { harm } from "./rules/harm.ts";
import { insufficient } from "./rules/insufficient.ts";
import { invalid } from "./rules/invalid.ts";
import { iterate } from "./rules/iterate.ts";
import { abandon } from "./rules/abandon.ts";
import { survival } from "./rules/survival.ts";
import { winner } from "./rules/winner.ts";
import { shrunkEffect } from "./statistics/shrunkEffect.ts";

const rules: readonly ((facts: Facts) => Ruling | null)[] = [survival, invalid, harm, insufficient, winner, abandon];

/**
 * Decides. Pure: the Monte Carlo of very large plans draws from a stream named by the plan hash.
 * @param policy thresholds; its `preset`, where there is one, decides in place of the brief's.
 * @throws DomainError `alpha-spent-twice`, `looks-exceed-plan`, `policy-changed`, `proxies-contradict` and others for input that contradicts itself.
 */
export function decide(input: DecisionInput, policy: DecisionPolicy = defaultDecisionPolicy): Decision {
  const facts = gatherFacts(input, policy);
  let ruling: Ruling | null = null;
  for (const rule of rules) {
    ruling = rule(facts);
    if (ruling !== null) break;
  }
  const { kind, reasons, winner: named } = ruling ?? iterate(facts);
  return {
    kind,
    ...(named !== undefined && { winner: named }),
    reasons: [...reasons],
    evidence: evidenceOf(facts),
    next: nextStep(kind, facts),
  };
}

function evidenceOf(facts: Facts): Decision["evidence"] {
  const { input, policy, preset } = facts;
  const testArms = input.experiment.brief.testVariants.length;
  return {
    preset: facts.presetName,
    falseWinnerRate: preset.falseWinnerRate,
    rule: facts.rule,
    blocks: facts.blocks,
    plannedBlocks: facts.plannedBlocks,
    look: facts.look,
    arms: facts.arms.map(({ evidence }) => evidence),
    guardrails: input.experiment.brief.guardrails.map(({ id }, at) => {
      const harms = facts.metricHarm.filter(({ guardrailId }) => guardrailId === id);
      const known = harms.flatMap(({ pointHarm }) => pointHarm ?? []);
      const proofs = harms.flatMap(({ nonInferiorityP }) => nonInferiorityP ?? []);
      const isSilent = facts.guardrails.silent.some(({ guardrail }) => guardrail.id === id);
      return {
        guardrailId: id,
        value: facts.guardrails.values[at]!,
        action: facts.guardrails.breaches.find(({ guardrail }) => guardrail.id === id)?.action ?? (isSilent ? "hold" : "none"),
        harmE: harms.length === 0 ? null : Math.max(...harms.map(({ harmE }) => harmE)),
        pointHarm: known.length === 0 ? null : Math.min(...known),
        nonInferiorityP: proofs.length === 0 ? null : Math.max(...proofs),
      };
    }),
    looksTaken: [...facts.looksTaken],
    ...(facts.prior !== null && { prior: facts.prior }),
    ...(facts.harmUnits !== null && { harmUnits: facts.harmUnits }),
    notes: facts.notes.map(({ rule, message }) => ({ rule, message })),
    thresholds: {
      alpha: preset.alpha,
      alphaPerArm: preset.alpha / testArms,
      blocksMin: facts.blocksMin,
      blocksPlanned: input.looks.at(-1) ?? facts.plannedBlocks,
      leadsMin: preset.leadsMin,
      ...(preset.expectedLossMax !== null && { expectedLossMax: preset.expectedLossMax }),
      ...(policy.harm.eValuePerArm !== null && { harmEMin: policy.harm.eValuePerArm * testArms }),
      harmMarginLog: policy.harm.marginLog,
      ...(policy.futility.chanceMin !== null && { futilityChanceMin: policy.futility.chanceMin }),
      abandonBelowPBetter: policy.abandonBelowPBetter,
      failuresHoldAtConsecutive: policy.failures.holdAtConsecutive,
      failuresPauseAt: policy.failures.pauseAtFailures,
      failuresOfAttempts: policy.failures.ofAttempts,
      ...(facts.prior !== null && { tau: facts.prior.tau }),
    },
    policyHash: facts.policyHash,
    asOf: input.asOf,
  };
}

/** What the blocks say about a test arm, without a decision: for memory and reports. */
export interface BlockFigures extends ArmEvidence {
  /** Standard error of the raw log lift; null below four blocks. */
  readonly standardError: number | null;
}

/** What the complete blocks say about every test arm, in the brief's order; p is that of one single look. */
export function testArmFigures(input: ValidityInput, policy: DecisionPolicy = defaultDecisionPolicy): BlockFigures[] {
  const { brief } = input.experiment;
  const tests = brief.testVariants.map(({ id }) => id);
  const { table } = blockRows(comparable(input, defaultValidityPolicy).blocks, [brief.control.id, ...tests], brief.successProxies);
  const rng = createRng(input.plan.planHash);
  const sds = labelFreeSds(table);
  return tests.map((variantId, at) => {
    const lifts = armDifferences(table, at + 1);
    const test =
      lifts.length === 0 ? null : signFlipTest(armDifferences(table, at + 1, sds), { rng: rng.fork(["permutation", variantId]) });
    const effect = lifts.length < 4 ? null : shrunkEffect(lifts, policy.tau);
    return {
      variantId,
      blocks: lifts.length,
      logLift: lifts.length === 0 ? null : lifts.reduce((sum, lift) => sum + lift, 0) / lifts.length,
      shrunkenLogLift: effect?.mean ?? null,
      interval: effect === null ? null : [effect.interval[0], effect.interval[1]],
      pBetter: effect?.pBetter ?? null,
      expectedLoss: effect?.expectedLoss ?? null,
      p: test?.p ?? null,
      minP: test?.minP ?? null,
      leads: [],
      harmE: null,
      futility: null,
      standardError: lifts.length < 4 ? null : blockEffect(lifts).standardError,
    };
  });
}
