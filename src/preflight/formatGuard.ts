// FormatGuard on what a brief says: text lengths as each platform counts them, numbers of hashtags and mentions, stated durations. Opening the
// files themselves is the media prober's work, so a video whose duration nobody read is `unverified`. Text is never cut to fit.
import type { GuardIssue, GuardVerdict, Variant } from "../domain/index.ts";
import type { Guard } from "./guard.ts";
import { type SurfaceLimit, surfaceLimits } from "./rules/surfaceLimits.ts";
import { countText } from "./textCounters.ts";

export const formatGuard: Guard = {
  name: "FormatGuard",
  versions: { catalogue: surfaceLimits.catalogueVersion },
  ruleIds: ({ brief }) => surfaceLimits.limits.filter(({ surface }) => brief.surfaces.includes(surface)).map(({ id }) => id),
  check: ({ brief, variants }) =>
    variants.flatMap((variant) =>
      surfaceLimits.limits.filter(({ surface }) => brief.surfaces.includes(surface)).flatMap((limit) => checkLimit(limit, variant)),
    ),
};

function checkLimit(limit: SurfaceLimit, variant: Variant): GuardIssue[] {
  const actual = measure(limit, variant);
  if (actual === undefined) return [];
  const where = {
    ruleId: limit.id,
    variantId: variant.variantId,
    field: fieldOf[limit.of],
    source: limit.source,
    confidence: limit.confidence,
  };
  if (actual === null)
    return limit.bound === "max"
      ? [
          {
            ...where,
            verdict: "unverified",
            message: "Nobody has read how long the video is",
            fix: "Give durationMs of the rendition, or let the file be probed.",
          },
        ]
      : [];
  if (limit.bound === "min" ? actual >= limit.value : actual <= limit.value) return [];
  return [
    {
      ...where,
      verdict: verdictOf(limit),
      actual,
      limit: limit.value,
      unit: limit.counter,
      message: `${limit.of} has ${actual}, and ${limit.surface} takes ${limit.bound === "min" ? "at least" : "at most"} ${limit.value} (${limit.counter})`,
      fix: limit.bound === "min" ? "Make it longer." : "Shorten it; nothing is cut automatically.",
    },
  ];
}

/** What well-founded sources say blocks; what is only recalled or copied warns. */
function verdictOf({ bound, confidence }: SurfaceLimit): GuardVerdict {
  return bound !== "warnAbove" && (confidence === "official" || confidence === "official-via-digest") ? "block" : "warn";
}

/** Undefined: the content has no such part. Null: it has one that nobody measured. */
function measure({ of, counter, surface }: SurfaceLimit, { content, renderings }: Variant): number | null | undefined {
  switch (of) {
    case "caption": {
      const caption = renderings.find((rendering) => rendering.surface === surface)?.captionAsSent;
      return caption === undefined ? undefined : countText(caption, counter);
    }
    case "title":
      return content.parts.title === undefined ? undefined : countText(content.parts.title, counter);
    case "hashtags":
      return content.parts.hashtags.length;
    case "mentions":
      return content.parts.mentions.length;
    default: {
      const { first3s, rest, renditions } = content.media;
      const files = renditions.length > 0 ? renditions : [first3s, rest].filter((file) => file !== undefined);
      const videos = files.filter(({ path }) => /\.(mp4|mov|m4v|webm)$/i.test(path));
      if (videos.length === 0) return undefined;
      if (videos.some(({ durationMs }) => durationMs === undefined)) return null;
      const seconds = videos.map(({ durationMs }) => durationMs! / 1000);
      // Segments are assembled into one video; renditions are each published.
      return renditions.length > 0 ? Math.max(...seconds) : seconds.reduce((sum, each) => sum + each, 0);
    }
  }
}

const fieldOf: Record<SurfaceLimit["of"], string> = {
  caption: "renderings.captionAsSent",
  title: "parts.title",
  hashtags: "parts.hashtags",
  mentions: "parts.mentions",
  duration: "media.renditions",
};
