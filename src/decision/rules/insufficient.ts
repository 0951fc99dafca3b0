// 4. What is empty decides nothing (law L7): before the end the run goes on or holds, at the end it is insufficient. Futility is heard here too,
// between looks. Source: validity note 2.5.
import type { ValidityReport } from "../../domain/index.ts";
import { isFundamental } from "../../erm/index.ts";
import { breachText, silenceText } from "../guardrails/words.ts";
import type { Facts } from "../facts.ts";
import { against, note, type Reason, type Ruling } from "../reasons.ts";
import { futileReasons } from "./abandon.ts";

export function insufficient(facts: Facts): Ruling | null {
  if (facts.isFinal) {
    const missing = emptyConditions(facts);
    return missing.length > 0 ? { kind: "insufficient", reasons: missing } : null;
  }

  const { guardrails, failures, input, blocks, plannedBlocks } = facts;
  const holds: Reason[] = [
    ...guardrails.breaches.filter(({ action }) => action === "hold").map((breach) => against("guardrail", breachText(breach))),
    ...guardrails.silent.map((silent) => against("instrumentation", silenceText(silent))),
    ...(failures?.action === "hold" ? [against("failures", failures.message)] : []),
  ];
  const isLook = facts.look !== null && facts.isSeparated;
  if (holds.length > 0 && !isLook) return { kind: "hold", reasons: holds };
  if (isLook && unanswerable(facts).length === 0) return null;
  const futile = futileReasons(facts);
  if (futile.length > 0) return { kind: "abandon", reasons: futile };
  const looks = input.looks.join(", ");
  return {
    kind: "continue",
    reasons: [
      note("look", `${blocks} of ${plannedBlocks} blocks are complete; the rule speaks at ${looks === "" ? "the end" : looks}`),
      ...unanswerable(facts),
    ],
  };
}

function emptyConditions(facts: Facts): Reason[] {
  const { blocks, blocksMin, varies, isSeparated, plannedBlocks } = facts;
  return [
    ...unanswerable(facts),
    ...(blocks === 0
      ? [against("blocks", `none of ${plannedBlocks} planned blocks is complete and comparable`)]
      : blocks < blocksMin && !isSeparated
        ? [against("blocks", `${blocks} of ${plannedBlocks} planned blocks are complete and comparable; ${blocksMin} are needed`)]
        : []),
    ...(blocks > 0 && !varies ? [against("variance", "no proxy varies within any block, so that nothing can be told from them")] : []),
  ];
}

/** Conditions without which no number of blocks decides. */
function unanswerable({ input, guardrails, unusable }: Facts): Reason[] {
  const { brief } = input.experiment;
  return [
    ...(brief.successProxies.length === 0 ? [against("proxies", "no proxy says what better means")] : []),
    ...(brief.guardrails.length === 0 ? [against("guardrails", "no guardrail watches over the account")] : []),
    ...(input.plan.posts.length === 0 ? [against("plan", "there is no plan")] : []),
    ...undealt(input),
    ...unusable.map((message) => against("figures", message)),
    ...guardrails.silent.map((silent) => against("instrumentation", silenceText(silent))),
    ...(input.validity.verdict === "insufficient" ? untold(input.validity) : []),
  ];
}

/** The exact test stands on arms dealt by chance within blocks: what a bandit chose, or nobody dealt, never enters it (validity note 2.3). */
function undealt({ plan }: Facts["input"]): Reason[] {
  const modes = new Set(plan.posts.map(({ assignment }) => assignment.mode));
  return [...modes]
    .filter((mode) => mode !== "blocked" && mode !== "random")
    .sort()
    .map((mode) => against("dealing", `posts were dealt to the arms in mode ${mode}, where the exact test does not hold`));
}

/** The checks that made the verdict insufficient; others that were blind did not decide it. */
function untold({ checks }: ValidityReport): Reason[] {
  const blind = checks.filter(({ checkId, verdict }) => verdict === "insufficient" && isFundamental(checkId));
  return blind.length === 0
    ? [against("validity", "the validity checks could not tell whether the comparison holds")]
    : blind.map(({ checkId, explanation }) => against(checkId, explanation));
}
