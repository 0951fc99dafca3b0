// 1. A survival signal stops publishing before anything else is asked: no grace, the whole account (law L5). Source: validity note 2.5, 2.6.
import { type AccountSignal, isSurvivalSignal } from "../../domain/index.ts";
import type { Facts } from "../facts.ts";
import { against, type Ruling } from "../reasons.ts";

export function survival({ input, guardrails }: Facts): Ruling | null {
  const open = (input.accountEvents ?? []).find(
    ({ signal, clearedAtMs, atMs }) => isSurvivalSignal(signal) && atMs <= input.asOf && (clearedAtMs === null || clearedAtMs > input.asOf),
  );
  const guarded = guardrails.breaches.find(
    ({ guardrail }) => guardrail.source === "account" && isSurvivalSignal(guardrail.statistic as AccountSignal),
  );
  if (open === undefined && guarded === undefined) return null;
  const signal = open?.signal ?? guarded!.guardrail.statistic;
  return { kind: "pause", reasons: [against("survival", `the account raised ${signal}: nothing is published until a human has looked`)] };
}
