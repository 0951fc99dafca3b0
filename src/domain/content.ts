// What is published, in parts: the text parts, media segments, cover, flags, lane and slot cell that a variable may own. A test variant is
// control plus a patch over these fields and nothing else (law L4); the patch is a JSON Merge Patch (RFC 7396): null removes, lists are replaced.
import { z } from "zod";
import { laneSchema } from "./lane.ts";
import { countSchema, labelSchema, sha256HexSchema } from "./scalars.ts";

const textSchema = z.string().max(100_000);

/** A file of the client's asset library. The path is relative to the library and cannot leave it; the hash pins the bytes. */
export const mediaRefSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(512)
    .refine(staysInside, {
      error: "a media path is relative, with / between folders, and never leaves its folder",
      params: { code: "media-path", fix: "Name a file inside the asset folder, such as reels/opening.mp4." },
    }),
  /** SHA-256 of the bytes; intake fills it from the asset folder where the brief leaves it out. */
  sha256: sha256HexSchema.exactOptional(),
  durationMs: countSchema.exactOptional(),
  widthPx: countSchema.exactOptional(),
  heightPx: countSchema.exactOptional(),
});
export type MediaRef = z.infer<typeof mediaRefSchema>;

function staysInside(path: string): boolean {
  if (/[\\\0]/.test(path) || path.startsWith("/") || /^[A-Za-z]:/.test(path)) return false;
  return path.split("/").every((step) => step !== ".." && step !== "." && step !== "");
}

const partFields = {
  /** The first words, or the line on screen. */
  hook: textSchema.exactOptional(),
  /** The body of the caption. */
  body: textSchema.exactOptional(),
  /** The call to action. */
  cta: textSchema.exactOptional(),
  title: textSchema.exactOptional(),
  /** The suggested reply of an engagement experiment. */
  reply: textSchema.exactOptional(),
};

/** Without the sign: `coffee`, not `#coffee`. */
const tagListSchema = z.array(z.string().regex(/^[^\s#@]+$/u, { error: "write it without # or @ and without spaces" })).max(100);
const linkListSchema = z.array(z.url({ protocol: /^https?$/, error: "a link is an http(s) address" })).max(20);
const mediaListSchema = z.array(mediaRefSchema).max(20);

const mediaFields = {
  /** The opening three seconds, which belong to the hook. */
  first3s: mediaRefSchema.exactOptional(),
  /** Everything after the opening. */
  rest: mediaRefSchema.exactOptional(),
  audio: mediaRefSchema.exactOptional(),
};

export const coverSchema = mediaRefSchema.extend({
  /** True if the cover is the first frame, so that it follows the hook. */
  fromFirstFrame: z.boolean().exactOptional(),
});

export const disclosureFlagNames = ["paidPartnership", "brandContent", "brandOrganic", "aiGenerated", "syntheticMedia"] as const;
const flagsSchema = z.partialRecord(z.enum(disclosureFlagNames), z.boolean());

export const contentSchema = z.strictObject({
  parts: z
    .strictObject({
      ...partFields,
      hashtags: tagListSchema.default([]),
      mentions: tagListSchema.default([]),
      links: linkListSchema.default([]),
    })
    .prefault({}),
  media: z
    .strictObject({
      ...mediaFields,
      /** The files as uploaded, in order: one video, or the images of a carousel. They follow from the segments where those are given. */
      renditions: mediaListSchema.default([]),
    })
    .prefault({}),
  cover: coverSchema.exactOptional(),
  altText: textSchema.exactOptional(),
  /** The surface's own format, such as `video`, `image`, `carousel`. */
  format: labelSchema.exactOptional(),
  /** Disclosures made with the post; one left out is not made. */
  flags: flagsSchema.default({}),
  lane: laneSchema,
  /** The slot cell this variant is bound to; only a slot experiment binds it. */
  slotCell: labelSchema.exactOptional(),
});
export type Content = z.infer<typeof contentSchema>;

const removable = <S extends z.ZodType>(schema: S) => schema.nullable().exactOptional();

export const contentPatchSchema = z.strictObject({
  parts: z
    .strictObject({
      hook: removable(textSchema),
      body: removable(textSchema),
      cta: removable(textSchema),
      title: removable(textSchema),
      reply: removable(textSchema),
      hashtags: tagListSchema.exactOptional(),
      mentions: tagListSchema.exactOptional(),
      links: linkListSchema.exactOptional(),
    })
    .exactOptional(),
  media: z
    .strictObject({
      first3s: removable(mediaRefSchema),
      rest: removable(mediaRefSchema),
      audio: removable(mediaRefSchema),
      renditions: mediaListSchema.exactOptional(),
    })
    .exactOptional(),
  cover: removable(coverSchema),
  altText: removable(textSchema),
  format: removable(labelSchema),
  flags: flagsSchema.exactOptional(),
  lane: laneSchema.exactOptional(),
  slotCell: removable(labelSchema),
});
export type ContentPatch = z.infer<typeof contentPatchSchema>;

/** Every field that may be varied or must be held constant. */
export const contentFields = [
  "parts.hook",
  "parts.body",
  "parts.cta",
  "parts.title",
  "parts.reply",
  "parts.hashtags",
  "parts.mentions",
  "parts.links",
  "media.first3s",
  "media.rest",
  "media.audio",
  "media.renditions",
  "cover",
  "altText",
  "format",
  "flags",
  "lane",
  "slotCell",
] as const;
export const contentFieldSchema = z.enum(contentFields);
export type ContentField = z.infer<typeof contentFieldSchema>;

/** The value of a field; undefined where the content does not have it. */
export function readField(content: Content | ContentPatch, field: ContentField): unknown {
  return field
    .split(".")
    .reduce<unknown>(
      (value, key) => (value === undefined || value === null ? undefined : (value as Record<string, unknown>)[key]),
      content,
    );
}

/** The fields a patch speaks about, whether or not it changes them. */
export function patchedFields(patch: ContentPatch): ContentField[] {
  return contentFields.filter((field) => readField(patch, field) !== undefined);
}

/**
 * Control with the patch laid over it. Fields the patch does not name are the very values of control.
 * @returns a new content; neither argument is changed.
 */
export function applyPatch(control: Content, patch: ContentPatch): Content {
  const patched: Record<string, unknown> = { ...control, parts: { ...control.parts }, media: { ...control.media } };
  for (const field of patchedFields(patch)) {
    const keys = field.split(".");
    const holder = keys.length === 1 ? patched : (patched[keys[0]!] as Record<string, unknown>);
    const key = keys.at(-1)!;
    const value = readField(patch, field);
    if (value === null) delete holder[key];
    else holder[key] = value;
  }
  return patched as Content;
}

/** The fields in which two contents differ. */
export function differingFields(one: Content, other: Content): ContentField[] {
  return contentFields.filter((field) => !sameJson(readField(one, field), readField(other, field)));
}

/** Equality of JSON values, blind to key order. */
function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) => Object.hasOwn(other, key) && sameJson((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
    )
  );
}
