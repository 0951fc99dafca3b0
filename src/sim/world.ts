// One seeded world: an audience and the faults of its platform, as the simulated platform asks for them.
import type { Brief, Variant } from "../domain/index.ts";
import { fieldsUnderTest } from "../domain/index.ts";
import type { SimulatedPost, SimulatedWorld, SubmitFate, SubmitRequest } from "../platforms/index.ts";
import { type Rng, uniform } from "../random/index.ts";
import { audience, noEffect, type TrueEffect } from "./account.ts";
import { worldConstants as constants } from "./constants.ts";
import type { Fault } from "./faults.ts";

export interface WorldInput {
  readonly brief: Brief;
  readonly variants: readonly Variant[];
  /** True effect of every test variant; control has none. */
  readonly testEffect: TrueEffect;
  readonly faults: readonly Fault[];
  readonly windowMs: { readonly from: number; readonly until: number };
}

export function createWorld(input: WorldInput, rng: Rng): SimulatedWorld {
  const { brief, variants, faults, testEffect, windowMs } = input;
  const isTest = ({ contentHash }: SubmitRequest): boolean =>
    variants.some((variant) => variant.contentHash === contentHash && variant.role === "test");
  const challengedFromMs = faults
    .filter((fault) => fault.kind === "loginChallenge")
    .map(({ fromShare, untilShare }) => {
      const share = uniform(rng.fork("loginChallenge"), fromShare, untilShare);
      return windowMs.from + share * (windowMs.until - windowMs.from);
    });
  const shown = ({ publishedMs }: SimulatedPost): number =>
    faults
      .filter((fault) => fault.kind === "throttling")
      .filter(({ fromShare }) => publishedMs >= windowMs.from + fromShare * (windowMs.until - windowMs.from))
      .reduce((share, { shownShare }) => share * shownShare, 1);
  const read = audience(rng, brief.accounts[0]!.id, (post: SimulatedPost) => (isTest(post.request) ? testEffect : noEffect), shown);

  return {
    submitFate(request) {
      const stream = rng.fork(["submit", request.account, String(request.atMs)]);
      const hits = (purpose: string, probability: number): boolean => stream.fork(purpose).next() < probability;
      const touches = (arm: "control" | "test" | undefined): boolean => arm === undefined || (arm === "test") === isTest(request);
      const processingMs = Math.round(uniform(stream.fork("processing"), 0.5, constants.processingMinutesMax.value) * 60_000);

      if (challengedFromMs.some((fromMs) => request.atMs >= fromMs))
        return {
          kind: "refused",
          errorClass: "login_challenge",
          signal: "loginChallenge",
          message: "the account must confirm its identity",
        };
      for (const [index, fault] of faults.entries()) {
        const fate = fateOf(fault, (purpose, probability) => hits(`${index}/${purpose}`, probability), touches, processingMs);
        if (fate !== undefined) return fate;
      }
      if (hits("failure", constants.publishFailure.value))
        return { kind: "refused", errorClass: "transient", message: "the platform had an internal error before the write" };
      if (hits("lost", constants.lostAnswer.value)) return { kind: "lost", published: hits("lostPublished", 0.5), processingMs };
      const defects = faults.some(
        (fault, index) => fault.kind === "fieldNotApplied" && touches(fault.arm) && hits(`${index}/defect`, fault.probability),
      );
      return { kind: "published", processingMs, defects: defects ? [testedField(brief, variants)] : [] };
    },
    metrics(post, names, atMs) {
      const reading = read(post, names, atMs);
      const stream = rng.fork(["read", post.request.account, String(post.request.atMs), String(atMs)]);
      const isMissing = faults.some(
        (fault, index) => fault.kind === "metricsMissing" && stream.fork(String(index)).next() < fault.probability,
      );
      return isMissing
        ? {
            metrics: Object.fromEntries(names.map((name) => [name, null])),
            missing: Object.fromEntries(names.map((name) => [name, "permission"])),
          }
        : reading;
    },
  };
}

function fateOf(
  fault: Fault,
  hits: (purpose: string, probability: number) => boolean,
  touches: (arm: "control" | "test" | undefined) => boolean,
  processingMs: number,
): SubmitFate | undefined {
  if (fault.kind === "publishFailure" && touches(fault.arm) && hits("failure", fault.probability))
    return { kind: "refused", errorClass: fault.errorClass, message: `the platform refused the post (${fault.errorClass})` };
  if (fault.kind === "lostAnswer" && hits("lost", fault.probability))
    return { kind: "lost", published: hits("published", fault.publishedShare), processingMs };
  return undefined;
}

/** The first field in which a test really differs. */
function testedField(brief: Brief, variants: readonly Variant[]): string {
  const fields = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const patch = variants.find(({ role }) => role === "test")?.patch as Record<string, Record<string, unknown> | undefined> | undefined;
  return fields.find((field) => patch?.[field.split(".")[0]!]?.[field.split(".")[1] ?? ""] !== undefined) ?? fields[0]!;
}
