// A check record with its defaults filled in, so that each check writes down only what it found.
import type { Check } from "../domain/index.ts";

/** A check before it is bound to a policy hash and an instant. */
export type Finding = Omit<Check, "policyHash" | "asOf">;

type Told = Pick<Finding, "checkId" | "n" | "verdict" | "explanation"> & Partial<Finding>;

/** A deterministic finding unless told otherwise; E1, E2 and E11 pause when invalid, others hold (validity note 2). */
export function finding(told: Told): Finding {
  const action = told.verdict !== "invalid" ? "none" : ["E1", "E2", "E10", "E11"].includes(told.checkId) ? "pause" : "hold";
  return {
    statistic: null,
    p: null,
    logP: null,
    exactness: "deterministic",
    minP: null,
    effect: null,
    floor: null,
    action,
    postIds: [],
    ...told,
  };
}
