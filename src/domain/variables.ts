// What may be put under test. Each variable owns the fields that may differ between variants, A(V), and names the couplings that may follow
// from them without being a second change; brand kit and compliance fields belong to no variable.
import { z } from "zod";
import type { ContentField } from "./content.ts";

/** A covariate that may move with the tested field; beyond the tolerance a human looks at it. */
export interface Coupling {
  readonly covariate: "durationMs" | "cover" | "textLength" | "lineCount" | "costPerPost" | "aspectRatio" | "loudness" | "media.renditions";
  /** Relative move that is still clean, such as .15; null where any move is listed for review or follows by construction. */
  readonly toleranceShare: number | null;
  /** When the coupling applies, for people. */
  readonly when: string;
}

export interface Variable {
  readonly meaning: string;
  /** A(V). Empty for the blueprint, whose fields the brief lists. */
  readonly fields: readonly ContentField[];
  readonly couplings: readonly Coupling[];
}

const assembled: Coupling = {
  covariate: "media.renditions",
  toleranceShare: null,
  when: "the uploaded files are assembled from the segments",
};

export const variables = {
  hook: {
    meaning: "how a post opens: its first line and its first three seconds",
    fields: ["parts.hook", "media.first3s"],
    couplings: [
      { covariate: "durationMs", toleranceShare: 0.15, when: "the opening is shorter or longer" },
      { covariate: "cover", toleranceShare: null, when: "the cover is taken from the first frame" },
      assembled,
    ],
  },
  caption: {
    meaning: "the body of the caption",
    fields: ["parts.body"],
    couplings: [
      { covariate: "textLength", toleranceShare: null, when: "always" },
      { covariate: "lineCount", toleranceShare: null, when: "always" },
    ],
  },
  cta: {
    meaning: "the call to action and its links",
    fields: ["parts.cta", "parts.links"],
    couplings: [{ covariate: "costPerPost", toleranceShare: null, when: "the platform charges for links" }],
  },
  hashtags: { meaning: "the hashtags", fields: ["parts.hashtags"], couplings: [] },
  title: { meaning: "the title", fields: ["parts.title"], couplings: [] },
  cover: { meaning: "the cover or thumbnail; media bytes stay identical", fields: ["cover"], couplings: [] },
  format: {
    meaning: "the surface format, such as video against carousel",
    fields: ["format", "media.renditions"],
    couplings: [
      { covariate: "durationMs", toleranceShare: null, when: "a format has a duration" },
      { covariate: "aspectRatio", toleranceShare: null, when: "formats differ in shape" },
    ],
  },
  audio: {
    meaning: "the audio track",
    fields: ["media.audio"],
    couplings: [{ covariate: "loudness", toleranceShare: null, when: "always" }, assembled],
  },
  slot: { meaning: "when a post goes out", fields: ["slotCell"], couplings: [] },
  lane: { meaning: "how a post is published", fields: ["lane"], couplings: [] },
  reply: {
    meaning: "the suggested reply to a comment",
    fields: ["parts.reply"],
    couplings: [{ covariate: "textLength", toleranceShare: null, when: "always" }],
  },
  blueprint: { meaning: "a bundle of fields listed in the brief; no single field gets the credit", fields: [], couplings: [] },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;

export const variableNames = Object.keys(variables) as [VariableName, ...VariableName[]];

/** Exactly one variable is under test; a list is refused with that reason. */
export const variableNameSchema = z.enum(variableNames, {
  error: (issue) =>
    Array.isArray(issue.input)
      ? `exactly one variable is under test, and this lists ${issue.input.length}; use "blueprint" with blueprintFields for a bundle`
      : undefined,
});

/** A(V) of a brief: the variable's own fields, or those the brief lists for a blueprint. */
export function fieldsUnderTest(variable: VariableName, blueprintFields: readonly ContentField[] = []): readonly ContentField[] {
  return variable === "blueprint" ? blueprintFields : variables[variable].fields;
}
