// The single-variable check on finished variants (law L4; preflight note 2.6): for every pair, what differs must belong to the variable under
// test. A creator may have made a variant; nothing it says is taken on trust.
import {
  applyPatch,
  type Brief,
  type Content,
  type ContentField,
  contentFields,
  type Coupling,
  differingFields,
  DomainError,
  fieldsUnderTest,
  type GuardVerdict,
  type MediaRef,
  readField,
  type Variant,
  variables,
} from "../domain/index.ts";
import { type CovariateMove, movedCovariates } from "./covariates.ts";
import { renderCaption } from "./render.ts";

export interface FieldChange {
  readonly field: ContentField;
  readonly one: unknown;
  readonly other: unknown;
}

export interface Difference {
  /** The two variants compared. */
  readonly pair: readonly [string, string];
  /** Fields of the variable under test that differ. */
  readonly fields: readonly ContentField[];
  /** Fields that follow from the tested one, such as a cover taken from the first frame; a person looks at them. */
  readonly coupled: readonly ContentField[];
  /** Figures that moved beyond their tolerance though no field names them; a person looks at them. */
  readonly covariates: readonly CovariateMove[];
  /** What differs and must not. */
  readonly foreign: readonly FieldChange[];
  /** block: something else differs, or nothing does; review: something moved along; pass: the variable under test and nowhere else. */
  readonly verdict: Extract<GuardVerdict, "pass" | "review" | "block">;
}

type Tested = Pick<Brief, "variableUnderTest" | "blueprintFields">;

/** Compares two variants, whoever is control. Pure; O(length of the content). */
export function difference(brief: Tested, one: Variant, other: Variant): Difference {
  const { variableUnderTest: variable } = brief;
  const own = fieldsUnderTest(variable, brief.blueprintFields);
  const differing = contentDifference(one.content, other.content);
  const coupled = differing.filter(
    (field) => !own.includes(field) && follows(field, variables[variable].couplings, one.content, other.content),
  );
  const foreign = differing
    .filter((field) => !own.includes(field) && !coupled.includes(field))
    .map((field) => ({ field, one: readField(one.content, field), other: readField(other.content, field) }));
  const fields = differing.filter((field) => own.includes(field));
  const covariates = movedCovariates(variable, one.content, other.content);
  return {
    pair: [one.variantId, other.variantId],
    fields,
    coupled,
    covariates,
    foreign,
    verdict: foreign.length > 0 || fields.length === 0 ? "block" : coupled.length > 0 || covariates.length > 0 ? "review" : "pass",
  };
}

/**
 * Compares every pair of variants, tests with tests too.
 * @throws DomainError `not-single-variable` with the diff if a pair differs elsewhere, `nothing-under-test` if it does not differ at all,
 * `rendering-differs` if a caption is not what its content renders to, `patch-differs` if a test is not control plus its patch.
 */
export function checkDifferences(brief: Tested, variants: readonly Variant[]): Difference[] {
  for (const variant of variants) checkRendering(variant);
  const found = pairs(variants).map(([one, other]) => difference(brief, one, other));
  for (const { pair, fields, foreign } of found) refuseForeign(brief, pair, fields, foreign);
  const control = variants.find(({ role }) => role === "control");
  if (control !== undefined) for (const variant of variants) checkPatch(control, variant);
  return found;
}

/** @throws DomainError `not-single-variable` or `nothing-under-test`. */
export function refuseForeign(
  brief: Tested,
  [one, other]: readonly [string, string],
  fields: readonly ContentField[],
  foreign: readonly FieldChange[],
): void {
  const own = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  if (foreign.length > 0)
    throw new DomainError({
      code: "not-single-variable",
      path: `variants.${other}.${foreign[0]!.field}`,
      message: `${other} differs from ${one} in ${foreign.map(({ field }) => field).join(", ")}, which is not part of ${brief.variableUnderTest}: ${foreign.map(changeText).join("; ")}`,
      fix: `Change ${own.join(" or ")} only.`,
      value: foreign.map(({ field }) => field),
    });
  if (fields.length === 0)
    throw new DomainError({
      code: "nothing-under-test",
      path: `variants.${other}`,
      message: `${other} is the same as ${one}.`,
      fix: `Change ${own.join(" or ")}.`,
    });
}

/** `altText "A cup" -> "A mug"`, cut to what a person reads. */
function changeText({ field, one, other }: FieldChange): string {
  return `${field} ${short(one)} -> ${short(other)}`;
}

function short(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The fields in which two contents differ as published: files by their bytes where those are known, whatever they are called. */
export function contentDifference(one: Content, other: Content): ContentField[] {
  return differingFields(one, other).filter((field) => !sameBytes(readField(one, field), readField(other, field)));
}

/** The fields of which several contents have more than one value. */
export function variedContentFields(contents: readonly Content[]): ContentField[] {
  const [first, ...rest] = contents;
  const varied = new Set(rest.flatMap((other) => contentDifference(first!, other)));
  return contentFields.filter((field) => varied.has(field));
}

function sameBytes(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.length > 0 && one.every((item, at) => sameBytes(item, other[at]));
  return isFile(one) && isFile(other) && one.sha256 !== undefined && one.sha256 === other.sha256;
}

function isFile(value: unknown): value is MediaRef {
  return typeof value === "object" && value !== null && "path" in value;
}

/** Whether a field moved because the tested one did. A cover follows the hook only where it is the first frame. */
function follows(field: ContentField, couplings: readonly Coupling[], one: Content, other: Content): boolean {
  if (!couplings.some(({ covariate }) => covariate === field)) return false;
  return field !== "cover" || (one.cover?.fromFirstFrame === true && other.cover?.fromFirstFrame === true);
}

function checkRendering({ variantId, content, renderings }: Variant): void {
  const caption = renderCaption(content);
  const wrong = renderings.findIndex(({ captionAsSent }) => captionAsSent !== caption);
  if (wrong >= 0)
    throw new DomainError({
      code: "rendering-differs",
      path: `variants.${variantId}.renderings[${wrong}].captionAsSent`,
      message: `the caption of ${variantId} is not what its content renders to`,
      fix: "Let intake render the content; a caption is never edited by hand.",
      value: renderings[wrong]!.captionAsSent,
    });
}

/** A test says of itself what makes it differ; coupled files may follow. */
function checkPatch(control: Variant, { variantId, content, patch }: Variant): void {
  if (patch === undefined) return;
  const unsaid = contentDifference(applyPatch(control.content, patch), content).filter(
    (field) => field !== "media.renditions" && field !== "cover",
  );
  if (unsaid.length > 0)
    throw new DomainError({
      code: "patch-differs",
      path: `variants.${variantId}.patch`,
      message: `${variantId} is not control with its patch: ${unsaid.join(", ")} differ`,
      fix: "Store a test as control and patch, and make its content from them.",
      value: unsaid,
    });
}

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((one, at) => list.slice(at + 1).map((other): [T, T] => [one, other]));
}
