// Experiments on suggested replies and publish attempts: one exact stratified test at the end, its gates in words. Nothing is shrunk, nothing bets.
import { createRng } from "../random/index.ts";
import type { ArmFacts, Facts, SharedFacts } from "./facts.ts";
import { gate, leadsText, text } from "./reasons.ts";
import { attemptUnits, errorClassCounts, judgeUnits, replyUnits, type Unit } from "./units.ts";

export function unitFacts(shared: SharedFacts): Facts {
  const { input, preset, isFinal, plannedBlocks } = shared;
  const { brief } = input.experiment;
  const isLane = brief.experimentType === "lane";
  const ids = [brief.control.id, ...brief.testVariants.map(({ id }) => id)];
  const units: Unit[] = (isLane ? attemptUnits : replyUnits)(brief, input.posts, input.snapshots, input.asOf);
  const isTested = preset.test !== "none" && isFinal;
  const leadsMin = Math.min(preset.leadsMin, brief.successProxies.length);
  const results =
    units.length === 0 || brief.successProxies.length === 0
      ? []
      : judgeUnits(units, ids, brief.successProxies, preset.alpha, createRng(input.plan.planHash).fork(["decision"]));
  const smaller = results.length === 0 ? 0 : Math.min(...results.map((arm) => Math.min(arm.units, arm.controlUnits)));
  const errors = isLane ? errorClassCounts(input.posts, input.asOf) : {};
  return {
    ...shared,
    rule: isLane ? "attempts" : "replies",
    blocks: smaller,
    plannedBlocks,
    look: isTested ? 1 : null,
    looksTaken: [],
    arms: results.map((arm): ArmFacts => ({
      evidence: {
        variantId: arm.variantId,
        blocks: arm.blocks,
        logLift: null,
        shrunkenLogLift: null,
        interval: null,
        pBetter: null,
        expectedLoss: null,
        p: isTested ? arm.p : null,
        minP: isTested ? arm.minP : null,
        leads: [...arm.leads],
        harmE: null,
        futility: null,
      },
      isHarmful: false,
      isFutile: false,
      gates: [
        gate("leads", arm.leads.length >= leadsMin, leadsText(arm.variantId, arm.leads, brief, leadsMin)),
        ...(preset.test === "none"
          ? []
          : [
              gate(
                "exactTest",
                isTested && arm.crossed,
                `the exact test of ${arm.units} against ${arm.controlUnits} ${isLane ? "attempts" : "replies"} within ${arm.blocks} blocks gives p ${text(isTested ? arm.p : null)}; ${text(preset.alpha)} over all arms is needed`,
              ),
            ]),
      ],
      strength: arm.difference ?? -Infinity,
      sigma: null,
    })),
    varies: results.some(({ p }) => p !== null),
    isSeparated: false,
    metricHarm: [],
    prior: null,
    harmUnits: null,
    unusable: [],
    notes: Object.entries(errors).map(([variantId, classes]) => ({
      rule: "errorClasses",
      message: `failed attempts of ${variantId}: ${Object.entries(classes)
        .map(([name, count]) => `${count} ${name}`)
        .join(", ")}`,
    })),
  };
}
