import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type Brief,
  checkTypeRequirements,
  decisionPresetOf,
  humanApprovalReasons,
  readBrief,
  type variables,
} from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";
import { attempt, refusalOf } from "../support/refusal.ts";
import { edited, exampleBrief, exampleBriefs, writtenBrief } from "./briefs.ts";

const batch = writtenBrief("batch-hook");

/** What `readBrief` says about the batch brief after one edit. */
const refusal = (path: readonly (string | number)[], value: unknown) => refusalOf(() => readBrief(edited(batch, path, value)));

describe("a brief", () => {
  test.each(exampleBriefs)("of the examples fits its experiment type and survives a JSON round trip: %s", (name) => {
    const brief = exampleBrief(name);
    expect(checkTypeRequirements(brief)).toEqual([]);
    expect(readBrief(JSON.parse(JSON.stringify(brief)))).toEqual(brief);
  });

  test("fills in what its author left out", () => {
    const brief = exampleBrief("micro-hook");
    expect(brief.exposurePlan).toMatchObject({ jitterShare: 0.15, makeUpsPerBlock: 1 });
    expect(brief.control.content).toMatchObject({ flags: {}, parts: { mentions: [], links: [] } });
    expect(brief.successProxies.map((proxy) => proxy.weight)).toEqual([1, 1, 1]);
  });

  test("is typed from end to end", () => {
    expectTypeOf<Brief["approvalLevel"]>().toEqualTypeOf<"auto" | "review" | "manual">();
    expectTypeOf<Brief["variableUnderTest"]>().toEqualTypeOf<keyof typeof variables>();
    expectTypeOf<Brief["control"]["content"]["lane"]>().toEqualTypeOf<"api" | "browser" | "hybrid">();
    expectTypeOf<NonNullable<Brief["decisionAgeHours"]>>().toEqualTypeOf<number>();
    expectTypeOf<Brief["clientTags"]>().toEqualTypeOf<string[]>();
  });

  test("may bundle fields as a blueprint, and is then held to the bundle", () => {
    const bundle = edited(
      edited(batch, ["variableUnderTest"], "blueprint"),
      ["blueprintFields"],
      ["parts.hook", "media.first3s", "parts.cta"],
    );
    const patch = { parts: { hook: "Another", cta: "Another" } };
    expect(readBrief(edited(bundle, ["testVariants", 0, "patch"], patch)).testVariants[0]?.patch).toEqual(patch);
    expect(() => readBrief(edited(bundle, ["testVariants", 0, "patch"], { altText: "x" }))).toThrow(/altText is not part of blueprint/);
  });

  test("may bind its variants to planned cells", () => {
    const slots = edited(edited(batch, ["variableUnderTest"], "slot"), ["control", "content", "slotCell"], "weekday-noon");
    const evening = edited(slots, ["testVariants", 0, "patch"], { slotCell: "weekday-evening" });
    expect(checkTypeRequirements(readBrief(evening))).toEqual([]);
    expect(() => readBrief(edited(evening, ["testVariants", 0, "patch", "slotCell"], "midnight"))).toThrow(
      expect.objectContaining({ path: "testVariants[0].patch.slotCell" }),
    );
  });

  test("may be written with the seed's names", () => {
    const seed = JSON.parse(
      JSON.stringify(batch)
        .replace('"control":{', '"control_variant":{')
        .replace('"surfaces":["instagram.reels"]', '"surface":"instagram.reels"')
        .replace('"platforms":["instagram"]', '"platform":"instagram"')
        .replace(
          /"(clientId|experimentType|variableUnderTest|testVariants|successProxies|exposurePlan|runWindow|stopConditions|approvalLevel|decisionAgeHours|decisionPreset|postsPerVariant|minGapMinutes|exposureMetric)":/g,
          (_, name: string) => `"${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
        ),
    ) as Record<string, unknown>;
    expect(Object.keys(seed)).toEqual(expect.arrayContaining(["client_id", "control_variant", "test_variants", "surface", "run_window"]));
    expect(readBrief(seed)).toEqual(readBrief(batch));
  });

  test("written with the seed's names is refused in the seed's names", () => {
    const seed = { ...batch, test_variants: [{ ...(batch["testVariants"] as object[])[0], id: "control" }] } as Record<string, unknown>;
    delete seed["testVariants"];
    expect(() => readBrief(seed, "brief.yaml")).toThrow(
      expect.objectContaining({ path: "brief.yaml: test_variants[0].id", fix: "Give each variant its own id." }),
    );
    expect(() => readBrief({ ...batch, surfaces: undefined, surface: "instagram.reel" })).toThrow(/both mean surfaces/);
    const { surfaces: _, ...rest } = batch;
    expect(() => readBrief({ ...rest, surface: "instagram.reel" })).toThrow(expect.objectContaining({ path: "surface" }));
  });
});

const otherGuardrail = {
  id: "g",
  source: "publish",
  statistic: "failures",
  comparator: ">=",
  threshold: 3,
  window: { attempts: 10 },
  grace: { hours: 0 },
  minPosts: 0,
  action: "hold",
  resume: "human",
};
const proxyOf = (extra: object) => ({ metric: "saved", kind: "distribution", direction: "increase", scale: "count", ...extra });

describe("a brief is refused with path and fix when", () => {
  const cases: [string, (string | number)[], unknown, string, RegExp][] = [
    ["two variables are under test", ["variableUnderTest"], ["hook", "cta"], "variableUnderTest", /exactly one variable/],
    ["the variable is unknown", ["variableUnderTest"], "vibe", "variableUnderTest", /hook/],
    ["there is no control", ["control"], undefined, "control", /is missing/],
    ["there is no test variant", ["testVariants"], [], "testVariants", />=1/],
    ["a key is unknown", ["hypotesis"], "x", "hypotesis", /nrecognized key/],
    ["a key deep inside is unknown", ["control", "content", "parts", "hok"], "x", "control.content.parts.hok", /nrecognized key/],
    ["there is no proxy", ["successProxies"], [], "successProxies", />=1/],
    ["a proxy appears twice", ["successProxies", 2, "metric"], "comments", "successProxies[2].metric", /already/],
    ["a rate has no exposure metric", ["successProxies", 1, "exposureMetric"], undefined, "successProxies[1].exposureMetric", /per/],
    [
      "a count has an exposure metric",
      ["successProxies", 1],
      proxyOf({ exposureMetric: "reach" }),
      "successProxies[1].exposureMetric",
      /no exposure/,
    ],
    ["a weight is zero", ["successProxies", 0, "weight"], 0, "successProxies[0].weight", />0/],
    ["the window ends before it starts", ["runWindow", "end"], "2027-02-01T00:00", "runWindow.end", /not after its start/],
    ["the window starts on 30 February", ["runWindow", "start"], "2027-02-30T00:00", "runWindow.start", /calendar/],
    ["the zone is an offset", ["runWindow", "zone"], "+01:00", "runWindow.zone", /IANA/],
    ["the hypothesis holds two sentences", ["hypothesis"], "Questions work better. Also on Tuesdays.", "hypothesis", /one sentence/],
    ["the hypothesis is empty", ["hypothesis"], "", "hypothesis", /one sentence/],
    ["the surface is unknown", ["surfaces", 0], "instagram.reel", "surfaces[0]", /instagram\.reels/],
    ["the surface is on another platform", ["surfaces", 0], "youtube.shorts", "surfaces[0]", /not on instagram/],
    ["a platform has no surface", ["platforms"], ["instagram", "youtube"], "platforms[1]", /no surface/],
    ["a platform has no account", ["accounts", 0, "platform"], "youtube", "accounts", /no account on instagram/],
    ["a test has control's id", ["testVariants", 0, "id"], "control", "testVariants[0].id", /already/],
    [
      "a test changes another field",
      ["testVariants", 0, "patch"],
      { parts: { cta: "Buy" } },
      "testVariants[0].patch.parts.cta",
      /not part of hook/,
    ],
    ["a test changes nothing", ["testVariants", 0, "patch"], {}, "testVariants[0].patch", /same as control/],
    [
      "a test says what control says",
      ["testVariants", 0, "patch"],
      { parts: { hook: "The flat white you will want every morning." } },
      "testVariants[0].patch",
      /same as control/,
    ],
    ["an auto-resuming pause is asked for", ["guardrails", 0, "resume"], "automatic", "guardrails[0].resume", /human only/],
    ["a guardrail watches an unknown signal", ["guardrails", 0, "statistic"], "mood", "guardrails[0].statistic", /does not know/],
    ["a guardrail has no end to its window", ["guardrails", 0, "window"], { hour: 2 }, "guardrails[0].window.hours", /is missing/],
    ["two guardrails share an id", ["guardrails", 1], { ...otherGuardrail, id: "login-challenge" }, "guardrails[1].id", /already/],
    ["two cells share a name", ["exposurePlan", "cells", 1, "cell"], "weekday-noon", "exposurePlan.cells[1].cell", /this name/],
    ["a cell ends before it starts", ["exposurePlan", "cells", 0, "to"], "11:00", "exposurePlan.cells[0].to", /not after/],
    ["nothing is to be posted", ["exposurePlan", "postsPerVariant"], 0, "exposurePlan.postsPerVariant", />=1/],
    ["half a post is to be posted", ["exposurePlan", "postsPerVariant"], 1.5, "exposurePlan.postsPerVariant", /int/],
    ["there is no stop condition", ["stopConditions"], [], "stopConditions", />=1/],
    ["a stop condition is unknown", ["stopConditions", 0, "kind"], "boredom", "stopConditions[0].kind", /guardrailBreach/],
    ["more failures than attempts are asked for", ["stopConditions", 1, "attempts"], 2, "stopConditions[1].failuresMin", /attempts/],
    ["the approval level is unknown", ["approvalLevel"], "vibes", "approvalLevel", /auto/],
    [
      "a media path leaves its folder",
      ["control", "content", "cover", "path"],
      "../../etc/passwd",
      "control.content.cover.path",
      /never leaves/,
    ],
    ["a media path is absolute", ["control", "content", "cover", "path"], "/etc/passwd", "control.content.cover.path", /relative/],
    ["a link is a script", ["control", "content", "parts", "links"], ["javascript:alert(1)"], "control.content.parts.links[0]", /http/],
    ["a blueprint lists no fields", ["variableUnderTest"], "blueprint", "blueprintFields", /bundle/],
    ["a variant is bound to a cell nobody planned", ["control", "content", "slotCell"], "midnight", "control.content.slotCell", /no cell/],
    ["fields are listed without a blueprint", ["blueprintFields"], ["parts.hook"], "blueprintFields", /not a blueprint/],
    ["a number is written as text", ["decisionAgeHours"], "168", "decisionAgeHours", /number/],
    ["a number is not finite", ["decisionAgeHours"], Number.POSITIVE_INFINITY, "decisionAgeHours", /number/],
    ["the caption is huge", ["control", "content", "parts", "body"], "a".repeat(200_000), "control.content.parts.body", /100000/],
  ];
  test.each(cases)("%s", (_, path, value, expectedPath, expectedMessage) => {
    const said = refusal(path, value);
    expect(said.code).toBe("brief-invalid");
    expect(said.path).toBe(expectedPath);
    expect(said.message).toMatch(expectedMessage);
    expect(said.fix).toMatch(/^[A-Z].*\.|\?$/);
  });

  test.each([null, undefined, 3, "brief", []])("it is not an object: %j", (data) => {
    expect(() => readBrief(data, "brief.yaml")).toThrow(expect.objectContaining({ code: "brief-invalid", path: "brief.yaml" }));
  });

  test("L12: deleting or mangling any part of it never throws anything but a DomainError with path, message and fix", async () => {
    const paths = leaves(batch);
    const accepted = { code: "brief-invalid", message: "-", fix: "-" };
    const mangled = fc.tuple(fc.constantFrom(...paths), fc.oneof(fc.jsonValue(), fc.constant(undefined)));
    await assertProperty(
      fc.property(mangled, ([path, value]) => {
        const { refused } = attempt(() => readBrief(edited(batch, path, value)));
        const { code, message, fix } = refused ?? accepted;
        expect([code, message !== "", fix !== ""]).toEqual(["brief-invalid", true, true]);
      }),
      { numRuns: 500 },
    );
  });
});

function leaves(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const inner =
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, Array.isArray(value) ? Number(key) : key]))
      : [];
  return path.length === 0 ? inner : [path, ...inner];
}

describe("the experiment type asks", () => {
  const findings = (name: (typeof exampleBriefs)[number], edit: (brief: Brief) => void) => {
    const brief = exampleBrief(name);
    edit(brief);
    return checkTypeRequirements(brief).map((issue) => `${issue.code} ${issue.path}`);
  };

  test("a micro experiment for at most five posts and no strong claim", () => {
    expect(findings("micro-hook", (brief) => (brief.exposurePlan.postsPerVariant = 6))).toEqual([
      "posts-per-variant exposurePlan.postsPerVariant",
    ]);
    expect(findings("micro-hook", (brief) => (brief.decisionPreset = "evidence"))).toEqual(["preset-too-strong decisionPreset"]);
    expect(findings("micro-hook", (brief) => (brief.decisionPreset = "exploratory"))).toEqual(["preset-too-strong decisionPreset"]);
  });

  test("a batch experiment for five to twenty posts, a review, and eight blocks for evidence", () => {
    expect(findings("batch-hook", (brief) => (brief.exposurePlan.postsPerVariant = 4))).toContain(
      "posts-per-variant exposurePlan.postsPerVariant",
    );
    expect(findings("batch-hook", (brief) => (brief.exposurePlan.postsPerVariant = 21))).toEqual([
      "posts-per-variant exposurePlan.postsPerVariant",
    ]);
    expect(findings("batch-hook", (brief) => (brief.exposurePlan.postsPerVariant = 7))).toEqual(["preset-too-strong decisionPreset"]);
    expect(findings("batch-hook", (brief) => (brief.approvalLevel = "auto"))).toEqual(["approval-too-weak approvalLevel"]);
    expect(findings("batch-hook", (brief) => (brief.approvalLevel = "manual"))).toEqual([]);
  });

  test("an engagement experiment for a human on every reply, for replies, and for outcomes of a reply", () => {
    expect(findings("engagement-reply", (brief) => (brief.approvalLevel = "review"))).toEqual(["approval-too-weak approvalLevel"]);
    expect(findings("engagement-reply", (brief) => (brief.variableUnderTest = "caption"))).toEqual(["variable-of-type variableUnderTest"]);
    expect(findings("engagement-reply", (brief) => (brief.successProxies[0]!.scale = "count"))).toEqual([
      "proxy-scale successProxies[0].scale",
    ]);
    expect(findings("engagement-reply", (brief) => delete brief.control.content.parts.reply)).toEqual([
      "reply-missing control.content.parts.reply",
    ]);
  });

  test("a lane experiment for a failure threshold and a person in the browser", () => {
    expect(findings("lane-reliability", (brief) => brief.guardrails.shift())).toEqual(["failure-threshold-missing guardrails"]);
    expect(findings("lane-reliability", (brief) => (brief.approvalLevel = "auto"))).toEqual(["approval-too-weak approvalLevel"]);
    expect(findings("batch-hook", (brief) => (brief.variableUnderTest = "lane"))).toContain("variable-of-type experimentType");
  });

  test("for a cell of each variant when the slot is under test", () => {
    expect(findings("batch-hook", (brief) => (brief.variableUnderTest = "slot"))).toEqual([
      "slot-cell-missing control.content.slotCell",
      "slot-cell-missing testVariants[0].patch.slotCell",
    ]);
  });

  test("a human where the industry is regulated, an offer changes, or a person publishes, whatever the level says", () => {
    const brief = exampleBrief("micro-hook");
    expect(humanApprovalReasons(brief)).toEqual([]);
    expect(humanApprovalReasons({ ...brief, clientTags: ["regulated"] })).toHaveLength(1);
    expect(humanApprovalReasons({ ...brief, changesOfferOrClaim: true })).toHaveLength(1);
    expect(findings("micro-hook", (it) => (it.control.content.lane = "hybrid"))).toEqual(["approval-too-weak approvalLevel"]);
  });

  test("the rule that its size can carry, unless the brief asks for one", () => {
    const brief = exampleBrief("batch-hook");
    const { decisionPreset: _, ...open } = brief;
    const sized = (postsPerVariant: number): Brief => ({ ...open, exposurePlan: { ...open.exposurePlan, postsPerVariant } });
    expect([5, 7, 8, 20].map((n) => decisionPresetOf(sized(n)))).toEqual(["exploratory", "exploratory", "evidence", "evidence"]);
    expect(decisionPresetOf({ ...sized(8), clientTags: ["regulated"] })).toBe("regulated");
    expect([3, 4].map((n) => decisionPresetOf({ ...sized(n), experimentType: "micro" }))).toEqual(["learning", "exploratory"]);
    expect(decisionPresetOf({ ...sized(8), decisionPreset: "seed" })).toBe("seed");
  });
});
