// The thresholds of the validity checks as versioned data (validity note 2.1 and 2.2), frozen and hashed at launch. docs/validity.md explains each.
import { z } from "zod";
import { contentHash } from "../canon/index.ts";
import { accountSignalSchema, metricNameSchema } from "../domain/index.ts";

const share = z.number().min(0).max(1);
const hours = z
  .number()
  .min(0)
  .max(24 * 366);
const draws = z.int().min(99).max(1_000_000);
/** Invalid where the effect reaches the floor and p the level; p alone at most warns. */
const levels = { invalidP: share, warnP: share, effectFloor: share };

export const validityPolicySchema = z.strictObject({
  policyId: z.literal("validity"),
  version: z.string().min(1),
  /** E2: lost posts per arm, as a share of those planned; the count is rounded down. */
  delivery: z.strictObject({ invalidAboveShare: share, warnAboveShare: share }),
  /** E3: first attempts that failed, by arm and by arm within each lane. */
  failures: z.strictObject(levels),
  /** Clock distance of two posts of a block, minutes; and blocks lost to one arm, as a share of those planned. Slot tests: distance of a post from its plan. */
  blocks: z.strictObject({ warnGapMinutes: z.number().min(0), voidGapMinutes: z.number().min(0), invalidAboveShare: share }),
  /** E4, for plans that drew each post's arm by itself. */
  ratio: z.strictObject({ ...levels, unitsMin: z.int().min(1) }),
  /** E4', after every post; `warnP` holds. */
  sequentialRatio: z.strictObject({ ...levels, unitsMin: z.int().min(1) }),
  /** E4'', where the weights changed. */
  changingRatio: z.strictObject({ ...levels, unitsMin: z.int().min(1), draws }),
  /** E5: hours to move per post on the clocks of a day and of a week; below the floor p decides nothing and few draws do. */
  slots: z.strictObject({
    invalidP: share,
    warnP: share,
    floorHoursOfDay: hours,
    floorHoursOfWeek: hours,
    postsMin: z.int().min(2),
    draws,
    drawsBelowFloor: draws,
  }),
  /** E6: predicted bias over the standard error, or ratio of the arms' predicted counts, each with its level; posts of history needed. */
  prognosis: z.strictObject({
    invalidAbove: z.number(),
    invalidP: share,
    warnAbove: z.number(),
    warnAboveRatio: z.number().min(1),
    warnP: share,
    historyMin: z.int().min(10),
    draws,
    drawsBelowFloor: draws,
  }),
  /** E7: overlap of the arms' publishing windows below which their order is judged. */
  interleaving: z.strictObject({ invalidP: share, warnP: share, overlapMin: share, postsMin: z.int().min(2) }),
  /** E8: ratio of the arms' median ages, and how far from the decision age a reading is comparable. */
  captureAge: z.strictObject({ invalidAbove: z.number(), warnAbove: z.number(), toleranceShare: share, toleranceHours: hours }),
  /** E9: lane, surface, account, format by arm. */
  composition: z.strictObject(levels),
  /** E10: thresholds of the running sum over early reach, higher for longer runs; and which signals of the platform are evidence that posts were touched. */
  throttle: z.strictObject({
    earlyAgeHours: hours,
    toleranceHours: hours,
    /** By posts of the run: the first row that is as long holds, the last one for longer runs. */
    warnAbove: z
      .array(z.strictObject({ posts: z.int().min(1), above: z.number().positive() }))
      .min(1)
      .max(100),
    pauseAbove: z.number().positive(),
    platformSignals: z.array(accountSignalSchema),
    invalidAboveShare: share,
    invalidFromDifference: share,
  }),
  /** E11: missing readings by arm, the missing share at which nothing can be said, and by what share a counter may fall before it is a fault. */
  instrumentation: z.strictObject({ ...levels, insufficientAboveShare: share, fallToleratedShare: z.record(metricNameSchema, share) }),
  /** User-level ratio checks of ExperimentSpecs: p alone is invalid. */
  exposures: z.strictObject({ invalidP: share, draws }),
});
export type ValidityPolicy = z.infer<typeof validityPolicySchema>;

export const defaultValidityPolicy: ValidityPolicy = {
  policyId: "validity",
  version: "3",
  delivery: { invalidAboveShare: 0.2, warnAboveShare: 0.1 },
  failures: { invalidP: 0.01, warnP: 0.05, effectFloor: 0.2 },
  blocks: { warnGapMinutes: 60, voidGapMinutes: 120, invalidAboveShare: 0.2 },
  ratio: { invalidP: 0.001, warnP: 0.01, effectFloor: 0.15, unitsMin: 11 },
  sequentialRatio: { invalidP: 0.001, warnP: 0.01, effectFloor: 0.15, unitsMin: 11 },
  changingRatio: { invalidP: 0.001, warnP: 0.01, effectFloor: 0.15, unitsMin: 12, draws: 9_999 },
  slots: { invalidP: 0.005, warnP: 0.05, floorHoursOfDay: 2, floorHoursOfWeek: 12, postsMin: 6, draws: 9_999, drawsBelowFloor: 499 },
  prognosis: {
    invalidAbove: 1,
    invalidP: 0.005,
    warnAbove: 0.25,
    warnAboveRatio: 1.15,
    warnP: 0.01,
    historyMin: 40,
    draws: 9_999,
    drawsBelowFloor: 499,
  },
  interleaving: { invalidP: 0.003, warnP: 0.01, overlapMin: 0.5, postsMin: 6 },
  captureAge: { invalidAbove: 1.25, warnAbove: 1.1, toleranceShare: 0.1, toleranceHours: 2 },
  composition: { invalidP: 0.01, warnP: 0.05, effectFloor: 0.2 },
  throttle: {
    earlyAgeHours: 24,
    toleranceHours: 3,
    // At most 1 of 20 runs warns falsely: node scripts/throttle-thresholds.mjs.
    warnAbove: [
      { posts: 12, above: 5 },
      { posts: 14, above: 5.3 },
      { posts: 16, above: 5.6 },
      { posts: 18, above: 5.9 },
      { posts: 20, above: 6.2 },
      { posts: 24, above: 6.7 },
      { posts: 28, above: 7.1 },
      { posts: 32, above: 7.5 },
      { posts: 36, above: 7.9 },
    ],
    pauseAbove: 8,
    platformSignals: ["reachRestriction", "accountRestricted", "spamSignal"],
    invalidAboveShare: 0.2,
    invalidFromDifference: 0.2,
  },
  instrumentation: {
    invalidP: 0.01,
    warnP: 0.05,
    effectFloor: 0.2,
    insufficientAboveShare: 0.5,
    // Views and reach are revised by a few per cent; people take back likes and delete comments.
    fallToleratedShare: {
      views: 0.03,
      reach: 0.03,
      view_count: 0.03,
      engagedViews: 0.03,
      shares: 0.1,
      saved: 0.25,
      likes: 0.25,
      comments: 0.5,
    },
  },
  exposures: { invalidP: 0.001, draws: 19_999 },
};

export function validityPolicyHash(policy: ValidityPolicy): string {
  return contentHash(policy);
}
