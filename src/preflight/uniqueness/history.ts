// A variant against what the account published in the last 90 days: here likeness is a hazard (preflight note 2.4 a).
import type { GuardIssue, Variant } from "../../domain/index.ts";
import type { PreflightInput, RecentPost } from "../input.ts";
import { type Fingerprint, mediaRefs, type MediaLibrary, type NamedRef } from "../mediaLibrary.ts";
import { duplicateDistanceMax, isFlat, nearDistanceMax, nearFrameShare, pictureDistance, sharedFrames } from "./picture.ts";
import { captionPrint, printSimilarity } from "./text.ts";

const lookBackMs = 90 * 24 * 3_600_000;
const blockFrom = 0.8;
const warnFrom = 0.5;

export const historyRuleIds = [
  "uniqueness.recentPost",
  "uniqueness.recentPicture",
  "uniqueness.recentVideo",
  "uniqueness.recentHook",
  "uniqueness.pictureUnread",
] as const;

export function againstHistory({ variants, recentPosts, nowMs }: PreflightInput, library: MediaLibrary): GuardIssue[] {
  const recent = recentPosts.filter(({ publishedMs }) => nowMs - publishedMs <= lookBackMs);
  return [...captions(variants, recent), ...variants.flatMap((variant) => pictures(variant, recent, library))];
}

function captions(variants: readonly Variant[], recent: readonly RecentPost[]): GuardIssue[] {
  if (recent.length === 0) return [];
  const own = variants.map(({ variantId, renderings }) => ({
    variantId,
    prints: renderings.map(({ captionAsSent }, at) => ({ field: `renderings[${at}].captionAsSent`, print: captionPrint(captionAsSent) })),
  }));
  return recent.flatMap(({ postId, caption }) => {
    const print = captionPrint(caption);
    return own.flatMap(({ variantId, prints }) => {
      const best = prints
        .map(({ field, print: mine }) => ({ field, similarity: printSimilarity(mine, print) }))
        .reduce((one, other) => (other.similarity > one.similarity ? other : one), { field: "", similarity: 0 });
      return best.similarity < warnFrom ? [] : [alikeCaption(variantId, postId, best)];
    });
  });
}

function alikeCaption(variantId: string, postId: string, { field, similarity }: { field: string; similarity: number }): GuardIssue {
  const isDuplicate = similarity >= blockFrom;
  return {
    ruleId: "uniqueness.recentPost",
    verdict: isDuplicate ? "block" : "warn",
    variantId,
    field,
    actual: Number(similarity.toFixed(4)),
    limit: isDuplicate ? blockFrom : warnFrom,
    unit: "Jaccard-5",
    confidence: "judgement",
    message: `The caption is ${Math.round(similarity * 100)} % the same as post ${postId} of the last 90 days`,
    fix: "Write it differently, or wait.",
  };
}

function pictures({ variantId, content }: Variant, recent: readonly RecentPost[], library: MediaLibrary): GuardIssue[] {
  // Segments and sound are compared once they are part of an upload; where there is none yet, the opening stands for the clip.
  const { renditions, first3s, rest } = content.media;
  const uploads = renditions.length > 0 ? renditions : [first3s, rest].filter((ref) => ref !== undefined);
  const own = mediaRefs(content).filter(({ ref, field }) => uploads.includes(ref) || field === "cover");
  if (own.length === 0 || recent.length === 0) return [];
  const known = recent.filter(({ media = [], dHashes = [] }) => media.length > 0 || dHashes.length > 0);
  if (known.length === 0)
    return [
      unread(variantId, "media", "Nobody has the pictures of the account's recent posts", "Give media or dHashes of the recent posts."),
    ];
  return own.flatMap((mine) => onePicture(variantId, mine, known, library));
}

function onePicture(variantId: string, { field, ref }: NamedRef, recent: readonly RecentPost[], library: MediaLibrary): GuardIssue[] {
  const facts = library.facts(ref.path);
  const sha256 = facts !== undefined && facts.kind !== "unreadable" ? facts.sha256 : ref.sha256;
  const fingerprint = library.fingerprint(ref.path);
  const same = recent.find(({ media = [] }) => media.some((other) => other.sha256 !== undefined && other.sha256 === sha256));
  if (same !== undefined) {
    const isVideo = fingerprint?.kind === "video" || facts?.kind === "video";
    return [
      alike(isVideo ? "uniqueness.recentVideo" : "uniqueness.recentPicture", "block", variantId, field, same.postId, "is the very file"),
    ];
  }
  if (fingerprint === undefined || fingerprint.kind === "none") {
    const reason = fingerprint?.reason ?? "nobody opened it";
    return [
      unread(variantId, field, `${ref.path} was compared by its bytes alone: ${reason}`, "Install the decoder, or have it looked at."),
    ];
  }
  const issues = recent.flatMap((post): GuardIssue[] => {
    const others = (post.media ?? []).map(({ path }) => library.fingerprint(path));
    return fingerprint.kind === "image"
      ? comparePicture(fingerprint, others, post, variantId, field)
      : compareVideo(fingerprint, others, post, variantId, field);
  });
  if (fingerprint.kind === "image" && isFlat(fingerprint.image))
    return [unread(variantId, field, `${ref.path} is too even to be told from other pictures by its looks`, "Have it looked at.")];
  return issues;
}

function comparePicture(
  { image }: Extract<Fingerprint, { kind: "image" }>,
  others: readonly (Fingerprint | undefined)[],
  { postId, dHashes = [] }: RecentPost,
  variantId: string,
  field: string,
): GuardIssue[] {
  const hashes = [...dHashes, ...others.flatMap((other) => (other?.kind === "image" && !isFlat(other.image) ? [other.image.dHash] : []))];
  const distance = Math.min(...hashes.map((hash) => pictureDistance(image, hash)));
  if (distance > nearDistanceMax) return [];
  const isDuplicate = distance <= duplicateDistanceMax;
  return [
    {
      ...alike(
        "uniqueness.recentPicture",
        isDuplicate ? "block" : "warn",
        variantId,
        field,
        postId,
        isDuplicate ? "looks the same" : "looks much the same",
      ),
      actual: distance,
      limit: isDuplicate ? duplicateDistanceMax : nearDistanceMax,
      unit: "bits of 64",
    },
  ];
}

function compareVideo(
  { video }: Extract<Fingerprint, { kind: "video" }>,
  others: readonly (Fingerprint | undefined)[],
  { postId }: RecentPost,
  variantId: string,
  field: string,
): GuardIssue[] {
  return others.flatMap((other): GuardIssue[] => {
    if (other?.kind !== "video") return [];
    const share = sharedFrames(video.frames, other.video.frames);
    const hookShare = sharedFrames(video.hookFrames, other.video.hookFrames);
    if (share !== null && share >= nearFrameShare)
      return [
        {
          ...alike("uniqueness.recentVideo", "block", variantId, field, postId, "shows the same frames"),
          actual: share,
          limit: nearFrameShare,
          unit: "share of frames",
        },
      ];
    if (hookShare !== null && hookShare >= nearFrameShare)
      return [
        {
          ...alike("uniqueness.recentHook", "warn", variantId, field, postId, "opens with the same three seconds"),
          actual: hookShare,
          limit: nearFrameShare,
          unit: "share of frames",
        },
      ];
    return [];
  });
}

function alike(ruleId: string, verdict: "warn" | "block", variantId: string, field: string, postId: string, how: string): GuardIssue {
  return {
    ruleId,
    verdict,
    variantId,
    field,
    confidence: "judgement",
    message: `The file ${how} as in post ${postId} of the last 90 days`,
    fix: "Use another picture or clip, or wait.",
  };
}

function unread(variantId: string, field: string, message: string, fix: string): GuardIssue {
  return { ruleId: "uniqueness.pictureUnread", verdict: "unverified", variantId, field, message, fix };
}
