import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { briefHash, contentIdentity, planHash, variantContentHash } from "../../src/canon/index.ts";
import {
  applyPatch,
  type Brief,
  type Content,
  contentIdentitySchema,
  type Plan,
  planSchema,
  type PlannedPost,
  readBrief,
  type Variant,
  variantSchema,
} from "../../src/domain/index.ts";
import { edited, exampleBrief, exampleInput, writtenBrief } from "../domain/briefs.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";

const variant: Variant = variantSchema.parse(exampleInput("variant", "valid"));
const plan: Plan = planSchema.parse(exampleInput("plan", "valid"));
const brief = exampleBrief("batch-hook");

describe("the content hash", () => {
  const withContent = (change: (content: Content) => Content): string =>
    variantContentHash({ ...variant, content: change(structuredClone(variant.content)) });

  test("is the one in the examples, and covers a document of its own schema", () => {
    expect(variantContentHash(variant)).toBe(variant.contentHash);
    expect(contentIdentitySchema.parse(contentIdentity(variant))).toEqual(contentIdentity(variant));
  });

  test.each<[string, (content: Content) => Content]>([
    ["a part of the text", (content) => applyPatch(content, { parts: { hook: "Another" } })],
    ["a hashtag", (content) => applyPatch(content, { parts: { hashtags: ["coffee"] } })],
    ["a link", (content) => applyPatch(content, { parts: { links: ["https://aurora.example/"] } })],
    ["the bytes of a file", (content) => applyPatch(content, { media: { audio: { path: "x", sha256: "0".repeat(64) } } })],
    ["the absence of a file", (content) => applyPatch(content, { media: { audio: null } })],
    ["the cover", (content) => applyPatch(content, { cover: { path: "x", sha256: "0".repeat(64) } })],
    ["the alt text", (content) => applyPatch(content, { altText: "Another" })],
    ["a disclosure", (content) => applyPatch(content, { flags: { aiGenerated: true } })],
    ["the format", (content) => applyPatch(content, { format: "carousel" })],
  ])("changes with %s", (_, change) => {
    expect(withContent(change)).not.toBe(variant.contentHash);
  });

  test("changes with the caption as sent and with the surface, to the last space", () => {
    const [rendering] = variant.renderings;
    const withRendering = (changed: Partial<typeof rendering>) =>
      variantContentHash({ ...variant, renderings: [{ ...rendering!, ...changed }] });
    expect(withRendering({ captionAsSent: `${rendering!.captionAsSent} ` })).not.toBe(variant.contentHash);
    expect(withRendering({ captionAsSent: rendering!.captionAsSent.normalize("NFD") + "e\u0301" })).not.toBe(
      withRendering({ captionAsSent: rendering!.captionAsSent + "\u00e9" }),
    );
    expect(withRendering({ surface: "facebook.reels" })).not.toBe(variant.contentHash);
  });

  test("does not know where a file lies, the lane, the slot, the name, or in which order surfaces are listed", () => {
    expect(withContent((content) => applyPatch(content, { lane: "browser", slotCell: "weekday-noon" }))).toBe(variant.contentHash);
    expect(withContent((content) => applyPatch(content, { cover: { ...content.cover!, path: "elsewhere.jpg" } }))).toBe(
      variant.contentHash,
    );
    expect(variantContentHash({ ...variant, name: "another" } as Variant)).toBe(variant.contentHash);
    const two = [...variant.renderings, { surface: "facebook.reels" as const, captionAsSent: "x" }];
    expect(variantContentHash({ ...variant, renderings: two })).toBe(variantContentHash({ ...variant, renderings: two.toReversed() }));
  });

  test("is refused for a file whose bytes nobody has read", () => {
    const content = applyPatch(variant.content, { media: { renditions: [{ path: "reel.mp4" }] } });
    expect(refusalOf(() => variantContentHash({ ...variant, content }))).toMatchObject({
      code: "media-not-hashed",
      path: "media.renditions[0].sha256",
    });
  });
});

describe("the plan hash", () => {
  const [first] = plan.posts;
  const withFirst = (change: Partial<PlannedPost>): string => planHash(brief, [{ ...first!, ...change }, ...plan.posts.slice(1)]);
  const movedTo = (wallTime: string): string => withFirst({ slot: { ...first!.slot, wallTime, startMs: first!.slot.startMs + 60_000 } });
  const withBrief = (change: Partial<Brief>): string => planHash({ ...brief, ...change }, plan.posts);

  test("is the one in the examples, in whatever order the posts are listed", () => {
    expect(planHash(brief, plan.posts)).toBe(plan.planHash);
    expect(planHash(brief, plan.posts.toReversed())).toBe(plan.planHash);
  });

  test("L1: keeps through a move inside the slot bin; another bin re-opens it", async () => {
    await assertProperty(
      fc.property(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 1, max: 28 }),
        (hour, minute, day) => {
          const two = (number: number) => String(number).padStart(2, "0");
          const isSameBin = day % 7 === 1 && hour >= 18;
          expect(movedTo(`2027-03-${two(day)}T${two(hour)}:${two(minute)}`) === plan.planHash).toBe(isSameBin);
        },
      ),
    );
  });

  test("does not know the make-ups that the exposure plan already allows", () => {
    expect(planHash(brief, [...plan.posts, { ...first!, postId: "post-003", makeUpFor: "post-001" }])).toBe(plan.planHash);
  });

  test.each<[string, () => string]>([
    ["the account of a post", () => withFirst({ account: "other" })],
    ["the lane of a post", () => withFirst({ lane: "browser" })],
    ["the variant of a post", () => withFirst({ variantId: "control" })],
    ["the block of a post", () => withFirst({ block: "another" })],
    ["a post more", () => planHash(brief, [...plan.posts, first!])],
    ["the exposure plan", () => withBrief({ exposurePlan: { ...brief.exposurePlan, postsPerVariant: 9 } })],
    ["a guardrail", () => withBrief({ guardrails: brief.guardrails.slice(1) })],
    ["a stop condition", () => withBrief({ stopConditions: brief.stopConditions.slice(1) })],
    ["the approval level", () => withBrief({ approvalLevel: "manual" })],
    ["an account", () => withBrief({ accounts: [{ id: "other", platform: "instagram" }] })],
  ])("changes with %s", (_, changed) => {
    expect(changed()).not.toBe(plan.planHash);
  });
});

describe("the brief hash", () => {
  test("is of the brief as accepted: spelling and order of the file do not matter, any value does", () => {
    const written = writtenBrief("batch-hook");
    const turned = Object.fromEntries(Object.entries(written).toReversed());
    expect(briefHash(readBrief(turned))).toBe(briefHash(brief));
    expect(briefHash(readBrief(edited(written, ["clientTags"], [])))).toBe(briefHash(brief));
    expect(briefHash(readBrief(edited(written, ["hypothesis"], "Questions work better.")))).not.toBe(briefHash(brief));
  });
});
