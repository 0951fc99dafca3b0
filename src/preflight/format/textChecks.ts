// Text limits of a surface on a variant's rendered caption, title, hashtags, mentions and links.
import { addressesIn } from "../../catalogue/index.ts";
import { type GuardIssue, platformOf, type Surface, type Variant } from "../../domain/index.ts";
import { broke, checkNumber, type Limit, limitsOf, type Place } from "./limits.ts";
import { countText, type TextCounter } from "./textCounters.ts";

const captionGroups = ["caption", "text", "description"];
const textGroups = [...captionGroups, "title", "tags", "topic"];

export function checkTexts(variant: Variant, surface: Surface): GuardIssue[] {
  const at = variant.renderings.findIndex((rendering) => rendering.surface === surface);
  const caption = variant.renderings[at]?.captionAsSent ?? "";
  const place: Place = { variantId: variant.variantId, field: `renderings[${Math.max(at, 0)}].captionAsSent` };
  return limitsOf(surface)
    .filter(({ group }) => textGroups.includes(group))
    .flatMap((limit) => checkLimit(limit, variant, surface, caption, place));
}

function checkLimit(limit: Limit, variant: Variant, surface: Surface, caption: string, place: Place): GuardIssue[] {
  const { parts } = variant.content;
  const inField = (field: string): Place => ({ ...place, field });
  switch (limit.key) {
    case "maxChars":
    case "maxUtf16":
    case "maxWeighted":
    case "maxBytes": {
      const isTitle = limit.group === "title";
      const text = isTitle ? parts.title : caption;
      if (text === undefined || !(isTitle || captionGroups.includes(limit.group))) return [];
      return checkNumber(
        limit,
        "max",
        countText(text, counterOf(limit, surface)),
        isTitle ? inField("parts.title") : place,
        `The ${limit.group}`,
      );
    }
    case "maxHashtags":
    case "warnHashtags": {
      const count = Math.max(parts.hashtags.length, matches(caption, /(?<![\p{L}\p{N}_&/])[#＃][\p{L}\p{N}_]+/gu));
      // The stricter number of a second source: it warns, whoever says it.
      return checkNumber(
        limit.key === "warnHashtags" ? { ...limit, isFirm: false } : limit,
        "max",
        count,
        inField("parts.hashtags"),
        "The number of hashtags",
      );
    }
    case "maxTopics":
      return checkNumber(limit, "max", parts.hashtags.length, inField("parts.hashtags"), "The number of topics");
    case "maxMentions":
      return checkNumber(
        limit,
        "max",
        Math.max(parts.mentions.length, matches(caption, /(?<![\p{L}\p{N}_.@/])@[\p{L}\p{N}_.]+/gu)),
        inField("parts.mentions"),
        "The number of mentions",
      );
    case "maxLinks":
      return checkNumber(
        limit,
        "max",
        Math.max(parts.links.length, new Set(addressesIn(caption)).size),
        inField("parts.links"),
        "The number of links",
      );
    case "maxTotalChars":
      return checkNumber(
        limit,
        "max",
        countText(parts.hashtags.join(","), "codePoints"),
        inField("parts.hashtags"),
        "The length of all tags",
      );
    case "supported":
      return limit.value === false && caption.trim() !== ""
        ? [
            broke(limit, limit.isFirm ? "block" : "warn", place, {
              message: "This surface shows no caption",
              fix: "Leave the caption empty.",
            }),
          ]
        : [];
    default:
      return [];
  }
}

function counterOf({ key }: Limit, surface: Surface): TextCounter {
  if (key === "maxUtf16") return "utf16";
  if (key === "maxWeighted") return "xWeighted";
  if (key === "maxBytes") return "utf8Bytes";
  const platform = platformOf(surface);
  return platform === "threads" ? "threadsChars" : platform === "linkedin" ? "linkedinEscaped" : "codePoints";
}

function matches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
