import { describe, expect, test } from "vitest";
import { coolDownOf, countedQuotas, expectedCost, paceOf, platformCatalogue, surfacePace } from "../../src/catalogue/index.ts";
import { accountSignals, type Brief, type Surface, surfaceNames } from "../../src/domain/index.ts";
import { makeVariants } from "../../src/intake/index.ts";
import { briefOf } from "../preflight/inputs.ts";

describe("the platform catalogue", () => {
  test("is whole: 447 facts, every one with sources that are described", () => {
    const { stats, platforms, sources } = platformCatalogue();
    expect(stats.facts).toBe(447);
    expect(Object.keys(platforms)).toHaveLength(7);
    for (const { url, kind } of Object.values(sources)) expect(url !== null || kind !== "official").toBe(true);
  });
});

describe("pacing", () => {
  test("every surface has a pace, and it stays below half of every cap of its platform", () => {
    for (const surface of surfaceNames)
      for (const { cap, plannable } of countedQuotas(surface)) {
        expect(plannable).toBe(Math.floor(cap / 2));
        expect(surfacePace(surface).maxPerDay).toBeLessThanOrEqual(plannable);
      }
  });

  test("a brief can make it stricter and never looser", () => {
    expect(paceOf("instagram.reels", {})).toEqual({ maxPerDay: 3, minGapMinutes: 180 });
    expect(paceOf("instagram.reels", { maxPerDay: 1, minGapMinutes: 600 })).toEqual({ maxPerDay: 1, minGapMinutes: 600 });
    expect(paceOf("instagram.reels", { maxPerDay: 9, minGapMinutes: 5 })).toEqual({ maxPerDay: 3, minGapMinutes: 180 });
  });

  test("caps are counted where posts count for them", () => {
    const ids = (surface: Surface) => countedQuotas(surface).map(({ id }) => id);
    expect(ids("instagram.stories")).toEqual(["instagram.apiPublishedPostsFallback"]);
    expect([ids("facebook.reels"), ids("facebook.feed")]).toEqual([["facebook.reels"], []]);
    expect(ids("x.post")).toEqual(["x.createPostPerUser", "x.createPostPerApp"]);
  });

  test("every signal has its rest: so long, until a person cleared it, or until the content is another", () => {
    expect(accountSignals.filter((signal) => coolDownOf(signal).until === "cleared")).toHaveLength(6);
    expect(coolDownOf("spamSignal")).toEqual({ until: "cleared", hours: 72 });
    expect(coolDownOf("rateLimit")).toEqual({ until: "hours", hours: 30 });
    expect(coolDownOf("duplicate")).toEqual({ until: "content", hours: 0 });
  });
});

describe("cost", () => {
  const cost = (brief: Brief, generationUsd = 0) => expectedCost(makeVariants(brief, "e1"), 20, generationUsd).usd;

  test("40 X posts cost 0.60 dollars, 8.00 with an address, wherever it stands", () => {
    expect(cost(briefOf("x.post", {}))).toBe(0.6);
    expect(cost(briefOf("x.post", { links: ["https://example.com/a"] }))).toBe(8);
    expect(cost(briefOf("x.post", { body: "See example.com for more." }))).toBe(8);
    expect(cost(briefOf("instagram.feed", { links: ["https://example.com/a"] }))).toBe(0);
  });

  test("a post goes to one of its surfaces, and the dearest counts", () => {
    const brief = briefOf("x.post", {});
    expect(cost({ ...brief, surfaces: ["instagram.feed", "x.post", "threads.post"] })).toBe(0.6);
    expect(cost(brief, 1.25)).toBe(3.1);
  });
});
