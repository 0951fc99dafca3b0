// An experiment that no guard has a word against: text alone, on X, with everything known that guards ask for.
import { edited, writtenBrief } from "../../domain/briefs.ts";

/** A preflight input whose test opens with these words. @param change edits of the brief, path and value. */
export function cleanInput(hook: string, change: readonly (readonly [(string | number)[], unknown])[] = []): Record<string, unknown> {
  const text = {
    platforms: ["x"],
    surfaces: ["x.post"],
    accounts: [{ id: "northbikes", platform: "x" }],
    control: {
      id: "rust-first",
      content: { parts: { hook: "Another plain opening.", body: "One coat of primer, two of paint." }, lane: "api" },
    },
    testVariants: [{ id: "finish-first", patch: { parts: { hook } } }],
    successProxies: [
      {
        metric: "public_metrics.reply_count",
        kind: "conversation",
        direction: "increase",
        scale: "rate",
        exposureMetric: "impression_count",
      },
      {
        metric: "public_metrics.retweet_count",
        kind: "distribution",
        direction: "increase",
        scale: "rate",
        exposureMetric: "impression_count",
      },
    ],
  };
  return {
    brief: change.reduce((brief, [path, value]) => edited(brief, path, value), { ...writtenBrief("micro-hook"), ...text } as Record<
      string,
      unknown
    >),
    account: { id: "northbikes", platform: "x" },
    nowMs: Date.parse("2027-02-20T09:00Z"),
    language: "en",
    meta: {
      post: { materialConnection: false, replyConsent: true },
      account: { ageGate: true },
      asset: { synthetic: false, overlay: false },
    },
  };
}
