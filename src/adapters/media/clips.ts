// Reads what a clip or a sound is: mediabunny for mp4, mov, webm and sound, our box walk and codec headers for what it does not tell.
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input, type InputAudioTrack, type InputVideoTrack } from "mediabunny";
import type { AudioTrackFacts, MediaFacts, UnreadableMedia, VideoFacts } from "../../preflight/index.ts";
import { isTruncatedWebm, walkBoxes } from "./boxes.ts";
import { codingOf, isClosedKey } from "./codecHeaders.ts";
import { corrupt, truncated, unknown } from "./unreadable.ts";

/** @param head the first bytes of the file. */
export async function probeClip(
  { location, bytes }: { location: string; bytes: number },
  head: Buffer,
  base: { bytes: number; sha256: string },
): Promise<MediaFacts> {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(location) });
  try {
    if (!(await input.canRead())) return broken(location, bytes, head) ?? unknown("it is no mp4, mov, webm, jpeg, png, webp or sound file");
    const container = containerOf((await input.getFormat()).name);
    const isBoxed = container === "mp4" || container === "mov";
    const boxes = isBoxed ? walkBoxes(location, bytes) : null;
    if (boxes !== null && !boxes.hasIndex) return truncated("it has no index (moov); the end is missing");
    if (boxes?.truncated === true || ((container === "webm" || container === "mkv") && isTruncatedWebm(location, bytes)))
      return truncated("it ends before its end");
    const [picture] = await input.getVideoTracks();
    const [sound] = await input.getAudioTracks();
    const audio = sound === undefined ? null : await soundFacts(sound);
    const durationSeconds = await input.computeDuration();
    if (!(durationSeconds > 0)) return corrupt("it has no duration");
    const mime = (await input.getMimeType()).split(";")[0]!;
    if (picture !== undefined && container !== null)
      return {
        kind: "video",
        ...base,
        mime,
        container,
        durationSeconds,
        ...(await pictureFacts(picture)),
        audio,
        moovFirst: boxes?.moovFirst ?? null,
        editList: boxes?.editList ?? null,
      };
    if (audio !== null) return { kind: "audio", ...base, mime, durationSeconds, audio };
    return unknown("it holds neither pictures nor sound");
  } catch (error) {
    return corrupt(`it cannot be read (${(error as Error).message})`);
  } finally {
    input.dispose();
  }
}

/** A file that begins as a known container and yet cannot be opened is broken, not foreign. */
function broken(location: string, bytes: number, head: Buffer): UnreadableMedia | null {
  if (head.toString("latin1", 4, 8) === "ftyp")
    return walkBoxes(location, bytes).hasIndex
      ? corrupt("its index cannot be read")
      : truncated("it has no index (moov); the end is missing");
  return head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3 ? corrupt("its header cannot be read") : null;
}

type ClipFacts = Pick<
  VideoFacts,
  | "widthPx"
  | "heightPx"
  | "codedWidthPx"
  | "codedHeightPx"
  | "rotationDegrees"
  | "fps"
  | "videoCodec"
  | "videoBitrate"
  | "scan"
  | "chroma"
  | "closedGop"
>;

async function pictureFacts(track: InputVideoTrack): Promise<ClipFacts> {
  const codec = await track.getCodec();
  const stats = await track.computePacketStats(packetsRead);
  const config = await track.getDecoderConfig();
  const description = config?.description === undefined ? undefined : bytesOf(config.description);
  return {
    ...codingOf(codec, config?.codec ?? null, description),
    closedGop: await isClosed(track, codec, description),
    widthPx: await track.getDisplayWidth(),
    heightPx: await track.getDisplayHeight(),
    codedWidthPx: await track.getCodedWidth(),
    codedHeightPx: await track.getCodedHeight(),
    rotationDegrees: await track.getRotation(),
    fps: await frameRate(track),
    videoCodec: codec === null ? null : (catalogueNames[codec] ?? codec),
    videoBitrate: finite(stats.averageBitrate),
  };
}

function bytesOf(description: NonNullable<VideoDecoderConfig["description"]>): Uint8Array {
  return ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
}

/** Key frames as the index marks them; the first that leaves its group open decides. */
async function isClosed(track: InputVideoTrack, codec: string | null, description: Uint8Array | undefined): Promise<boolean | null> {
  const sink = new EncodedPacketSink(track);
  let isKnown = false;
  let packet = await sink.getFirstKeyPacket();
  for (let looked = 0; packet !== null && looked < packetsRead; looked++) {
    const closed = isClosedKey(codec, description, packet.data);
    if (closed !== true) return closed;
    isKnown = true;
    packet = await sink.getNextKeyPacket(packet);
  }
  return isKnown ? true : null;
}

/** mediabunny's codec names in the catalogue's words. */
const catalogueNames: Readonly<Record<string, string>> = { avc: "h264", hevc: "hevc", vp8: "vp8", vp9: "vp9", av1: "av1" };
const packetsRead = 600;

/** By the mean of the usual gaps between frames: a long first or last frame does not move it, nor does rounding to milliseconds in WebM. */
async function frameRate(track: InputVideoTrack): Promise<number | null> {
  const times: number[] = [];
  for await (const { timestamp } of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    times.push(timestamp);
    if (times.length >= packetsRead) break;
  }
  times.sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, at) => time - times[at]!);
  const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)];
  if (median === undefined || median <= 0) return null;
  const usual = gaps.filter((gap) => Math.abs(gap - median) <= median / 2);
  return Math.round((100 * usual.length) / usual.reduce((sum, gap) => sum + gap, 0)) / 100;
}

async function soundFacts(track: InputAudioTrack): Promise<AudioTrackFacts> {
  const stats = await track.computePacketStats(packetsRead);
  return {
    codec: await track.getCodec(),
    codecString: await track.getCodecParameterString(),
    sampleRateHz: await track.getSampleRate(),
    channels: await track.getNumberOfChannels(),
    bitrate: finite(stats.averageBitrate),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function containerOf(name: string): VideoFacts["container"] | null {
  switch (name) {
    case "MP4":
      return "mp4";
    case "QuickTime File Format":
      return "mov";
    case "WebM":
      return "webm";
    case "Matroska":
      return "mkv";
    default:
      return null;
  }
}
