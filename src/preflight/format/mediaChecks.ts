// Media limits of a surface on what the prober read. What nobody opened, and what the file does not tell, is unverified and said so; what is broken or
// missing blocks.
import type { GuardIssue, MediaRef, Surface, Variant } from "../../domain/index.ts";
import type { MediaFacts, MediaLibrary } from "../mediaLibrary.ts";
import { mediaRefs, type NamedRef } from "../mediaLibrary.ts";
import { checkNumber, hasGroup, type Limit, limitsOf, type Place } from "./limits.ts";
import { checkImage, checkVideo } from "./pictureRules.ts";

/** Findings about the files themselves, once per variant: missing, broken, other bytes than declared, never opened. */
export function checkFiles(variant: Variant, library: MediaLibrary): GuardIssue[] {
  const { variantId } = variant;
  const files = mediaRefs(variant.content);
  const unread = files.filter(({ ref }) => library.facts(ref.path) === undefined);
  return [
    ...(unread.length > 0 ? [neverOpened(unread, variantId)] : []),
    ...files.flatMap(({ field, ref }) => {
      const facts = library.facts(ref.path);
      const place = { variantId, field };
      return facts === undefined ? [] : [...unreadable(facts, ref, place), ...otherThanDeclared(facts, ref, place)];
    }),
  ];
}

/** The rule ids of `checkFiles`. */
export const fileRuleIds = ["format.media.unread", "format.media.unreadable", "format.media.hash", "format.media.duration"] as const;

function neverOpened(files: readonly NamedRef[], variantId: string): GuardIssue {
  const paths = [...new Set(files.map(({ ref }) => ref.path))];
  return {
    ruleId: "format.media.unread",
    verdict: "unverified",
    variantId,
    field: files[0]!.field,
    actual: paths,
    message: `Nobody opened ${paths.join(", ")}: container, codecs and size are not known`,
    fix: "Give the asset folder (assetsDir, or --assets).",
  };
}

function unreadable(facts: MediaFacts, { path }: MediaRef, place: Place): GuardIssue[] {
  if (facts.kind !== "unreadable") return [];
  // A file of a kind nobody here reads may be fine; one that is missing or broken cannot be published.
  const isUnknown = facts.reason === "unknownFormat" || facts.reason === "tooLarge";
  return [
    {
      ruleId: "format.media.unreadable",
      verdict: isUnknown ? "unverified" : "block",
      ...place,
      actual: facts.reason,
      message: `${path}: ${facts.message}`,
      fix: isUnknown ? "Have it looked at, or convert it to mp4, mov, webm, jpeg, png or webp." : "Export or copy the file again.",
    },
  ];
}

const durationToleranceShare = 0.15;

function otherThanDeclared(facts: MediaFacts, ref: MediaRef, place: Place): GuardIssue[] {
  if (facts.kind === "unreadable") return [];
  const issues: GuardIssue[] = [];
  if (ref.sha256 !== undefined && ref.sha256 !== facts.sha256)
    issues.push({
      ruleId: "format.media.hash",
      verdict: "block",
      ...place,
      actual: facts.sha256,
      limit: ref.sha256,
      message: `${ref.path} is not the file that was declared: its bytes differ`,
      fix: "Put the declared file back, or declare this one; approvals are asked for again.",
    });
  if (ref.durationMs !== undefined && "durationSeconds" in facts) {
    const declared = ref.durationMs / 1000;
    if (Math.abs(facts.durationSeconds - declared) > durationToleranceShare * Math.max(declared, 0.1))
      issues.push({
        ruleId: "format.media.duration",
        verdict: "warn",
        ...place,
        actual: facts.durationSeconds,
        limit: declared,
        unit: "s",
        message: `${ref.path} runs ${facts.durationSeconds.toFixed(2)} s and was declared with ${declared.toFixed(2)} s`,
        fix: "Declare the duration of the file.",
      });
  }
  return issues;
}

const videoOnly = /\.(reels|shorts|long|video)$/;

/** Limits of one surface on the files that are uploaded there. */
export function checkMedia(variant: Variant, surface: Surface, library: MediaLibrary): GuardIssue[] {
  const { variantId, content } = variant;
  const { renditions } = content.media;
  const uploads: NamedRef[] = renditions.map((ref, at) => ({ field: `media.renditions[${at}]`, ref }));
  const limits = limitsOf(surface);
  const of = (group: string): Limit[] => limits.filter((limit) => limit.group === group);
  const issues = uploads.flatMap(({ field, ref }) => {
    const facts = library.facts(ref.path);
    const place = { variantId, field };
    if (facts === undefined) return declaredDuration(of("video"), ref.durationMs, place);
    switch (facts.kind) {
      case "video":
        return hasGroup(surface, "video")
          ? of("video").flatMap((limit) => checkVideo(limit, facts, place))
          : [wrongKind(surface, "a video", "warn", place)];
      case "image":
        return videoOnly.test(surface)
          ? [wrongKind(surface, "a picture", "block", place)]
          : of("image").flatMap((limit) => checkImage(limit, facts, place));
      case "audio":
        return [wrongKind(surface, "sound without a picture", "block", place)];
      default:
        return [];
    }
  });
  return [
    ...issues,
    ...checkCounts(uploads, of, variantId, library),
    ...checkAssembled(variant, of("video"), library),
    ...checkCover(variant, of, library),
  ];
}

function wrongKind(surface: Surface, what: string, verdict: "warn" | "block", place: Place): GuardIssue {
  return {
    ruleId: `format.${surface}.media.kind`,
    verdict,
    ...place,
    message: `This is ${what}, which ${surface} ${verdict === "block" ? "does not take" : "may publish as something else"}`,
    fix: "Use a file of the surface's own kind, or another surface.",
    confidence: "judgement",
  };
}

/** Segments become one video when they are assembled; until then only the sum of their durations is known. */
function checkAssembled({ variantId, content: { media } }: Variant, limits: Limit[], library: MediaLibrary): GuardIssue[] {
  const segments = [media.first3s, media.rest].filter((segment) => segment !== undefined);
  if (media.renditions.length > 0 || segments.length === 0) return [];
  const seconds = segments.map((ref) => {
    const facts = library.facts(ref.path);
    return facts !== undefined && "durationSeconds" in facts ? facts.durationSeconds * 1000 : ref.durationMs;
  });
  const total = seconds.every((each) => each !== undefined) ? seconds.reduce((sum, each) => sum + each, 0) : undefined;
  const place = { variantId, field: "media.renditions" };
  return [
    {
      ruleId: "format.media.unassembled",
      verdict: "unverified",
      ...place,
      message: "The file to be uploaded is not there yet, only its segments",
      fix: "Assemble the segments and list the file under media.renditions.",
    },
    ...declaredDuration(limits, total, place),
  ];
}

function declaredDuration(limits: Limit[], durationMs: number | undefined, place: Place): GuardIssue[] {
  if (durationMs === undefined) return [];
  return limits.flatMap((limit) =>
    limit.key === "durationMin" || limit.key === "durationMax"
      ? checkNumber(limit, limit.key === "durationMin" ? "min" : "max", durationMs / 1000, place, "The duration")
      : [],
  );
}

function checkCounts(uploads: NamedRef[], of: (group: string) => Limit[], variantId: string, library: MediaLibrary): GuardIssue[] {
  const place = { variantId, field: "media.renditions" };
  const images = uploads.filter(({ ref }) => library.facts(ref.path)?.kind !== "video").length;
  const what = "The number of files";
  return [
    ...of("image").flatMap((limit) => (limit.key === "maxItems" ? checkNumber(limit, "max", images, place, what) : [])),
    ...(uploads.length < 2
      ? []
      : of("carousel").flatMap((limit) =>
          limit.key === "maxItems" || limit.key === "minItems"
            ? checkNumber(limit, limit.key === "maxItems" ? "max" : "min", uploads.length, place, what)
            : [],
        )),
  ];
}

function checkCover({ variantId, content: { cover } }: Variant, of: (group: string) => Limit[], library: MediaLibrary): GuardIssue[] {
  const facts = cover === undefined ? undefined : library.facts(cover.path);
  if (facts?.kind !== "image") return [];
  return [...of("cover"), ...of("thumbnail")].flatMap((limit) => checkImage(limit, facts, { variantId, field: "cover" }));
}
