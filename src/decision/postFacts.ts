// Experiments on posts: the rule on complete comparable blocks, with its looks, estimates and gates in words.
import type { Brief } from "../domain/index.ts";
import { comparable, defaultValidityPolicy } from "../erm/index.ts";
import { createRng } from "../random/index.ts";
import { blockRows } from "./blockRows.ts";
import { effectPrior } from "./effectPrior.ts";
import type { ArmFacts, Facts, SharedFacts } from "./facts.ts";
import { metricHarm } from "./guardrails/metricHarm.ts";
import { launchUnits } from "./launchUnits.ts";
import type { PresetRule } from "./policy.ts";
import { gate, leadsText, text } from "./reasons.ts";
import { rawScaleNote, topPostNote } from "./reportLines.ts";
import { type ArmRuling, evidenceRule } from "./rule.ts";
import { type LookRecord, placeLooks } from "./takenLooks.ts";

export function postFacts(shared: SharedFacts): Facts {
  const { input, policy, preset, isFinal, plannedBlocks, policyHash } = shared;
  const { brief } = input.experiment;
  const tests = brief.testVariants.map(({ id }) => id);
  const ids = [brief.control.id, ...tests];
  const rows = blockRows(comparable(input, defaultValidityPolicy).blocks, ids, brief.successProxies);
  const harmUnits = launchUnits(input, rows.logsOf, policy.harm.historyPostsMin);
  const table = { ...rows.table, sdAtLaunch: brief.successProxies.map(({ metric }) => harmUnits.sd[metric] ?? 1) };
  const prior = effectPrior(input, policy.tau);
  const thresholds = { ...policy, tau: prior.tau };
  const names = rows.blocks.map(({ block }) => block);
  const rng = createRng(input.plan.planHash).fork(["decision"]);
  const placed = placeLooks(input.looksTaken ?? [], names, tests, policyHash, plannedBlocks);
  const size = placed.places.length;
  const due = input.looks.findIndex((look) => look === names.length);
  const outcome = evidenceRule(table, preset, thresholds, {
    plannedBlocks: Math.max(plannedBlocks, size),
    isLook: due >= 0,
    isFinal,
    looksTaken: placed.looksTaken,
    places: placed.places,
    rng,
  });
  const look: LookRecord[] =
    outcome.look === null
      ? []
      : [
          {
            blocks: placed.names,
            t: outcome.look.t,
            differences: Object.fromEntries(tests.map((id, at) => [id, [...outcome.look!.differences[at]!]])),
            policyHash,
            asOf: input.asOf,
          },
        ];
  return {
    ...shared,
    rule: "posts",
    blocks: names.length,
    look: due >= 0 ? due + 1 : null,
    looksTaken: [...(input.looksTaken ?? []), ...look],
    arms: outcome.arms.map((arm) => postArm(arm, tests[arm.arm - 1]!, table.blocks, brief, preset)),
    varies: table.blocks > 0 && outcome.varies,
    isSeparated: outcome.arms.some(({ crossed }) => crossed),
    metricHarm: metricHarm(
      brief.guardrails,
      rows.blocks,
      ids,
      thresholds,
      preset.guardrails === "nonInferior" ? { alpha: preset.alpha, rng } : null,
    ),
    prior,
    harmUnits,
    unusable: rows.unusable.map(({ postId, metric }) => `${metric} of ${postId} is no usable figure`),
    notes: table.blocks === 0 ? [] : [...topPostNote(rows, tests), ...rawScaleNote(rows, tests, brief.successProxies)],
  };
}

function postArm(arm: ArmRuling, variantId: string, blocks: number, brief: Brief, preset: PresetRule): ArmFacts {
  const { effect, spending, harm } = arm;
  const last = spending?.looks.at(-1);
  const leads = arm.leads.map((at) => brief.successProxies[at]!.metric);
  return {
    evidence: {
      variantId,
      blocks,
      logLift: arm.logLift,
      shrunkenLogLift: effect?.mean ?? null,
      interval: effect === null ? null : [effect.interval[0], effect.interval[1]],
      pBetter: effect?.pBetter ?? null,
      expectedLoss: effect?.expectedLoss ?? null,
      p: last?.p ?? null,
      minP: last?.minP ?? null,
      leads,
      harmE: harm.eValueMax,
      futility: arm.futility?.chance ?? null,
    },
    isHarmful: arm.isHarmful,
    isFutile: arm.futility?.abandon === true,
    gates: [
      gate("leads", arm.gates.leads, leadsText(variantId, leads, brief, preset.leadsMin)),
      ...(preset.test === "none"
        ? []
        : [
            gate(
              "exactTest",
              arm.gates.exactTest,
              last === undefined || spending === null
                ? "no look has been taken"
                : arm.crossed && last.p === null
                  ? `${variantId} crossed at look ${spending.crossedAtLook}, which stays`
                  : `the exact test within blocks gives p ${text(last.p)}; ${text(last.budget)} may be spent by now`,
            ),
          ]),
      ...(preset.expectedLossMax === null
        ? []
        : [
            gate(
              "expectedLoss",
              arm.gates.expectedLoss,
              `shipping ${variantId} is expected to lose ${text(effect?.expectedLoss ?? null)} log units; at most ${text(preset.expectedLossMax)} is accepted`,
            ),
          ]),
    ],
    strength: effect?.mean ?? arm.logLift ?? -Infinity,
    sigma: effect === null ? null : effect.standardError * Math.sqrt(((blocks - 3) * blocks) / (2 * (blocks - 1))),
  };
}
