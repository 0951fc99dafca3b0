// A platform that does not exist: it keeps posts, answers in virtual time, and behaves as its world tells it to. It implements the very port that
// real platforms will, so that everything above it runs unmodified.
import { type AccountSignal, DomainError, type ErrorClass } from "../domain/index.ts";
import type { CheckAnswer, FinaliseAnswer, FindRequest, MetricReading, PublishingPlatform, SubmitAnswer, SubmitRequest } from "./port.ts";

/** How the world treats one submit. `lost` answers nothing; whether it was published is the world's secret until somebody reads. */
export type SubmitFate =
  | { readonly kind: "published"; readonly processingMs: number; readonly defects: readonly string[] }
  | { readonly kind: "refused"; readonly errorClass: ErrorClass; readonly signal?: AccountSignal; readonly message: string }
  | { readonly kind: "lost"; readonly published: boolean; readonly processingMs: number };

export interface SimulatedWorld {
  submitFate(request: SubmitRequest): SubmitFate;
  /** What the platform would report about a post at an age; the reading may be short of metrics. */
  metrics(post: SimulatedPost, names: readonly string[], atMs: number): MetricReading;
}

export interface SimulatedPost {
  readonly platformPostId: string;
  readonly request: SubmitRequest;
  readonly publishedMs: number;
  readonly defects: readonly string[];
}

/** The port, answering at once: virtual time needs no waiting. */
export interface SimulatedPlatform extends PublishingPlatform {
  submit(request: SubmitRequest): SubmitAnswer;
  check(request: { handle: string; atMs: number }): CheckAnswer;
  find(request: FindRequest): readonly string[];
  finalise(request: { platformPostId: string; atMs: number }): FinaliseAnswer;
  look(request: { platformPostId: string; atMs: number }): "visible" | "gone";
  readMetrics(request: { platformPostId: string; names: readonly string[]; atMs: number }): MetricReading;
  /** Everything that was ever written there, for the checker. */
  posts(): readonly SimulatedPost[];
}

export function createSimulatedPlatform(world: SimulatedWorld): SimulatedPlatform {
  const posts: SimulatedPost[] = [];

  const publish = (request: SubmitRequest, processingMs: number, defects: readonly string[]): SimulatedPost => {
    const post = { platformPostId: `sim-${posts.length + 1}`, request, publishedMs: request.atMs + processingMs, defects };
    posts.push(post);
    return post;
  };
  const known = (platformPostId: string): SimulatedPost => {
    const post = posts.find((candidate) => candidate.platformPostId === platformPostId);
    if (post !== undefined) return post;
    throw new DomainError({
      code: "platform-post-unknown",
      path: "platformPostId",
      message: "The platform has no such post.",
      fix: "Ask with an id that check or find returned.",
      value: platformPostId,
    });
  };

  return {
    posts: () => posts,
    submit(request) {
      const fate = world.submitFate(request);
      switch (fate.kind) {
        case "published":
          return { kind: "accepted", handle: publish(request, fate.processingMs, fate.defects).platformPostId };
        case "refused":
          return { ...fate };
        default:
          if (fate.published) publish(request, fate.processingMs, []);
          return { kind: "unknown", message: "the connection closed before an answer came" };
      }
    },
    check({ handle, atMs }) {
      const post = known(handle);
      return atMs < post.publishedMs ? { kind: "processing" } : { kind: "processed", platformPostId: handle };
    },
    find: ({ account, caption, sinceMs, atMs }) =>
      posts
        .filter(
          ({ request, publishedMs }) =>
            request.account === account && request.caption === caption && sinceMs <= publishedMs && publishedMs <= atMs,
        )
        .map(({ platformPostId }) => platformPostId),
    finalise({ platformPostId }) {
      const { publishedMs, defects } = known(platformPostId);
      return { url: `https://simulated.invalid/p/${platformPostId}`, publishedMs, defects };
    },
    look: ({ platformPostId, atMs }) => (known(platformPostId).publishedMs <= atMs ? "visible" : "gone"),
    readMetrics: ({ platformPostId, names, atMs }) => world.metrics(known(platformPostId), names, atMs),
  };
}
