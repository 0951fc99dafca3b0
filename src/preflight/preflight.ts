// Preflight: all five guards, always, so that a person sees every problem at once.
import { contentHash } from "../canon/index.ts";
import { DomainError, type GuardResult, type PreflightReport, worstGuardVerdict } from "../domain/index.ts";
import { budgetGuard } from "./budgetGuard.ts";
import { formatGuard } from "./formatGuard.ts";
import { type Guard, runGuard } from "./guard.ts";
import type { PreflightInput } from "./input.ts";
import { mediaRefs } from "./mediaLibrary.ts";
import { policyGuard } from "./policyGuard.ts";
import { contextOf, type GuardContext, type PreflightPorts } from "./ports.ts";
import { riskScan } from "./riskScan.ts";
import { uniquenessGuard } from "./uniquenessGuard.ts";

const guards: readonly Guard[] = [policyGuard, budgetGuard, formatGuard, uniquenessGuard, riskScan];
const timelyGuards = guards.filter(({ isContentGuard }) => !isContentGuard);

/**
 * Runs every guard on every variant. Pure: files were read before (`gatherMedia`), the present comes with the input.
 *
 * A block stops; `review` and `unverified` ask a human; nothing that was not read is ever `pass`. Results of the content guards are kept in
 * `ports.cache` where there is one.
 * @throws DomainError `text-too-long`, `risk-pack-expired`.
 */
export function preflight(input: PreflightInput, ports: PreflightPorts = {}): PreflightReport {
  requireReadableTexts(input);
  const context = contextOf(ports);
  return {
    ...(input.experimentId !== undefined && { experimentId: input.experimentId }),
    ...reportOf(
      input,
      guards.map((guard) => (guard.isContentGuard ? remembered(guard, input, context, ports) : runGuard(guard, input, context))),
    ),
  };
}

/** The guards that depend on time and on the account's state: run again right before a submit. Pure. */
export function preflightBeforeSubmit(input: PreflightInput, ports: PreflightPorts = {}): PreflightReport {
  const context = contextOf(ports);
  return reportOf(
    input,
    timelyGuards.map((guard) => runGuard(guard, input, context)),
  );
}

function reportOf({ variants, nowMs }: PreflightInput, results: GuardResult[]): PreflightReport {
  return {
    verdict: worstGuardVerdict(results.map(({ verdict }) => verdict)),
    guards: results,
    contentHashes: variants.map(({ contentHash }) => contentHash),
    asOf: nowMs,
  };
}

/** A new version of anything, another file or another history gives another key, so that an old result is never taken for a new one. */
function remembered(guard: Guard, input: PreflightInput, context: GuardContext, { cache }: PreflightPorts): GuardResult {
  if (cache === undefined) return runGuard(guard, input, context);
  const { brief, variants, recentPosts, meta, language, nowMs } = input;
  const key = contentHash({
    guard: guard.name,
    versions: { ...guard.versions(context) },
    variants: variants.map(({ variantId, contentHash, content }) => [
      variantId,
      contentHash,
      mediaRefs(content).map(({ ref }) =>
        JSON.stringify([ref, context.media.facts(ref.path) ?? null, context.media.fingerprint(ref.path) ?? null]),
      ),
    ]),
    brief: {
      variable: brief.variableUnderTest,
      fields: brief.blueprintFields ?? null,
      surfaces: brief.surfaces,
      cadence: brief.exposurePlan.cadence,
    },
    // Days, since the look-back and the age of a catalogue are counted in days.
    day: Math.floor(nowMs / 86_400_000),
    recentPosts: recentPosts.map((post) => JSON.stringify(post)),
    meta: JSON.stringify(meta ?? null),
    language: language ?? null,
  });
  const known = cache.get(key);
  if (known !== undefined) return known;
  const result = runGuard(guard, input, context);
  cache.set(key, result);
  return result;
}

/** UTF-16 units; a platform's longest text is a third of it. Beyond, nothing is scanned, so that a huge text costs nobody time. */
const textLengthMax = 200_000;

function requireReadableTexts({ variants, recentPosts }: PreflightInput): void {
  const refuse = (path: string, text: string): void => {
    if (text.length > textLengthMax)
      throw new DomainError({
        code: "text-too-long",
        path,
        message: `the text has ${text.length.toLocaleString("en")} characters, and no platform takes more than ${(63_206).toLocaleString("en")}`,
        fix: "Shorten it; nothing is cut automatically.",
        value: `${text.slice(0, 40)}...`,
      });
  };
  variants.forEach(({ content: { parts, altText = "" }, renderings }, at) => {
    for (const [name, part] of Object.entries(parts)) if (typeof part === "string") refuse(`variants[${at}].content.parts.${name}`, part);
    refuse(`variants[${at}].content.altText`, altText);
    renderings.forEach(({ captionAsSent }, rendering) => refuse(`variants[${at}].renderings[${rendering}].captionAsSent`, captionAsSent));
  });
  recentPosts.forEach(({ caption }, at) => refuse(`recentPosts[${at}].caption`, caption));
}
