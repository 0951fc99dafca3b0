// Is the test variant doing harm? A betting e-process on the signs of the block differences, weighed by their size: may be looked at after every
// block. E_t = mean over lambda of prod (1 - lambda sign(d) g), g = |d| / largest |d| so far. Source: validity note 2.5 after Waudby-Smith & Ramdas.
import { refuse, requireFinite, requireWhole } from "./arguments.ts";

/** Plain data; the fold of `harmEProcessStep` over the differences in the order of the blocks. */
export interface HarmState {
  readonly testArms: number;
  readonly blocks: number;
  /** Largest |d| so far. */
  readonly largest: number;
  /** ln of the wealth of each bet in `lambdas`. */
  readonly logWealth: readonly number[];
  /** Mean wealth, now and at its highest. */
  readonly eValue: number;
  readonly eValueMax: number;
  /** The block, from 1, at which the limit was first reached; stays. */
  readonly stoppedAtBlock: number | null;
}

export interface HarmResult extends HarmState {
  /** 20 per test arm: P(ever reached without harm) <= .05 over all arms, by Ville's inequality. */
  readonly limit: number;
  /** Any-time valid: min(1, 1 / highest e-value). */
  readonly p: number;
  readonly stop: boolean;
}

const lambdas = [0.15, 0.3, 0.5, 0.7, 0.9] as const;
const limitPerArm = 20;

/**
 * Judges a sequence of block differences of one test arm. Equal to folding the steps. Cannot stop before block 7 / 8 / 9 with 2 / 3 / 4 arms;
 * realised false stops by 30 blocks are about .012, well below the bound of .05. O(blocks).
 * @param differences test less control per block, larger is better, in units fixed at launch (without history every proxy's sd is 1).
 * @param testArms arms compared with control.
 * @throws DomainError `statistics-argument` for a difference that is not finite.
 */
export function harmEProcess(differences: readonly number[], testArms = 1): HarmResult {
  return harmEProcessResult(differences.reduce(harmEProcessStep, harmEProcessStart(testArms)));
}

/** The state before the first block. @throws DomainError `statistics-argument` unless testArms is a whole number >= 1. */
export function harmEProcessStart(testArms = 1): HarmState {
  requireWhole("testArms", testArms, 1);
  return { testArms, blocks: 0, largest: 0, logWealth: lambdas.map(() => 0), eValue: 1, eValueMax: 1, stoppedAtBlock: null };
}

/** One more block. Pure. @throws DomainError `statistics-argument` for a difference that is not finite. */
export function harmEProcessStep(state: HarmState, difference: number): HarmState {
  requireFinite("difference", difference);
  const largest = Math.max(state.largest, Math.abs(difference));
  const signedSize = largest === 0 ? 0 : difference / largest;
  const logWealth = state.logWealth.map((wealth, at) => wealth + Math.log1p(-lambdas[at]! * signedSize));
  const eValue = logWealth.reduce((sum, wealth) => sum + Math.exp(wealth), 0) / lambdas.length;
  const blocks = state.blocks + 1;
  return {
    testArms: state.testArms,
    blocks,
    largest,
    logWealth,
    eValue,
    eValueMax: Math.max(state.eValueMax, eValue),
    stoppedAtBlock: state.stoppedAtBlock ?? (eValue >= limitPerArm * state.testArms ? blocks : null),
  };
}

export function harmEProcessResult(state: HarmState): HarmResult {
  if (state.logWealth.length !== lambdas.length) refuse("state", "this is not a harm state", "Pass what harmEProcessStep returned.");
  return { ...state, limit: limitPerArm * state.testArms, p: Math.min(1, 1 / state.eValueMax), stop: state.stoppedAtBlock !== null };
}
