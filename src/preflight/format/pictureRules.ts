// What a limit of the catalogue measures on a picture or a clip: which fact, which bound and how people call it, as a table; a handful of limits that are no
// plain numbers stand below it.
import type { GuardIssue } from "../../domain/index.ts";
import type { ImageFacts, VideoFacts } from "../mediaLibrary.ts";
import { broke, checkMember, checkNumber, type Limit, type Place } from "./limits.ts";

interface Measure<Facts> {
  readonly bound: "min" | "max";
  readonly what: string;
  /** Null: nobody could read it. Undefined: there is nothing to measure, such as the bit rate of a silent clip. */
  readonly of: (facts: Facts) => number | null | undefined;
}
type Measures<Facts> = Readonly<Record<string, Measure<Facts>>>;

interface Shape {
  readonly widthPx: number;
  readonly heightPx: number;
}

const aspect = ({ widthPx, heightPx }: Shape): number => widthPx / heightPx;
const width = ({ widthPx }: Shape): number => widthPx;

const shapeMeasures: Measures<Shape> = {
  aspectMin: { bound: "min", what: "Width by height", of: aspect },
  aspectMax: { bound: "max", what: "Width by height", of: aspect },
  widthMin: { bound: "min", what: "The width", of: width },
  widthMax: { bound: "max", what: "The width", of: width },
  maxColumns: { bound: "max", what: "The width", of: width },
  heightMin: { bound: "min", what: "The height", of: ({ heightPx }) => heightPx },
  heightMax: { bound: "max", what: "The height", of: ({ heightPx }) => heightPx },
  sideMin: { bound: "min", what: "The shorter side", of: ({ widthPx, heightPx }) => Math.min(widthPx, heightPx) },
  sideMax: { bound: "max", what: "The longer side", of: ({ widthPx, heightPx }) => Math.max(widthPx, heightPx) },
};

const videoMeasures: Measures<VideoFacts> = {
  ...shapeMeasures,
  audioMaxHz: { bound: "max", what: "The sample rate", of: ({ audio }) => audio?.sampleRateHz },
  maxAudioBitrate: { bound: "max", what: "The audio bit rate", of: ({ audio }) => (audio === null ? undefined : audio.bitrate) },
  maxVideoBitrate: { bound: "max", what: "The video bit rate", of: ({ videoBitrate }) => videoBitrate },
  fpsMin: { bound: "min", what: "The frame rate", of: ({ fps }) => fps },
  fpsMax: { bound: "max", what: "The frame rate", of: ({ fps }) => fps },
  durationMin: { bound: "min", what: "The duration", of: ({ durationSeconds }) => durationSeconds },
  durationMax: { bound: "max", what: "The duration", of: ({ durationSeconds }) => durationSeconds },
  minBytes: { bound: "min", what: "The file size", of: ({ bytes }) => bytes },
  maxBytes: { bound: "max", what: "The file size", of: ({ bytes }) => bytes },
};

const isGif = ({ mime }: ImageFacts): boolean => mime === "image/gif";

const imageMeasures: Measures<ImageFacts> = {
  ...shapeMeasures,
  maxBytes: { bound: "max", what: "The file size", of: ({ bytes }) => bytes },
  gifMaxBytes: { bound: "max", what: "The file size", of: (facts) => (isGif(facts) ? facts.bytes : undefined) },
  maxPixels: { bound: "max", what: "The number of pixels", of: ({ widthPx, heightPx }) => widthPx * heightPx },
};

export function checkImage(limit: Limit, facts: ImageFacts, place: Place): GuardIssue[] {
  if (limit.key === "mime") return checkMember(limit, facts.mime, place, "The format");
  // X has a limit of its own for GIFs, which stands above that of other pictures.
  if (limit.key === "maxBytes" && isGif(facts) && limit.ruleId.startsWith("format.x.")) return [];
  return checkMeasure(limit, imageMeasures, facts, place) ?? checkAspect(limit, facts, place);
}

export function checkVideo(limit: Limit, facts: VideoFacts, place: Place): GuardIssue[] {
  const { audio, moovFirst, editList } = facts;
  const flag = (actual: boolean | null, wanted: boolean, message: string, fix: string): GuardIssue[] =>
    actual === null || actual === wanted
      ? []
      : [broke(limit, limit.isFirm ? "block" : "warn", place, { actual, limit: wanted, message, fix })];
  switch (limit.key) {
    case "container":
      return checkMember(limit, facts.container, place, "The container");
    case "mime":
      return checkMember(limit, facts.mime, place, "The format");
    case "videoCodecs":
      return checkMember(limit, facts.videoCodec, place, "The video codec");
    case "audioCodec":
      return audio === null ? [] : checkMember(limit, audioName(limit, audio), place, "The audio codec");
    case "moovAtomFirst":
      return flag(moovFirst, true, "The index (moov) comes after the data (mdat)", "Remux it with the index first (faststart).");
    case "noEditLists":
      return flag(editList, false, "An edit list shifts or cuts a track", "Remux it without edit lists.");
    case "scan":
      return checkCoding(limit, facts, place);
    default:
      return checkMeasure(limit, videoMeasures, facts, place) ?? checkAspect(limit, facts, place);
  }
}

/** @returns undefined where the limit is no plain number. */
function checkMeasure<Facts>(limit: Limit, measures: Measures<Facts>, facts: Facts, place: Place): GuardIssue[] | undefined {
  if (!Object.hasOwn(measures, limit.key)) return undefined;
  const { bound, what, of } = measures[limit.key]!;
  const actual = of(facts);
  if (actual === undefined) return [];
  return actual === null
    ? [broke(limit, "unverified", place, { limit: limit.value, message: `${what} cannot be read`, fix: "Have the file looked at." })]
    : checkNumber(limit, bound, actual, place, what);
}

/** Recommended and exact shapes are met within this share. */
const aspectToleranceShare = 0.01;

function checkAspect(limit: Limit, shape: Shape, place: Place): GuardIssue[] {
  if (limit.key !== "aspect" && limit.key !== "aspectRecommended") return [];
  const { value } = limit;
  const isMet = typeof value === "number" ? Math.abs(aspect(shape) / value - 1) <= aspectToleranceShare : shape.heightPx >= shape.widthPx;
  if (isMet) return [];
  const isExact = limit.key === "aspect";
  return [
    broke(limit, isExact && limit.isFirm ? "block" : "warn", place, {
      actual: Number(aspect(shape).toPrecision(4)),
      limit: value,
      message: `Width by height is ${aspect(shape).toPrecision(3)}, ${isExact ? "wanted" : "recommended"} is ${String(value)}`,
      fix: "Export it in that shape.",
    }),
  ];
}

/** Scan type, chroma sampling and groups of pictures, as far as the file tells; the limit says in words what is wanted. */
function checkCoding(limit: Limit, { scan, chroma, closedGop }: VideoFacts, place: Place): GuardIssue[] {
  const gop = closedGop === null ? null : closedGop ? "closed GOP" : "open GOP";
  const wanted = [
    { wanted: "progressive", actual: scan, what: "scan type" },
    { wanted: "4:2:0", actual: chroma, what: "chroma" },
    { wanted: "closed GOP", actual: gop, what: "kind of GOP" },
  ].filter((property) => String(limit.value).includes(property.wanted));
  const wrong = wanted.filter(({ wanted, actual }) => actual !== null && actual !== wanted);
  const unread = wanted.filter(({ actual }) => actual === null);
  const fix = "Export it progressive in 4:2:0 with closed groups of pictures.";
  return [
    ...(wrong.length === 0
      ? []
      : [
          broke(limit, limit.isFirm ? "block" : "warn", place, {
            actual: wrong.map(({ actual }) => actual),
            limit: limit.value,
            message: `The clip is ${wrong.map(({ actual }) => actual).join(", ")}; wanted is ${String(limit.value)}`,
            fix,
          }),
        ]),
    ...(unread.length === 0
      ? []
      : [
          broke(limit, "unverified", place, {
            limit: limit.value,
            message: `The file does not tell its ${unread.map(({ what }) => what).join(", ")}; wanted is ${String(limit.value)}`,
            fix,
          }),
        ]),
  ];
}

/** A profile is compared where the catalogue names one. */
function audioName({ value }: Limit, { codec, codecString }: { codec: string | null; codecString: string | null }): string | null {
  if (codec !== "aac" || !Array.isArray(value) || !value.includes("aac-lc")) return codec;
  return codecString === null ? null : codecString === "mp4a.40.2" ? "aac-lc" : codecString;
}
