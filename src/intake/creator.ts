// Creators write what a test changes (first brief, Stage B). The port is asked for a patch over the variable under test and never for a whole
// variant; what it gives is checked as if it came from a stranger. Implementations: adapters/fileCreator.ts, adapters/modelCreator.ts.
import {
  applyPatch,
  type Brief,
  type Content,
  type ContentField,
  type ContentPatch,
  contentPatchSchema,
  DomainError,
  fieldsUnderTest,
  parseWith,
  patchedFields,
  readField,
  type Variant,
} from "../domain/index.ts";
import { contentDifference, checkDifferences, type Difference, refuseForeign } from "./difference.ts";
import type { Guides } from "./guides.ts";
import { renderCaption } from "./render.ts";
import { makeControl, makeTest } from "./variants.ts";

export interface CreatorRequest {
  readonly variantId: string;
  readonly brief: Brief;
  /** What every field that is not under test stays. */
  readonly control: Content;
  /** A(V): the only fields the patch may name. */
  readonly fields: readonly ContentField[];
  /** The brief's own sketch of this variant. */
  readonly sketch: ContentPatch;
  readonly guides: Guides;
  /** The same seed asks for the same variant, as far as the creator can. */
  readonly seed: string;
}

export interface CreatorAnswer {
  /** Unchecked: whatever the creator says. */
  readonly patch: unknown;
  readonly promptVersion?: string;
}

export interface Creator {
  /** For provenance, such as `file` or `model:llama-3.3-70b`. */
  readonly name: string;
  /** @throws DomainError if it cannot; nothing is half-made then. */
  create(request: CreatorRequest): Promise<CreatorAnswer>;
}

export interface CreatedVariants {
  readonly variants: readonly Variant[];
  /** Every pair; a verdict of review asks a person. */
  readonly differences: readonly Difference[];
}

/**
 * The variants of a brief as a creator writes them, control first and untouched. One at a time, in the brief's order.
 * @param brief with the hashes of control's files (`pinAssets` fills them in). @param options.seed names the run; each variant gets its own from it.
 * @throws DomainError `not-single-variable` with the diff if a patch touches another field, `patch-empty`, `creator-patch-invalid`,
 * `guide-broken`, `media-not-hashed`, and what the creator refuses.
 */
export async function createVariants(
  brief: Brief,
  experimentId: string,
  creator: Creator,
  { guides = {}, seed }: { readonly guides?: Guides; readonly seed: string },
): Promise<CreatedVariants> {
  const control = brief.control.content;
  const fields = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const brand = guides.brandKit === undefined ? {} : { brandKitVersion: guides.brandKit.version };
  const variants = [makeControl(brief, experimentId, control, { generator: "brief" })];
  for (const { id, name, patch: sketch } of brief.testVariants) {
    const ownSeed = `${seed}/${id}`;
    const answer = await creator.create({ variantId: id, brief, control, fields, sketch, guides, seed: ownSeed });
    const patch = acceptPatch(brief, id, answer.patch);
    checkGuides(id, control, applyPatch(control, patch), guides);
    const version = answer.promptVersion === undefined ? {} : { promptVersion: answer.promptVersion };
    const provenance = { generator: creator.name, seed: ownSeed, ...version, ...brand };
    variants.push(makeTest(brief, experimentId, control, { id, ...(name !== undefined && { name }), patch }, provenance));
  }
  return { variants, differences: checkDifferences(brief, variants) };
}

/**
 * A patch from outside as one we may apply: well-formed, inside A(V), and changing something.
 * @throws DomainError `creator-patch-invalid`, `not-single-variable` with the diff, or `patch-empty`.
 */
export function acceptPatch(
  brief: Pick<Brief, "variableUnderTest" | "blueprintFields" | "control">,
  variantId: string,
  data: unknown,
): ContentPatch {
  const control = brief.control.content;
  const patch = parseWith(contentPatchSchema, data, { code: "creator-patch-invalid", file: `variants.${variantId}.patch` });
  const own = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const named = patchedFields(patch);
  const foreign = named.filter((field) => !own.includes(field));
  // A field that is named counts as touched even where it says what control says: next time it might not.
  refuseForeign(
    brief,
    [brief.control.id, variantId],
    own,
    foreign.map((field) => ({ field, one: readField(control, field), other: readField(patch, field) })),
  );
  if (contentDifference(control, applyPatch(control, patch)).length === 0)
    throw new DomainError({
      code: "patch-empty",
      path: `variants.${variantId}.patch`,
      message: `the patch of ${variantId} changes nothing against control`,
      fix: `Change ${own.join(" or ")}.`,
      value: patch,
    });
  return patch;
}

/** The words a brand or a policy forbids, in what changed, and those it requires, in the whole. */
function checkGuides(variantId: string, control: Content, content: Content, { brandKit, compliancePolicy }: Guides): void {
  const [before, after] = [spoken(control), spoken(content)];
  const has = (text: string, phrase: string) => text.includes(phrase.toLowerCase());
  // What control says already is not the creator's doing; the guards judge it.
  const broken = [...(brandKit?.avoid ?? []), ...(compliancePolicy?.forbidden ?? [])].find(
    (phrase) => has(after, phrase) && !has(before, phrase),
  );
  const dropped = (compliancePolicy?.required ?? []).find((phrase) => has(before, phrase) && !has(after, phrase));
  if (broken !== undefined || dropped !== undefined)
    throw new DomainError({
      code: "guide-broken",
      path: `variants.${variantId}.patch`,
      message:
        broken !== undefined ? `${variantId} says "${broken}", which is forbidden` : `${variantId} drops "${dropped}", which is required`,
      fix: "Let the creator write it again, or write it by hand.",
      value: broken ?? dropped,
    });
}

/** All words of a content, lower case. */
function spoken(content: Content): string {
  const { title = "", reply = "" } = content.parts;
  return [title, renderCaption(content), reply, content.altText ?? ""].join("\n").toLowerCase();
}
