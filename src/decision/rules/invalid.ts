// 2. An invalid comparison has no winner, whoever says otherwise: a report whose verdict is milder than one of its checks is invalid too (law L6).
import type { Facts } from "../facts.ts";
import { against, note, type Ruling } from "../reasons.ts";

export function invalid({ input: { validity } }: Facts): Ruling | null {
  const failed = validity.checks.filter(({ verdict }) => verdict === "invalid");
  if (validity.verdict !== "invalid" && failed.length === 0) return null;
  return {
    kind: "invalid",
    reasons: [
      ...failed.map(({ checkId, explanation }) => against(checkId, explanation)),
      note("invalid", "outcomes are informational only: no winner, no change of what is believed"),
    ],
  };
}
