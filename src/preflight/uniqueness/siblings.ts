// Variants against each other: near-equality is intended, equality of everything means that nothing is under test, and what is not under test has
// to be equal (preflight note 2.4 b and c, 2.6).
import { surfacePace } from "../../catalogue/index.ts";
import { differingFields, fieldsUnderTest, type GuardIssue, type Variant, variables, type Coupling } from "../../domain/index.ts";
import type { PreflightInput } from "../input.ts";
import type { MediaLibrary } from "../mediaLibrary.ts";
import { nearFrameShare, restFrames, sharedFrames } from "./picture.ts";
import { textSimilarity } from "./text.ts";

export const siblingRuleIds = [
  "uniqueness.sibling",
  "uniqueness.siblingGap",
  "uniqueness.fieldNotUnderTest",
  "uniqueness.restNotUnderTest",
] as const;

export function betweenSiblings(input: PreflightInput, library: MediaLibrary): GuardIssue[] {
  const { variants } = input;
  const pairs = variants.flatMap((one, at) => variants.slice(at + 1).map((other): [Variant, Variant] => [one, other]));
  return [
    ...pairs.flatMap(([one, other]) => {
      const twins = equalTwins(one, other);
      return twins.length > 0 ? twins : [...notUnderTest(input, one, other), ...restOfClip(input, one, other, library)];
    }),
    ...gap(input, pairs),
  ];
}

/** The hash covers what is sent; lane and slot are not part of it and may be the very thing under test. */
function equalTwins(one: Variant, other: Variant): GuardIssue[] {
  if (differingFields(one.content, other.content).length > 0 || one.contentHash !== other.contentHash) return [];
  return [
    {
      ruleId: "uniqueness.sibling",
      verdict: "block",
      variantId: other.variantId,
      field: "contentHash",
      actual: one.variantId,
      message: `The variant publishes exactly what ${one.variantId} publishes: nothing is under test`,
      fix: "Change the variable under test.",
    },
  ];
}

function notUnderTest({ brief }: PreflightInput, one: Variant, other: Variant): GuardIssue[] {
  const own: readonly string[] = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const couplings: readonly Coupling[] = variables[brief.variableUnderTest].couplings;
  return differingFields(one.content, other.content).flatMap((field): GuardIssue[] => {
    if (own.includes(field)) return [];
    const coupling = couplings.find(({ covariate }) => covariate === field);
    return [
      {
        ruleId: "uniqueness.fieldNotUnderTest",
        // Files that are assembled from the tested segment follow from it; anything else that moved along is looked at.
        verdict: coupling === undefined ? "block" : field === "media.renditions" ? "pass" : "review",
        variantId: other.variantId,
        field,
        actual: one.variantId,
        message: `${field} differs from ${one.variantId}, and ${brief.variableUnderTest} alone is under test${coupling === undefined ? "" : `: it may follow when ${coupling.when}`}`,
        fix: `Make it equal to ${one.variantId}, or test it in an experiment of its own.`,
      },
    ];
  });
}

/** In a hook test the uploads differ, and everything after three seconds must not. */
function restOfClip({ brief }: PreflightInput, one: Variant, other: Variant, library: MediaLibrary): GuardIssue[] {
  if (brief.variableUnderTest !== "hook") return [];
  const [a, b] = [one.content.media.renditions[0], other.content.media.renditions[0]];
  if (a === undefined || b === undefined || a.path === b.path || (a.sha256 !== undefined && a.sha256 === b.sha256)) return [];
  const [first, second] = [library.fingerprint(a.path), library.fingerprint(b.path)];
  const at = { ruleId: "uniqueness.restNotUnderTest", variantId: other.variantId, field: "media.renditions[0]" };
  const share =
    first?.kind === "video" && second?.kind === "video" ? sharedFrames(restFrames(first.video), restFrames(second.video)) : null;
  if (share === null)
    return [
      {
        ...at,
        verdict: "unverified",
        message: `Whether the clip is that of ${one.variantId} after three seconds could not be seen`,
        fix: "Install ffmpeg, or have both clips looked at.",
      },
    ];
  if (share >= nearFrameShare) return [];
  return [
    {
      ...at,
      verdict: "block",
      actual: share,
      limit: nearFrameShare,
      unit: "share of frames",
      confidence: "judgement",
      message: `After three seconds the clip is another than that of ${one.variantId}`,
      fix: "Change the first three seconds only.",
    },
  ];
}

const nearFrom = 0.8;

/** Near-equal siblings shortly after each other look like a double post (Facebook 506, X duplicate rule). */
function gap({ brief }: PreflightInput, pairs: readonly [Variant, Variant][]): GuardIssue[] {
  const { minGapMinutes } = brief.exposurePlan.cadence;
  if (minGapMinutes === undefined) return [];
  return brief.surfaces.flatMap((surface): GuardIssue[] => {
    const wanted = surfacePace(surface).minGapMinutes;
    if (minGapMinutes >= wanted) return [];
    const caption = ({ renderings }: Variant): string => renderings.find((each) => each.surface === surface)?.captionAsSent ?? "";
    if (!pairs.some(([one, other]) => textSimilarity(caption(one), caption(other)) >= nearFrom)) return [];
    return [
      {
        ruleId: "uniqueness.siblingGap",
        verdict: "warn",
        field: "exposurePlan.cadence.minGapMinutes",
        actual: minGapMinutes,
        limit: wanted,
        unit: "min",
        confidence: "judgement",
        message: `Captions that are nearly equal go out ${minGapMinutes} minutes apart on ${surface}`,
        fix: `Leave at least ${wanted} minutes between them.`,
      },
    ];
  });
}
