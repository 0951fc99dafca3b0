// 7. Otherwise: another round, with what stood in the way. Source: validity note 2.5.
import type { Facts } from "../facts.ts";
import { note, type Ruling } from "../reasons.ts";
import { gatesOf, strongest } from "./winner.ts";

export function iterate(facts: Facts): Ruling {
  const best = strongest(facts.arms);
  const first =
    facts.preset.names === "none"
      ? note("learning", "so few posts per arm name no winner: this is remembered, not decided")
      : note(
          "leading",
          best !== undefined && best.strength > 0 ? `${best.evidence.variantId} is leading, not decided` : "no test arm leads",
        );
  return { kind: facts.isFinal ? "iterate" : "continue", reasons: [first, ...(best === undefined ? [] : gatesOf(facts, best))] };
}
