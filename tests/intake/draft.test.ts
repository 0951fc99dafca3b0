import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBrief, surfaceNames } from "../../src/domain/index.ts";
import { type BriefAnswers, checkBrief, draftBrief, makeVariants } from "../../src/intake/index.ts";
import { createRng } from "../../src/random/index.ts";
import { compilePlan } from "../../src/schedule/index.ts";
import { assertProperty } from "../support/property.ts";
import { facts } from "./facts.ts";

const answers: BriefAnswers = {
  name: "Question or promise",
  clientId: "aurora-coffee",
  experimentType: "batch",
  surface: "instagram.reels",
  account: "aurora",
  hypothesis: "A question holds more viewers.",
  variable: "hook",
  control: "You will want this.",
  tests: ["Why is it so good?"],
  startDate: "2027-03-01",
  zone: "Europe/Lisbon",
};

/** Surfaces of which the catalogue knows fewer than two figures. */
const withoutProxies = ["tiktok.photo", "facebook.stories"];

describe("a brief drafted from a few answers", () => {
  test("passes the check and the scheduler on every surface that can be measured", async () => {
    await assertProperty(
      fc.property(
        fc.constantFrom(...surfaceNames.filter((surface) => !withoutProxies.includes(surface))),
        fc.constantFrom(
          { experimentType: "micro" as const },
          { experimentType: "batch" as const, tests: ["Why is it so good?", "Who made this?"] },
          { experimentType: "lane" as const, variable: "lane" as const, control: "browser", tests: ["api"] },
          { experimentType: "engagement" as const, variable: "reply" as const, control: "Thank you!", tests: ["Thank you! And you?"] },
          { experimentType: "batch" as const, variable: "hashtags" as const, control: "#one two", tests: ["#three"] },
          { experimentType: "batch" as const, variable: "slot" as const, control: "weekday-noon", tests: ["weekday-evening"] },
        ),
        (surface, more) => {
          const written = draftBrief({ ...answers, surface, ...more });
          expect(checkBrief(written, facts).issues).toEqual([]);
          const brief = readBrief(written);
          const plan = compilePlan({ experimentId: "e1", brief, variants: makeVariants(brief, "e1"), otherPosts: [] }, createRng("1"));
          expect(plan.refused).toBeUndefined();
        },
      ),
      { numRuns: 25 },
    );
  });

  test("asks for a review of its own accord where a human must look", () => {
    const level = (more: Partial<BriefAnswers>) => draftBrief({ ...answers, experimentType: "micro", ...more }).approvalLevel;
    expect(level({})).toBe("auto");
    expect(level({ clientTags: ["regulated"] })).toBe("review");
    expect(level({ lane: "browser" })).toBe("review");
    expect(level({ lane: "browser", approvalLevel: "manual" })).toBe("manual");
  });

  test("does not invent proxies where the catalogue knows none; the check says so", () => {
    const check = checkBrief(draftBrief({ ...answers, surface: "facebook.stories" }), facts);
    expect(check.ok).toBe(false);
    expect(check.issues.map(({ path }) => path)).toContain("successProxies");
  });
});
