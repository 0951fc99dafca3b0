// What to do next: one sentence for people, with the posts per variant that another round would need. Source: validity note 2.4 (blocks needed), 2.5.
import type { Decision } from "../domain/index.ts";
import { blocksNeeded } from "../stats/index.ts";
import type { ArmFacts, Facts } from "./facts.ts";
import { liftOf } from "./statistics/shrunkEffect.ts";
import { strongest } from "./rules/winner.ts";
import { text } from "./reasons.ts";

type NextStep = NonNullable<Decision["next"]>;

export function nextStep(kind: Decision["kind"], facts: Facts): NextStep {
  switch (kind) {
    case "ship":
      return { suggestion: "Make the winner the new control and test the next variable." };
    case "hypothesis":
      return { suggestion: "Run it again as a batch experiment with at least 8 posts per variant.", postsPerVariant: 8 };
    case "invalid":
      return { suggestion: "Repair what made it invalid, then run the same plan again." };
    case "insufficient":
      return afterTooLittle(facts);
    case "pause":
      return { suggestion: "A human clears the account, then resumes or stops." };
    case "stop":
      return { suggestion: "Keep control, and find out what did the harm before another variant of it is tried." };
    case "abandon":
      return { suggestion: "Drop this variant and try a bolder change of the same variable." };
    case "iterate":
      return anotherRound(facts);
    case "hold":
      return { suggestion: "Clear what holds it, then go on." };
    case "continue":
      return { suggestion: "Go on as planned." };
    default:
      return kind satisfies never;
  }
}

function afterTooLittle({ rule, blocks, blocksMin, plannedBlocks, varies, input }: Facts): NextStep {
  const { successProxies, guardrails, exposurePlan } = input.experiment.brief;
  const planned = rule === "posts" ? plannedBlocks : exposurePlan.postsPerVariant;
  if (successProxies.length === 0 || guardrails.length === 0 || input.plan.posts.length === 0)
    return { suggestion: "Complete the brief and its plan (proxies, guardrails, posts), then run it again." };
  if (planned < blocksMin)
    return { suggestion: `Plan at least ${blocksMin} posts per variant: fewer name no winner.`, postsPerVariant: blocksMin };
  if (blocks > 0 && !varies) return { suggestion: "Choose proxies that vary from post to post, then run it again." };
  return { suggestion: "Find out why posts or readings are missing before running it again.", postsPerVariant: planned };
}

/** More than this per variant and nobody will wait for the answer: a bolder change is cheaper. */
const postsWorthwhile = 60;

function anotherRound({ arms, input, preset, rule }: Facts): NextStep {
  const { successProxies, exposurePlan } = input.experiment.brief;
  if (rule === "posts" && successProxies.length < preset.leadsMin)
    return { suggestion: `Register at least ${preset.leadsMin} proxies: a winner has to lead on as many.` };
  const best = strongest(arms);
  const needed = best === undefined ? undefined : postsNeeded(best);
  if (best === undefined || needed === undefined) return { suggestion: "Try a bolder change of the same variable." };
  const { variantId, logLift } = best.evidence;
  const seen = `${variantId} is leading, not decided: an effect like the one seen (x${text(1 + liftOf(logLift!))}) needs about ${needed} posts per variant, and this run had ${exposurePlan.postsPerVariant}`;
  return {
    suggestion:
      needed > postsWorthwhile
        ? `${seen}. Rather try a bolder change of the same variable.`
        : `${seen}. A first look flatters: the true one is probably smaller.`,
    postsPerVariant: needed,
  };
}

/** 12.4 (sigma / delta)^2 blocks, both as observed; at least 8. */
function postsNeeded({ evidence, sigma }: ArmFacts): number | undefined {
  const delta = evidence.logLift;
  if (delta === null || delta <= 0 || sigma === null || sigma === 0) return undefined;
  return Math.max(8, Math.min(10_000, blocksNeeded(sigma, delta)));
}
