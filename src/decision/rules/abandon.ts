// 6. Giving up: no arm can still win (futility, non-binding), or at the end the best one is probably not better. Source: validity note 2.5.
import type { Facts } from "../facts.ts";
import { against, note, type Reason, type Ruling, text } from "../reasons.ts";
import { gatesOf, strongest } from "./winner.ts";

export function abandon(facts: Facts): Ruling | null {
  const { arms, policy, preset, isFinal } = facts;
  const best = strongest(arms);
  const pBetter = best?.evidence.pBetter ?? null;
  if (!isFinal || preset.names === "none" || best === undefined || pBetter === null || pBetter >= policy.abandonBelowPBetter) return null;
  return {
    kind: "abandon",
    reasons: [against("pBetter", `the best test arm is better with probability ${text(pBetter)} only`), ...gatesOf(facts, best)],
  };
}

/** Why the run may be given up before its end; empty while any arm can still win. */
export function futileReasons({ arms, policy, input }: Facts): Reason[] {
  if (arms.length === 0 || !arms.every(({ isFutile }) => isFutile)) return [];
  const stops = input.experiment.brief.stopConditions.some(({ kind }) => kind === "futility");
  return [
    ...arms.map(({ evidence }) =>
      against(
        "futility",
        `${evidence.variantId} wins with chance ${text(evidence.futility)} if it goes on like this; ${text(policy.futility.chanceMin)} is the limit`,
      ),
    ),
    note(
      "futility",
      stops ? "the brief stops for futility" : "a recommendation: the brief does not stop for futility, and going on costs no error rate",
    ),
  ];
}
