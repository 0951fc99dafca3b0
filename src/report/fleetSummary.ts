// The fleet at a glance: how many experiments are invalid, and in which weeks so many that the randomiser itself must be broken.
import { fleetAlarm } from "../erm/index.ts";
import type { ExperimentAnalysis, FleetSummary } from "./analysis.ts";

/** Experiments without a week count in the totals only. Weeks whose experiments could not be judged keep the alarm as it was. */
export function fleetSummary(experiments: readonly Pick<ExperimentAnalysis, "week" | "validity">[]): FleetSummary {
  const weeks = new Map<number | string, { n: number; judged: number; invalid: number }>();
  let invalid = 0;
  for (const { week, validity } of experiments) {
    const isInvalid = validity.verdict === "invalid" ? 1 : 0;
    invalid += isInvalid;
    if (week === undefined) continue;
    const entry = weeks.get(week) ?? { n: 0, judged: 0, invalid: 0 };
    weeks.set(week, entry);
    entry.n++;
    entry.judged += validity.verdict === "insufficient" ? 0 : 1;
    entry.invalid += isInvalid;
  }
  const ordered = [...weeks].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const alarms = fleetAlarm(ordered.map(([, week]) => week));
  return {
    experiments: experiments.length,
    invalid,
    byWeek: ordered.map(([week, { n, invalid }], index) => ({ week, n, invalid, share: invalid / n, ...alarms[index]! })),
  };
}
