// Validity on real slots (datasets/facebook_posts), and its error rates on experiments that never happened: ceilings and floors of docs/validity.md, each
// failing only where the one-sided 99.9 % bound of the simulated rate is on the wrong side.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { namedDecisionPolicy, operatingCharacteristics, type RateName } from "../../src/decision/index.ts";
import { type Check, type PlannedPost, scenarioSchema, type Slot, type ValidityReport } from "../../src/domain/index.ts";
import { checkValidity, circularEnergyTest, largestCircularWasserstein, totalVariation, type ValidityInput } from "../../src/erm/index.ts";
import { createRng, type Rng, uniformInteger } from "../../src/random/index.ts";
import { contingencyTest, normalQuantile, wilsonInterval } from "../../src/stats/index.ts";
import { experimentIn, hourMs, type World } from "../erm/world.ts";
import { dataset } from "../support/datasets.ts";

interface Comparability {
  readonly n: readonly [number, number];
  readonly hour_tv: number;
  readonly weekday_tv: number;
  readonly hour_chi2: { readonly chi2: number; readonly df: number; readonly p: number };
  readonly weekday_chi2: { readonly chi2: number; readonly df: number; readonly p: number };
}

describe("slot comparability of 359 real posts", () => {
  const truth = (
    JSON.parse(readFileSync(dataset("facebook_posts", "truth.json"), "utf8")) as { slot_comparability: Record<string, Comparability> }
  ).slot_comparability;
  const [head, ...lines] = readFileSync(dataset("facebook_posts", "facebook_posts.csv"), "utf8").trim().split("\n");
  const names = head!.trim().split(";");
  const rows = lines.map(
    (line) =>
      Object.fromEntries(
        line
          .trim()
          .split(";")
          .map((value, at) => [names[at], value]),
      ) as Record<string, string>,
  );
  const groupsOf = (key: string) => {
    const [column, values] = key.split(":") as [string, string];
    return values.split("|").map((value) => rows.filter((row) => row[column] === value));
  };
  const counts = (of: readonly Record<string, string>[], column: string, cells: readonly string[]) =>
    cells.map((cell) => of.filter((row) => row[column] === cell).length);

  test.each(Object.keys(truth))("%s: total variation and chi-square equal truth", (key) => {
    const expected = truth[key]!;
    const groups = groupsOf(key);
    expect(groups.map(({ length }) => length)).toEqual(expected.n);
    for (const [column, tv, chi2] of [
      ["Hour", expected.hour_tv, expected.hour_chi2],
      ["Weekday", expected.weekday_tv, expected.weekday_chi2],
    ] as const) {
      const cells = [...new Set(groups.flat().map((row) => row[column]!))];
      const [a, b] = groups.map((group) => counts(group, column, cells)) as [number[], number[]];
      expect(totalVariation(a, b)).toBeCloseTo(tv, 12);
      const test = contingencyTest([a, b]);
      expect(test.df).toBe(chi2.df);
      expect(Math.abs(test.statistic / chi2.chi2 - 1)).toBeLessThan(1e-10);
      expect(Math.abs(test.p / chi2.p - 1)).toBeLessThan(1e-9);
    }
  });

  test("photos against links: the clock alone proves nothing, so distance and p are both needed", () => {
    const [photo, link] = groupsOf("Type:Photo|Link").map((group) => group.map((row) => Number(row["Hour"]))) as [number[], number[]];
    const sample = { hours: [...photo, ...link], arm: [...photo.map(() => 0), ...link.map(() => 1)], periodHours: 24 };
    const { p, exactness } = circularEnergyTest(sample, { rng: createRng("photo/link"), draws: 1999 });
    expect(exactness).toBe("monteCarlo");
    expect(p).toBeGreaterThan(0.005);
    expect(largestCircularWasserstein([photo, link], 24)).toBeGreaterThan(0.5);
  });
});

const level = normalQuantile(0.999);
const isFull = process.env["EXPOS_FULL_GRID"] === "1";
type Event = (report: ValidityReport) => boolean;
const checkIs =
  (id: string, ...verdicts: readonly Check["verdict"][]): Event =>
  ({ checks }) =>
    checks.some(({ checkId, verdict }) => checkId === id && verdicts.includes(verdict));

/** Share of `runs` experiments of this world in which the event happened, with its one-sided 99.9 % bounds. */
function rateOf(world: World, event: Event, runs = 500): { rate: number; low: number; high: number } {
  let hits = 0;
  for (let run = 0; run < runs; run++) if (event(checkValidity(experimentIn(world, createRng(`validate/${run}`))))) hits++;
  const { low, high } = bounds(hits, runs);
  return { rate: hits / runs, low, high };
}

function bounds(hits: number, runs: number): { low: number; high: number } {
  const share = hits / runs;
  const centre = (share + level ** 2 / (2 * runs)) / (1 + level ** 2 / runs);
  const half = (level / (1 + level ** 2 / runs)) * Math.sqrt((share * (1 - share)) / runs + level ** 2 / (4 * runs ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

describe("error rates on experiments that never happened", () => {
  const clock = (test: number, control = 12): Partial<World> => ({
    mode: "random",
    failureOf: () => 0,
    hourOf: (arm) => (arm === 0 ? control : test),
  });

  test("the bounds are Wilson's", () => {
    const [low, high] = wilsonInterval(7, 100);
    expect(bounds(7, 100).low).toBeLessThan(low);
    expect(bounds(7, 100).high).toBeGreaterThan(high);
  });

  test.each<[string, World]>([
    ["blocked, 5 per arm", { postsPerArm: 5 }],
    ["blocked, 8 per arm", { postsPerArm: 8 }],
    ["blocked, 12 per arm", { postsPerArm: 12 }],
    ["blocked, 20 per arm", { postsPerArm: 20 }],
    ["blocked, 8 per arm, three arms", { postsPerArm: 8, arms: 3 }],
    ["random, 8 per arm", { postsPerArm: 8, mode: "random" }],
  ])("%s: false invalid at most .01, false warnings at most .10", (name, world) => {
    const reports: ValidityReport[] = [];
    const invalid = rateOf(world, (report) => (reports.push(report), report.verdict === "invalid"));
    const warned = reports.filter(({ verdict }) => verdict === "warn").length;
    print(`${name}: false invalid ${invalid.rate}, false warn ${warned / reports.length}`);
    expect(invalid.low).toBeLessThanOrEqual(0.01);
    expect(bounds(warned, reports.length).low).toBeLessThanOrEqual(0.1);
  });

  test.each([0, 40])("arms dealt at random, %i earlier posts: the same, from 6 to 20 posts per arm", (historyPosts) => {
    const document = parse(readFileSync("examples/scenarios/dealt-at-random.yaml", "utf8")) as object;
    const scenario = scenarioSchema.parse({ ...document, blocks: [6, 8, 12, 20], effects: [0], faults: [{ kind: "none" }], historyPosts });
    const runs = isFull ? 4_000 : 500;
    const { rows } = operatingCharacteristics({ policy: namedDecisionPolicy("evidence"), scenario, runs, seed: "m" });
    for (const { scenario: cell, rate, value } of rows)
      if (rate === "falseWarn" || rate === "falseInvalid") print(`${cell}, ${historyPosts} earlier posts: ${rate} ${value}`);
    const low = (rate: RateName) => rows.filter((row) => row.rate === rate).map(({ value }) => bounds(Math.round(value * runs), runs).low);
    expect(Math.max(...low("falseInvalid"))).toBeLessThanOrEqual(0.01);
    expect(Math.max(...low("falseWarn"))).toBeLessThanOrEqual(0.1);
  });

  test("the account's best hours, given to one arm, are found by what history predicts; dealt fairly they are no fault", () => {
    const found = (isFair: boolean) => {
      let hits = 0;
      for (let run = 0; run < 200; run++) {
        const rng = createRng(`golden hours ${run}`);
        const { checks } = checkValidity(
          withGoldenHours({ postsPerArm: 12, mode: "random", failureOf: () => 0, history: 40 }, rng, isFair),
        );
        if (checks.some(({ checkId, verdict }) => checkId === "E6" && (verdict === "invalid" || (isFair && verdict === "warn")))) hits++;
      }
      return bounds(hits, 200);
    };
    const given = found(false);
    const fair = found(true);
    print(
      `golden hours given to one arm: E6 invalid in ${given.low.toFixed(2)} to ${given.high.toFixed(2)}; dealt: told in ${fair.low.toFixed(2)} to ${fair.high.toFixed(2)}`,
    );
    expect(given.high).toBeGreaterThanOrEqual(0.95);
    expect(fair.low).toBeLessThanOrEqual(0.01);
  });

  test("x3 and x1/3 on the test arm's reach give the same verdicts, run by run", () => {
    for (let run = 0; run < 150; run++)
      for (const mode of ["blocked", "random"] as const) {
        const verdicts = [1, 3, 1 / 3].map((factor) => {
          const { verdict, checks } = checkValidity(
            experimentIn({ postsPerArm: 8, mode, reachFactor: (arm) => (arm === 0 ? 1 : factor) }, createRng(`effect/${run}`)),
          );
          return JSON.stringify([verdict, checks.map((check) => check.verdict)]);
        });
        expect(new Set(verdicts).size).toBe(1);
      }
  });

  test.each<[string, World, Event, number]>([
    [
      "swapped blocks",
      { postsPerArm: 8, change: (post, arm) => (arm === 1 ? { ...post, publishedMs: (post.publishedMs ?? 0) + 6 * hourMs } : post) },
      checkIs("blocks", "invalid"),
      1,
    ],
    [
      "a leak",
      {
        postsPerArm: 8,
        change: (post, arm, block) => (arm === 1 && block === 3 ? { ...post, lane: "browser" } : post),
        failureOf: () => 0,
      },
      checkIs("E1", "invalid"),
      1,
    ],
    ["mornings against evenings, 6 per arm", { postsPerArm: 6, ...clock(19, 9) }, checkIs("E5", "invalid"), 0.99],
    ["six hours later, 8 per arm", { postsPerArm: 8, ...clock(18) }, checkIs("E5", "invalid"), 0.85],
    [
      "half of one arm lost, no make-up",
      { postsPerArm: 8, failureOf: (arm) => (arm === 1 ? 0.5 : 0.02), makeUps: false },
      checkIs("E2", "invalid"),
      0.75,
    ],
    ["reach throttled to a tenth", { postsPerArm: 12, throttle: 0.1 }, checkIs("E10", "warn", "invalid"), 0.9],
    ["late capture", { postsPerArm: 8, lateHoursOf: (arm) => 60 * arm }, checkIs("E8", "invalid"), 1],
  ])("%s is found", (name, world, event, floor) => {
    const { rate, high } = rateOf(world, event, 400);
    print(`${name}: found in ${rate}`);
    expect(high).toBeGreaterThanOrEqual(floor);
  });

  test("the slot check detects as often as published, and fires on clean random plans as seldom", () => {
    const published: readonly (readonly [string, number, Partial<World>, number])[] = [
      ["+6 h", 6, clock(18), 0.68],
      ["+6 h", 8, clock(18), 0.95],
      ["+3 h", 6, clock(15), 0.13],
      ["+3 h", 8, clock(15), 0.23],
      ["across midnight", 6, clock(2, 20), 0.69],
      ["across midnight", 8, clock(2, 20), 0.97],
      ["clean random", 6, clock(12), 0.004],
      ["clean random", 8, clock(12), 0],
    ];
    for (const [name, postsPerArm, world, told] of published) {
      const { rate } = rateOf({ postsPerArm, history: 0, ...world }, checkIs("E5", "invalid"), 300);
      print(`E5 ${name}, ${postsPerArm} per arm: ${rate} (published ${told})`);
      // Two simulations, theirs with standard error up to .04.
      expect(Math.abs(rate - told)).toBeLessThan(3.3 * Math.hypot(0.04, 0.5 / Math.sqrt(300)));
    }
  });
});

/** An account whose posts at 19 h do e times as well. Test posts get that hour in four of five cases, control posts never; or all alike. */
function withGoldenHours(world: World, rng: Rng, isFair: boolean): ValidityInput {
  const input = experimentIn(world, rng);
  const hours = [9, 12, 15, 19];
  const moved = <T extends { readonly slot: Slot; readonly publishedMs?: number }>(post: T, hour: number): T => {
    const startMs = Math.floor(post.slot.startMs / (24 * hourMs)) * 24 * hourMs + hour * hourMs;
    const slot = { ...post.slot, startMs, wallTime: new Date(startMs).toISOString().slice(0, 19), cell: hour === 19 ? "evening" : "day" };
    return { ...post, slot, ...(post.publishedMs !== undefined && { publishedMs: startMs }) };
  };
  const anyHour = () => hours[uniformInteger(rng, 4)]!;
  const dayHour = () => hours[uniformInteger(rng, 3)]!;
  const hourOf = new Map(
    input.plan.posts.map(({ postId, isControl }) => [postId, isFair ? anyHour() : isControl || rng.next() >= 0.8 ? dayHour() : 19]),
  );
  const history = input.history!.map((post) => moved(post, anyHour()));
  const golden = new Set(history.filter(({ slot }) => slot.cell === "evening").map(({ postId }) => postId));
  const place = <T extends PlannedPost>(post: T): T => moved(post, hourOf.get(post.postId)!);
  return {
    ...input,
    history,
    plan: { ...input.plan, posts: input.plan.posts.map(place) },
    posts: input.posts.map(place),
    snapshots: input.snapshots.map((reading) =>
      golden.has(reading.postId) && reading.ageHours > 24
        ? {
            ...reading,
            metrics: { ...reading.metrics, comments: Math.E * reading.metrics["comments"]!, shares: Math.E * reading.metrics["shares"]! },
          }
        : reading,
    ),
  };
}

function print(line: string): void {
  process.stderr.write(`  ${line}\n`);
}
