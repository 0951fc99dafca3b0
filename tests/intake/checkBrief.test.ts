import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBrief } from "../../src/domain/index.ts";
import { type BriefCheck, checkBrief, makeVariants } from "../../src/intake/index.ts";
import { compilePlan } from "../../src/schedule/index.ts";
import { createRng } from "../../src/random/index.ts";
import { edited, exampleBriefs, exampleInput, writtenBrief } from "../domain/briefs.ts";
import { assertProperty } from "../support/property.ts";
import { attempt, refusalOf } from "../support/refusal.ts";
import { facts } from "./facts.ts";

type Path = readonly (string | number)[];

const check = (brief: unknown): BriefCheck => checkBrief(brief, facts);
const checkEdited = (edits: readonly (readonly [Path, unknown])[], name: (typeof exampleBriefs)[number] = "batch-hook") =>
  check(edits.reduce((brief, [path, value]) => edited(brief, path, value), writtenBrief(name)));
const found = ({ issues }: BriefCheck) => issues.map(({ code, path }) => `${code} ${path}`);

describe("a sound brief", () => {
  test.each(exampleBriefs)("%s passes, and says what it finds and costs", (name) => {
    const { ok, issues, detectableLift, cost, approval, decisionPreset } = check(writtenBrief(name));
    expect({ ok, issues }).toEqual({ ok: true, issues: [] });
    expect(detectableLift).toMatchObject({ sigma: 1, ratio: Math.exp(2.49 * Math.sqrt(2 / detectableLift!.blocks)) });
    expect(cost!.posts).toBeGreaterThan(0);
    expect(approval).not.toBeNull();
    expect(decisionPreset).not.toBeNull();
  });

  test("its detectable lift follows the sigma of the account, and names the blocks that smaller lifts need", () => {
    const { detectableLift } = checkBrief(writtenBrief("batch-hook"), facts, { logSd: 0.5 });
    expect(detectableLift).toMatchObject({
      blocks: 8,
      sigma: 0.5,
      sigmaSource: "given",
      blocksNeeded: [{ ratio: 1.5, blocks: 19 }, {}, {}],
    });
    expect(detectableLift!.ratio).toBeCloseTo(1.864, 3);
  });

  test("needs a human for a browser lane, a regulated client and an offer, and says so", () => {
    const { approval } = checkEdited([
      [["clientTags"], ["regulated"]],
      [["changesOfferOrClaim"], true],
      [["control", "content", "lane"], "browser"],
    ]);
    expect(approval!.humanReasons).toHaveLength(3);
  });
});

describe("what an experiment costs", () => {
  const onX = (links: string[], testLinks: string[]) =>
    checkEdited([
      [["platforms"], ["x"]],
      [["surfaces"], ["x.post"]],
      [["accounts"], [{ id: "aurora", platform: "x" }]],
      [["variableUnderTest"], "cta"],
      [["control", "content", "parts", "links"], links],
      [["testVariants", 0, "patch"], { parts: { cta: "Read on.", links: testLinks } }],
      [
        ["successProxies"],
        [
          { metric: "reply_count", kind: "conversation", direction: "increase", scale: "rate", exposureMetric: "impression_count" },
          { metric: "public_metrics.retweet_count", kind: "distribution", direction: "increase", scale: "count" },
        ],
      ],
      [["guardrails", 3], { ...(writtenBrief("batch-hook")["guardrails"] as object[])[0], id: "another", statistic: "spamSignal" }],
    ]);

  test("is posts times price: on X a link is 13 times dearer", () => {
    const plain = onX([], []);
    expect(plain.issues).toEqual([]);
    expect(plain.cost).toMatchObject({ usd: 0.24, posts: 16, generationUsd: 0 });
    const linked = onX([], ["https://example.com/a"]);
    expect(linked.cost!.usd).toBe(1.72);
    expect(linked.cost!.variants).toEqual([
      { variantId: "control", usdPerPost: 0.015, hasLink: false },
      { variantId: "question", usdPerPost: 0.2, hasLink: true },
    ]);
  });

  test("counts the making of variants, and nothing where the platform takes posts for nothing", () => {
    const { cost } = checkBrief(writtenBrief("batch-hook"), facts, { generationUsdPerVariant: 1.25 });
    expect(cost).toMatchObject({ usd: 2.5, publishingUsd: 0, generationUsd: 2.5 });
  });
});

const proxy = (more: object) => ({ metric: "shares", kind: "distribution", direction: "increase", scale: "count", ...more });
const second = ["successProxies", 1];

describe("a brief is not ok when", () => {
  test.each<[string, Path, unknown, string]>([
    ["two variables are under test", ["variableUnderTest"], ["hook", "cta"], "two-variables variableUnderTest"],
    ["there is no control", ["control"], undefined, "control-missing control"],
    [
      "a test equals control",
      ["testVariants", 0, "patch"],
      { parts: { hook: "The flat white you will want every morning." } },
      "nothing-under-test testVariants[0].patch",
    ],
    [
      "a test touches another field",
      ["testVariants", 0, "patch", "parts", "cta"],
      "Buy.",
      "not-single-variable testVariants[0].patch.parts.cta",
    ],
    ["a surface is unknown", ["surfaces", 0], "myspace.wall", "surfaces-invalid surfaces[0]"],
    ["a field is unknown", ["colour"], "blue", "field-unknown colour"],
    ["the window is inverted", ["runWindow", "end"], "2027-02-01T00:00", "run-window-invalid runWindow.end"],
    [
      "the window misses the cells",
      ["exposurePlan", "cells"],
      [{ cell: "a", weekdays: ["sun"], from: "23:00", to: "24:00" }],
      "window-too-short runWindow",
    ],
    ["the zone does not exist", ["runWindow", "zone"], "Mars/Base", "zone-unknown runWindow.zone"],
    ["the proxies are too few", ["successProxies"], [proxy({})], "proxies-too-few successProxies"],
    ["a metric is not on the surface", second, proxy({ metric: "retweet_count" }), "metric-not-on-surface successProxies[1].metric"],
    ["a metric was removed", second, proxy({ metric: "plays" }), "metric-not-on-surface successProxies[1].metric"],
    ["nobody reports the metric", second, proxy({ metric: "hides", direction: "decrease" }), "metric-no-source successProxies[1].metric"],
    [
      "success is called what is worse",
      second,
      proxy({ metric: "saved", direction: "decrease" }),
      "proxy-direction successProxies[1].direction",
    ],
    ["a skip rate is to go up", ["successProxies", 0, "direction"], "increase", "proxy-direction successProxies[0].direction"],
    ["a metric is filed under the wrong kind", second, proxy({ kind: "retention" }), "proxy-kind successProxies[1].kind"],
    [
      "a rate is to be divided again",
      ["successProxies", 0],
      proxy({ metric: "reels_skip_rate", kind: "retention", direction: "decrease", scale: "rate", exposureMetric: "reach" }),
      "proxy-scale successProxies[0].scale",
    ],
    [
      "a rate is per something else",
      second,
      proxy({ scale: "rate", exposureMetric: "comments" }),
      "exposure-metric successProxies[1].exposureMetric",
    ],
    [
      "an operational figure is unknown",
      second,
      proxy({ metric: "mood", kind: "operational" }),
      "metric-no-source successProxies[1].metric",
    ],
    ["no guardrail is there", ["guardrails"], [], "guardrails-missing guardrails"],
    ["a guardrail reads hides", ["guardrails", 3, "statistic"], "hides", "metric-no-source guardrails[3].statistic"],
    [
      "a guardrail reads what the surface lacks",
      ["guardrails", 3, "statistic"],
      "follows",
      "metric-not-on-surface guardrails[3].statistic",
    ],
    ["a guardrail is per something unknown", ["guardrails", 3, "per"], "followers", "metric-not-on-surface guardrails[3].per"],
    ["nothing stops the run", ["stopConditions"], [], "stop-conditions-invalid stopConditions"],
    ["a stop condition is named twice", ["stopConditions", 0], { kind: "invalid" }, "named-twice stopConditions[2].kind"],
    ["approval is too weak", ["approvalLevel"], "auto", "approval-too-weak approvalLevel"],
    ["approval is no level", ["approvalLevel"], "maybe", "approval-level-invalid approvalLevel"],
    ["the preset claims too much", ["exposurePlan", "postsPerVariant"], 5, "preset-too-strong decisionPreset"],
    ["it does not fit its type", ["exposurePlan", "postsPerVariant"], 40, "posts-per-variant exposurePlan.postsPerVariant"],
    [
      "other segments would not be uploaded",
      ["control", "content", "media", "renditions"],
      [{ path: "a.mp4" }],
      "segment-not-uploaded testVariants[0].patch.media.first3s",
    ],
  ])("%s", (_, path, value, expected) => {
    const result = checkEdited([[path, value]]);
    expect(result.ok).toBe(false);
    expect(found(result)).toContain(expected);
    for (const { message, fix } of result.issues) expect([message.length > 10, fix.endsWith(".")]).toEqual([true, true]);
  });

  test("a guardrail is breached by what a proxy calls success", () => {
    const breached = { source: "metric", statistic: "ig_reels_avg_watch_time", comparator: ">", threshold: 2000 };
    const result = checkEdited([
      [["successProxies", 0], { metric: "ig_reels_avg_watch_time", kind: "retention", direction: "increase", scale: "value" }],
      [["guardrails", 3], { ...(writtenBrief("batch-hook")["guardrails"] as object[])[3], ...breached }],
    ]);
    expect(found(result)).toEqual(["guardrail-against-proxy guardrails[3].comparator"]);
  });

  test("a stop condition waits for a guardrail that never pauses", () => {
    const guardrail = (writtenBrief("batch-hook")["guardrails"] as object[])[3];
    expect(found(checkEdited([[["guardrails"], [guardrail]]]))).toEqual(["stop-condition-idle stopConditions[0]"]);
  });
});

describe("all faults at once", () => {
  test("of the document, across fields and against the catalogue, in the author's own words", () => {
    const result = check({
      name: "x",
      client_id: "c",
      experiment_type: "batch",
      platforms: ["instagram", "x"],
      surfaces: ["instagram.reels", "myspace.wall"],
      accounts: [{ id: "a", platform: "instagram" }],
      hypothesis: "It works.",
      variable_under_test: ["hook", "cta"],
      control_variant: { content: { lane: "browser", parts: { hook: "a" } } },
      test_variants: [{ id: "t", patch: { parts: { hook: "a" } } }],
      success_proxies: [{ metric: "hides", kind: "conversation", direction: "increase", scale: "count" }],
      guardrails: [],
      exposure_plan: { posts_per_variant: 30, cells: [{ cell: "a", weekdays: ["mon"], from: "10:00", to: "11:00" }] },
      run_window: { start: "2027-03-10T00:00", end: "2027-03-01T00:00", zone: "Europe/Lisbon" },
      stop_conditions: [{ kind: "invalid" }, { kind: "invalid" }],
      approval_level: "auto",
    });
    expect(found(result).sort()).toEqual([
      "account-missing accounts",
      "approval-too-weak approval_level",
      "guardrails-missing guardrails",
      "metric-no-source success_proxies[0].metric",
      "named-twice stop_conditions[1].kind",
      "nothing-under-test test_variants[0].patch",
      "posts-per-variant exposure_plan.posts_per_variant",
      "proxies-too-few success_proxies",
      "run-window-invalid run_window.end",
      "surfaces-invalid surfaces[1]",
      "two-variables variable_under_test",
    ]);
    expect(result.detectableLift).toMatchObject({ blocks: 30 });
    expect(result.cost).toMatchObject({ posts: 60 });
  });

  test.each([null, undefined, 3, "brief", []])("a document that is no object has that one fault: %j", (data) => {
    expect(check(data)).toMatchObject({ ok: false, issues: [{ path: "" }], detectableLift: null, cost: null, approval: null });
  });
});

describe("the run window", () => {
  const cells = [{ cell: "noon", weekdays: ["mon", "wed"], from: "12:00", to: "12:30" }];
  const short = (edits: readonly (readonly [Path, unknown])[] = []) =>
    checkEdited([[["exposurePlan", "cells"], cells], [["exposurePlan", "cadence"], {}], ...edits]);

  test("that is too short says what would make it fit, and that does", () => {
    const { issues } = short();
    expect(issues).toMatchObject([
      {
        code: "window-too-short",
        path: "runWindow",
        message: expect.stringContaining("are 16, and under pacing the window holds 4 at most") as string,
      },
    ]);
    const [, date] = /end on (\S+) or later/.exec(issues[0]!.fix)!;
    expect(date).toBe("2027-04-22T00:00");
    expect(short([[["runWindow", "end"], date]]).ok).toBe(true);
    expect(short([[["runWindow", "end"], "2027-04-21T00:00"]]).ok).toBe(false);
  });

  test("that holds none of the cells says so", () => {
    const { issues } = short([[["runWindow"], { start: "2027-03-02T00:00", end: "2027-03-03T00:00", zone: "UTC" }]]);
    expect(issues).toMatchObject([{ code: "window-outside-cells" }]);
  });

  test("has to hold every cell of a slot test on its own", () => {
    const slot = (end: string) =>
      found(
        short([
          [["variableUnderTest"], "slot"],
          [["control", "content", "slotCell"], "noon"],
          [["exposurePlan", "cells", 1], { cell: "evening", weekdays: ["mon", "tue", "wed", "thu", "fri"], from: "18:00", to: "19:00" }],
          [["testVariants", 0, "patch"], { slotCell: "evening" }],
          [["runWindow", "end"], end],
        ]),
      );
    expect(slot("2027-03-24T12:00")).toEqual(["window-too-short runWindow"]);
    expect(slot("2027-03-25T00:00")).toEqual([]);
  });

  test("is an upper bound: whatever the scheduler plans, the check let through", async () => {
    await assertProperty(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 5, max: 12 }),
        fc.integer({ min: 30, max: 300 }),
        (days, posts, gap) => {
          const end = new Date(Date.UTC(2027, 2, 1 + days)).toISOString().slice(0, 16);
          const written = [
            [["runWindow", "end"], end] as const,
            [["exposurePlan", "postsPerVariant"], posts] as const,
            [["exposurePlan", "cadence"], { minGapMinutes: gap }] as const,
            [["decisionPreset"], undefined] as const,
          ].reduce<Record<string, unknown>>((brief, [path, value]) => edited(brief, path, value), writtenBrief("batch-hook"));
          const brief = readBrief(written);
          const plan = compilePlan({ experimentId: "e1", brief, variants: makeVariants(brief, "e1"), otherPosts: [] }, createRng("1"));
          fc.pre(plan.refused === undefined);
          expect(check(written).issues).toEqual([]);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe("L12: bad input", () => {
  /** Deletes, doubles or replaces one place of a brief. */
  const damaged = fc
    .tuple(fc.constantFrom(...exampleBriefs), fc.nat(), fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("replace", "delete"))
    .map(([name, at, value, how]) => {
      const brief = writtenBrief(name);
      const paths = placesOf(brief);
      const path = paths[at % paths.length]!;
      return edited(brief, path, how === "delete" ? undefined : value);
    });

  test("gets issues or a DomainError, never anything else, and what is ok compiles to variants", async () => {
    let ok = 0;
    await assertProperty(
      fc.property(fc.oneof({ weight: 5, arbitrary: damaged }, { weight: 1, arbitrary: fc.jsonValue() }), (data) => {
        const { value: result } = attempt(() => check(data));
        if (result === undefined) return;
        expect(result.ok).toBe(result.issues.length === 0);
        expect(JSON.parse(JSON.stringify(result))).toMatchObject({ ok: result.ok });
        if (!result.ok) return;
        ok++;
        const brief = readBrief(data);
        const { value: variants, refused } = attempt(() => makeVariants(brief, "e1"));
        // Hashes may be left out of a brief: intake fills them in from the asset folder.
        expect(refused?.code ?? variants!.length).toBe(refused === undefined ? 1 + brief.testVariants.length : "media-not-hashed");
      }),
      { numRuns: 120 },
    );
    expect(ok).toBeGreaterThan(0);
  });

  test("the broken example and a document deeper than any brief are refused", () => {
    expect(check(exampleInput("brief", "broken")).ok).toBe(false);
    let deep: unknown = 1;
    for (let at = 0; at < 5000; at++) deep = { deep };
    expect(refusalOf(() => check(deep))).toMatchObject({ code: "brief-invalid" });
  });
});

function placesOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const next = [...path, Array.isArray(value) ? Number(key) : key];
    return [next, ...placesOf((value as Record<string, unknown>)[key], next)];
  });
}
