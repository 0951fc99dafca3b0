// The rule for units that are not posts: suggested replies (engagement) and publish attempts (lane). Any number of units of each arm in a block, one
// exact stratified test at the end. Source: contracts 3.
import type { Brief, OutcomeSnapshot, Post, Proxy } from "../domain/index.ts";
import { decisionAgeHours, proxyValue, withOperationalMetrics } from "../erm/index.ts";
import type { Rng } from "../random/index.ts";
import { holm } from "../stats/index.ts";
import { compositeIndex } from "./statistics/compositeIndex.ts";
import { blockDifferences, slotStratifiedTest } from "./statistics/slotStratified.ts";

/** One unit: the outcome of each proxy, null where it has none. */
export interface Unit {
  readonly unitId: string;
  readonly variantId: string;
  readonly block: string;
  readonly outcomes: readonly (number | null)[];
}

/** The units of an engagement experiment: each suggested reply with its reading at the decision age. Units without one are left out. */
export function replyUnits(brief: Brief, posts: readonly Post[], snapshots: readonly OutcomeSnapshot[], asOf: number): Unit[] {
  return posts.flatMap((post) => {
    const reading = latest(snapshots, post.postId, asOf, decisionAgeHours(brief));
    const outcomes = brief.successProxies.map((proxy) => proxyValue(proxy, reading?.metrics ?? {}));
    return outcomes.every((value) => value === null)
      ? []
      : [{ unitId: post.postId, variantId: post.variantId, block: post.block, outcomes }];
  });
}

/**
 * The units of a lane experiment: each post that was tried and ended, failed ones too, with what publishing it cost (`withOperationalMetrics`). A reading
 * of the same name wins over what is derived.
 */
export function attemptUnits(brief: Brief, posts: readonly Post[], snapshots: readonly OutcomeSnapshot[], asOf: number): Unit[] {
  return posts
    .filter(({ attempts }) => attempts.some(({ outcome: end, atMs }) => atMs <= asOf && (end === "failed" || end === "published")))
    .map((post) => {
      const metrics = withOperationalMetrics(post, decisionAgeHours(brief), latest(snapshots, post.postId, asOf)?.metrics);
      return {
        unitId: post.postId,
        variantId: post.variantId,
        block: post.block,
        outcomes: brief.successProxies.map((proxy) => proxyValue(proxy, metrics)),
      };
    });
}

/** How often each error class ended an attempt of each arm: a description, not a gate. */
export function errorClassCounts(posts: readonly Post[], asOf: number): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { variantId, attempts } of posts)
    for (const { outcome: end, errorClass = "unknown", atMs } of attempts)
      if (end === "failed" && atMs <= asOf) {
        counts[variantId] ??= {};
        counts[variantId][errorClass] = (counts[variantId][errorClass] ?? 0) + 1;
      }
  return counts;
}

export interface UnitArm {
  readonly variantId: string;
  /** Units of this arm and of control in blocks that hold both. */
  readonly units: number;
  readonly controlUnits: number;
  /** Blocks that hold both. */
  readonly blocks: number;
  /** Metrics on which its block means lie above control's on average. */
  readonly leads: readonly string[];
  readonly p: number | null;
  readonly minP: number | null;
  /** Holm over the test arms. */
  readonly crossed: boolean;
  /** Mean standardised difference; what several winners are ranked by. */
  readonly difference: number | null;
}

/**
 * The exact one-sided test of every test arm on the composite of its outcomes within blocks. An outcome that nobody noted for
 * a unit counts as its block's mean, whichever arm it is of, so that the test stays exact under no effect.
 * @returns one entry per test arm; p null where no block holds both arms or nothing varies.
 */
export function judgeUnits(units: readonly Unit[], arms: readonly string[], proxies: readonly Proxy[], alpha: number, rng: Rng): UnitArm[] {
  const [control, ...tests] = arms;
  const block = units.map((unit) => unit.block);
  const arm = units.map(({ variantId }) => variantId);
  const values = proxies.map((_, at) =>
    filled(
      units.map(({ outcomes }) => outcomes[at]!),
      block,
    ),
  );
  const weighed = proxies.flatMap(({ weight }, at) => {
    const sd = withinSd(values[at]!, block);
    return sd > 0 ? [{ y: values[at]!, sign: 1 as const, weight, sd }] : [];
  });
  const index = weighed.length === 0 ? null : compositeIndex(weighed, block);
  const results = tests.map((variantId) => {
    const of = (y: readonly number[]) => blockDifferences({ index: y, arm, block, test: variantId, control: control! });
    const shared = new Set(units.length === 0 ? [] : of(values[0]!).blocks);
    const inShared = units.filter((unit) => shared.has(unit.block));
    const test =
      index === null || shared.size === 0
        ? null
        : slotStratifiedTest({ index, arm, block, test: variantId, control: control! }, { rng: rng.fork(["units", variantId]) });
    return {
      variantId,
      units: inShared.filter((unit) => unit.variantId === variantId).length,
      controlUnits: inShared.filter((unit) => unit.variantId === control).length,
      blocks: shared.size,
      leads: proxies
        .filter((_, at) => shared.size > 0 && of(values[at]!).differences.reduce((sum, d) => sum + d, 0) > 0)
        .map(({ metric }) => metric),
      p: test?.p ?? null,
      minP: test?.minP ?? null,
      difference: test?.statistic ?? null,
    };
  });
  const adjusted = holm(results.map(({ p }) => p ?? 1));
  return results.map((result, at) => ({ ...result, crossed: result.p !== null && adjusted[at]! <= alpha }));
}

/** The latest reading by capture that was recorded by `asOf`, near the age where one is asked for. */
function latest(snapshots: readonly OutcomeSnapshot[], postId: string, asOf: number, ageHours?: number): OutcomeSnapshot | undefined {
  return snapshots
    .filter((one) => one.postId === postId && one.recordedAt <= asOf)
    .filter((one) => ageHours === undefined || Math.abs(one.ageHours - ageHours) <= Math.max(0.1 * ageHours, 2))
    .reduce<OutcomeSnapshot | undefined>(
      (best, next) =>
        best === undefined ||
        next.capturedAtMs > best.capturedAtMs ||
        (next.capturedAtMs === best.capturedAtMs && next.recordedAt > best.recordedAt)
          ? next
          : best,
      undefined,
    );
}

function filled(values: readonly (number | null)[], block: readonly string[]): number[] {
  const sums = new Map<string, { sum: number; n: number }>();
  values.forEach((value, at) => {
    if (value === null) return;
    const found = sums.get(block[at]!) ?? { sum: 0, n: 0 };
    sums.set(block[at]!, { sum: found.sum + value, n: found.n + 1 });
  });
  return values.map((value, at) => {
    const known = sums.get(block[at]!);
    return value ?? (known === undefined ? 0 : known.sum / known.n);
  });
}

/** Root mean square within blocks, arms ignored; 0 where nothing varies. */
function withinSd(values: readonly number[], block: readonly string[]): number {
  const sums = new Map<string, { sum: number; n: number }>();
  values.forEach((value, at) => {
    const found = sums.get(block[at]!) ?? { sum: 0, n: 0 };
    sums.set(block[at]!, { sum: found.sum + value, n: found.n + 1 });
  });
  const squares = values.reduce((total, value, at) => {
    const { sum, n } = sums.get(block[at]!)!;
    return total + (value - sum / n) ** 2;
  }, 0);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const sd = Math.sqrt(squares / Math.max(1, values.length));
  return sd > 1e-12 * largest ? sd : 0;
}
