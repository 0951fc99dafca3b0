// What an approval of content is about: everything the platform is sent, with the caption exactly as sent and media by their bytes
// (preflight note 2.7). Lane and slot are the plan's; names, patch and provenance are nobody's.
import { type Content, type ContentIdentity, DomainError, type MediaRef, platformOf, type Rendering } from "../domain/index.ts";
import { contentHash } from "./hash.ts";

/** The content hash of a variant. @throws DomainError `media-not-hashed` for a file whose bytes are not known. */
export function variantContentHash(variant: { content: Content; renderings: readonly Rendering[] }): string {
  return contentHash(contentIdentity(variant));
}

/** The hash of what a variant says, files aside: known before anybody has read them. */
export function variantTextHash({ parts, altText }: Pick<Content, "parts" | "altText">): string {
  return contentHash({ parts, altText: altText ?? null });
}

/** The document that the content hash covers. @throws DomainError `media-not-hashed`. */
export function contentIdentity({ content, renderings }: { content: Content; renderings: readonly Rendering[] }): ContentIdentity {
  const { media, cover } = content;
  return {
    schemaVersion: 1,
    renderings: renderings
      .map(({ surface, captionAsSent }) => ({ platform: platformOf(surface), surface, captionAsSent }))
      .sort((a, b) => (a.surface < b.surface ? -1 : 1)),
    parts: content.parts,
    format: content.format ?? null,
    mediaSha256: {
      first3s: hashOf(media.first3s, "media.first3s"),
      rest: hashOf(media.rest, "media.rest"),
      audio: hashOf(media.audio, "media.audio"),
      renditions: media.renditions.map((file, at) => hashOf(file, `media.renditions[${at}]`)),
    },
    coverSha256: hashOf(cover, "cover"),
    altText: content.altText ?? null,
    flags: content.flags,
  };
}

function hashOf(file: MediaRef, field: string): string;
function hashOf(file: MediaRef | undefined, field: string): string | null;
function hashOf(file: MediaRef | undefined, field: string): string | null {
  if (file === undefined) return null;
  if (file.sha256 === undefined)
    throw new DomainError({
      code: "media-not-hashed",
      path: `${field}.sha256`,
      message: `the bytes of ${file.path} are not known`,
      fix: "Name the asset folder (--assets, or assetsDir), or give sha256 in the brief.",
      value: file.path,
    });
  return file.sha256;
}
