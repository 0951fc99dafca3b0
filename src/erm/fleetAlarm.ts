// Sees a broken randomiser in the share of invalid experiments, week by week: a two-state hidden Markov filter (Hamilton 1989; Rabiner 1989).
// A healthy fleet has few invalid experiments, a broken one many, and either state tends to last. Unlike a test per week with a
// correction over all weeks, it keeps the alarm in a week of two experiments in the middle of a fault, and needs no window length.

export interface FleetAlarmPolicy {
  /** Share of invalid experiments tolerated in a healthy week: the level of the check plus what real platforms always have. */
  readonly healthyShare: number;
  /** Smallest share worth an alarm; a fault that invalidates more is found sooner. */
  readonly brokenShare: number;
  /** Probability that a healthy week is followed by a broken one. */
  readonly breaks: number;
  /** Probability that a broken week is followed by a healthy one. */
  readonly heals: number;
  /** Probability of the broken state from which a week is alarmed. */
  readonly alarmFrom: number;
}

/** The level .001 plus 1 % tolerated; a fault is expected once in about a hundred weeks and lasts about ten. */
export const defaultFleetAlarmPolicy: FleetAlarmPolicy = {
  healthyShare: 0.011,
  brokenShare: 0.3,
  breaks: 0.01,
  heals: 0.1,
  alarmFrom: 0.5,
};

export interface FleetWeek {
  /** Experiments whose allocation was judged. */
  readonly judged: number;
  readonly invalid: number;
}

/**
 * Probability of the broken state after each week and the alarm on it, given this week and the ones before: later weeks never change it.
 * @param weeks in order of time. O(weeks).
 */
export function fleetAlarm(
  weeks: readonly FleetWeek[],
  policy: FleetAlarmPolicy = defaultFleetAlarmPolicy,
): { probabilityBroken: number; alarm: boolean }[] {
  const invalidWeight = Math.log(policy.brokenShare / policy.healthyShare);
  const validWeight = Math.log((1 - policy.brokenShare) / (1 - policy.healthyShare));
  let broken = 0;
  return weeks.map(({ judged, invalid }) => {
    const prior = broken * (1 - policy.heals) + (1 - broken) * policy.breaks;
    const logOdds = Math.log(prior / (1 - prior)) + invalid * invalidWeight + (judged - invalid) * validWeight;
    broken = 1 / (1 + Math.exp(-logOdds));
    return { probabilityBroken: broken, alarm: broken >= policy.alarmFrom };
  });
}
