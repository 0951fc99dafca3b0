// The ports through which files are read, and the facts that come back. Guards see facts alone: what nobody read is unverified.
import type { Content, MediaRef, Variant } from "../domain/index.ts";
import type { RecentPost } from "./input.ts";

/** A file that could not be read as what it should be. `missing` and `outside` say that there is none in the folder. */
export interface UnreadableMedia {
  readonly kind: "unreadable";
  readonly reason: "missing" | "outside" | "corrupt" | "truncated" | "unknownFormat" | "tooLarge";
  readonly message: string;
}

interface FileFacts {
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly mime: string;
}

export interface ImageFacts extends FileFacts {
  readonly kind: "image";
  /** As shown, an orientation of the file applied. */
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface AudioTrackFacts {
  /** Such as `aac` or `opus`; null where the prober does not know it. */
  readonly codec: string | null;
  /** The codec with its profile as in RFC 6381, such as `mp4a.40.2` for AAC-LC. */
  readonly codecString: string | null;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitrate: number | null;
}

export interface VideoFacts extends FileFacts {
  readonly kind: "video";
  readonly container: "mp4" | "mov" | "webm" | "mkv";
  readonly durationSeconds: number;
  /** As shown: rotation and pixel shape applied. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** As coded, before rotation. */
  readonly codedWidthPx: number;
  readonly codedHeightPx: number;
  readonly rotationDegrees: 0 | 90 | 180 | 270;
  readonly fps: number | null;
  readonly videoCodec: string | null;
  /** How it is coded, as far as the codec's own header tells. `interlaced`: coded so that fields are possible. */
  readonly scan: "progressive" | "interlaced" | null;
  readonly chroma: "4:0:0" | "4:2:0" | "4:2:2" | "4:4:4" | null;
  /** Whether every key frame that was looked at begins anew, so that no frame needs one before it. */
  readonly closedGop: boolean | null;
  /** Bits per second of the picture track. */
  readonly videoBitrate: number | null;
  /** Null: no sound. */
  readonly audio: AudioTrackFacts | null;
  /** Whether the index comes before the data, and whether an edit list shifts the tracks; null where the container has no such thing. */
  readonly moovFirst: boolean | null;
  readonly editList: boolean | null;
}

export interface AudioFacts extends FileFacts {
  readonly kind: "audio";
  readonly durationSeconds: number;
  readonly audio: AudioTrackFacts;
}

export type MediaFacts = ImageFacts | VideoFacts | AudioFacts | UnreadableMedia;

/** Difference hashes of a picture, 16 hex digits each; `greySd` is the spread of grey levels, 0 to 255. */
export interface ImageFingerprint {
  readonly dHash: string;
  /** Of the mirrored picture. */
  readonly mirrored: string;
  readonly greySd: number;
}

export interface VideoFingerprint {
  /** One frame a second. */
  readonly frames: readonly ImageFingerprint[];
  /** The first three seconds, four frames a second: the hook. */
  readonly hookFrames: readonly ImageFingerprint[];
}

export type Fingerprint =
  | { readonly kind: "image"; readonly image: ImageFingerprint }
  | { readonly kind: "video"; readonly video: VideoFingerprint }
  /** Nothing here can decode it; the reason for people. */
  | { readonly kind: "none"; readonly reason: string };

/** Reads what a file is. Never throws for a bad file: that is a fact too. */
export interface MediaProber {
  readonly version: string;
  probe(path: string): Promise<MediaFacts>;
}

/** Reads what a file looks like. */
export interface MediaHasher {
  readonly version: string;
  fingerprint(path: string, facts: MediaFacts): Promise<Fingerprint>;
}

/** Everything that was read of the files, before the guards begin. */
export interface MediaLibrary {
  /** Of prober and hasher; part of every cache key. */
  readonly versions: Readonly<Record<string, string>>;
  facts(path: string): MediaFacts | undefined;
  fingerprint(path: string): Fingerprint | undefined;
}

/** Nobody read any file. */
export const noMedia: MediaLibrary = { versions: {}, facts: () => undefined, fingerprint: () => undefined };

/**
 * Reads every file that the variants and the recent posts name, each once. One file after another: probing is short and bound by the disk.
 */
export async function gatherMedia(
  { variants, recentPosts }: { readonly variants: readonly Variant[]; readonly recentPosts: readonly RecentPost[] },
  { prober, hasher }: { readonly prober: MediaProber; readonly hasher?: MediaHasher },
): Promise<MediaLibrary> {
  const paths = new Set([
    ...variants.flatMap(({ content }) => mediaRefs(content).map(({ ref }) => ref.path)),
    ...recentPosts.flatMap(({ media = [] }) => media.map(({ path }) => path)),
  ]);
  const facts = new Map<string, MediaFacts>();
  const fingerprints = new Map<string, Fingerprint>();
  for (const path of paths) {
    const read = await prober.probe(path);
    facts.set(path, read);
    if (hasher !== undefined && read.kind !== "unreadable") fingerprints.set(path, await hasher.fingerprint(path, read));
  }
  return {
    versions: { prober: prober.version, ...(hasher !== undefined && { hasher: hasher.version }) },
    facts: (path) => facts.get(path),
    fingerprint: (path) => fingerprints.get(path),
  };
}

export interface NamedRef {
  /** Where in the content: `media.renditions[0]`. */
  readonly field: string;
  readonly ref: MediaRef;
}

/** Every file of a content. */
export function mediaRefs({ media, cover }: Pick<Content, "media" | "cover">): NamedRef[] {
  const { first3s, rest, audio, renditions } = media;
  const named: [string, MediaRef | undefined][] = [
    ["media.first3s", first3s],
    ["media.rest", rest],
    ["media.audio", audio],
    ...renditions.map((ref, at): [string, MediaRef] => [`media.renditions[${at}]`, ref]),
    ["cover", cover],
  ];
  return named.flatMap(([field, ref]) => (ref === undefined ? [] : [{ field, ref }]));
}
