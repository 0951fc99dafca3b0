// A small brief and its variants for tests of the guards: one hook experiment on one surface, everything else as little as possible.
import { type Brief, readBrief, type Surface, type Variant } from "../../src/domain/index.ts";
import { makeVariants } from "../../src/intake/index.ts";
import type { PreflightInput } from "../../src/preflight/index.ts";
import { edited, writtenBrief } from "../domain/briefs.ts";

const exposureMetrics: Partial<Record<Surface, string>> = {
  "instagram.feed": "reach",
  "instagram.reels": "reach",
  "tiktok.video": "view_count",
  "x.post": "impression_count",
};

interface Content {
  readonly hook?: string;
  readonly body?: string;
  readonly cta?: string;
  readonly title?: string;
  readonly hashtags?: readonly string[];
  readonly links?: readonly string[];
  readonly altText?: string;
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly renditions?: readonly Readonly<Record<string, unknown>>[];
}

/** A brief whose control has this content; the test has another hook. */
export function briefOf(surface: Surface, { hook, body, cta, title, hashtags, links, altText, flags, renditions }: Content): Brief {
  const platform = surface.split(".")[0]!;
  const metric = exposureMetrics[surface] ?? "views";
  const brief = {
    ...edited(writtenBrief("micro-hook"), ["guardrails"], []),
    platforms: [platform],
    surfaces: [surface],
    accounts: [{ id: "account-1", platform }],
    control: {
      id: "control",
      content: {
        parts: {
          hook: hook ?? "A plain opening.",
          ...(body !== undefined && { body }),
          ...(cta !== undefined && { cta }),
          ...(title !== undefined && { title }),
          hashtags: hashtags ?? [],
          links: links ?? [],
        },
        media: { renditions: renditions ?? [] },
        ...(altText !== undefined && { altText }),
        flags: flags ?? {},
        lane: "api",
      },
    },
    testVariants: [{ id: "test", patch: { parts: { hook: "Another plain opening." } } }],
    successProxies: [{ metric, kind: "distribution", direction: "increase", scale: "value" }],
  };
  return readBrief(brief);
}

/** 10 January 2027: the catalogue is fresh then. */
export const nowMs = Date.UTC(2027, 0, 10);

export const knownMeta = {
  post: { materialConnection: false },
  account: { ageGate: true },
  asset: { synthetic: false, overlay: false },
};

/** The guards' input around a brief, with everything known that is not in it. */
export function inputOf(brief: Brief, more: Partial<PreflightInput> = {}): PreflightInput {
  return {
    brief,
    variants: makeVariants(brief, "e1"),
    account: { id: "account-1", platform: brief.platforms[0]!, openSignals: [] },
    recentPosts: [],
    budgets: {},
    meta: knownMeta,
    nowMs,
    ...more,
  };
}

/** A variant that is sent exactly this caption. */
export function withCaption(variant: Variant, captionAsSent: string): Variant {
  return { ...variant, renderings: variant.renderings.map((rendering) => ({ ...rendering, captionAsSent })) };
}
