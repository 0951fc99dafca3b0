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
  type MediaRef,
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

/** Where files are: pins a reference to the bytes it names. */
export interface AssetLibrary {
  /** The reference with its SHA-256. @throws DomainError for a file that is missing, outside the library, too large, or not the bytes it was. */
  pin(file: MediaRef): Promise<MediaRef>;
}

export interface CreatedVariants {
  readonly variants: readonly Variant[];
  /** Every pair; a verdict of review asks a person. */
  readonly differences: readonly Difference[];
}

/**
 * The variants of a brief as a creator writes them, control first and untouched. One at a time, in the brief's order.
 * @param seed names the run; each variant gets its own from it.
 * @throws DomainError `not-single-variable` with the diff if a patch touches another field, `patch-empty`, `creator-patch-invalid`,
 * `guide-broken`, and what creator and library refuse.
 */
export async function createVariants(
  brief: Brief,
  experimentId: string,
  creator: Creator,
  { guides = {}, assets, seed }: { guides?: Guides; assets?: AssetLibrary; seed: string },
): Promise<CreatedVariants> {
  const pinned = async (content: Content) => (assets === undefined ? content : pinAll(content, assets));
  const control = await pinned(brief.control.content);
  const fields = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const shared = {
    ...(guides.brandKit !== undefined && { brandKitVersion: guides.brandKit.version }),
  };
  const variants = [makeControl(brief, experimentId, control, { generator: "brief", ...shared })];
  for (const { id, name, patch: sketch } of brief.testVariants) {
    const ownSeed = `${seed}/${id}`;
    const answer = await creator.create({ variantId: id, brief, control, fields, sketch, guides, seed: ownSeed });
    const patch = await pinPatch(acceptPatch(brief, control, id, answer.patch), assets);
    checkGuides(id, control, applyPatch(control, patch), guides);
    variants.push(
      makeTest(
        brief,
        experimentId,
        control,
        { id, ...(name !== undefined && { name }), patch },
        {
          generator: creator.name,
          seed: ownSeed,
          ...(answer.promptVersion !== undefined && { promptVersion: answer.promptVersion }),
          ...shared,
        },
      ),
    );
  }
  return { variants, differences: checkDifferences(brief, variants) };
}

/**
 * A patch from outside as one we may apply: well-formed, inside A(V), and changing something.
 * @throws DomainError `creator-patch-invalid`, `not-single-variable` with the diff, or `patch-empty`.
 */
export function acceptPatch(
  brief: Pick<Brief, "variableUnderTest" | "blueprintFields">,
  control: Content,
  variantId: string,
  data: unknown,
): ContentPatch {
  const patch = parseWith(contentPatchSchema, data, { code: "creator-patch-invalid", file: `variants.${variantId}.patch` });
  const own = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const named = patchedFields(patch);
  const foreign = named.filter((field) => !own.includes(field));
  // A field that is named counts as touched even where it says what control says: next time it might not.
  refuseForeign(
    brief,
    ["control", variantId],
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

async function pinAll(content: Content, assets: AssetLibrary): Promise<Content> {
  const { media, cover } = content;
  return {
    ...content,
    media: await pinMedia(media, assets),
    ...(cover !== undefined && { cover: { ...cover, ...(await assets.pin(cover)) } }),
  };
}

async function pinPatch(patch: ContentPatch, assets: AssetLibrary | undefined): Promise<ContentPatch> {
  if (assets === undefined) return patch;
  const { media, cover } = patch;
  return {
    ...patch,
    ...(media !== undefined && { media: await pinMedia(media, assets) }),
    ...(cover !== undefined && cover !== null && { cover: { ...cover, ...(await assets.pin(cover)) } }),
  };
}

/** Media of a content or of a patch: segments may be missing or null, renditions are a list. */
async function pinMedia<Media extends NonNullable<ContentPatch["media"]>>(media: Media, assets: AssetLibrary): Promise<Media> {
  const pinned: Record<string, unknown> = {};
  for (const [name, file] of Object.entries<MediaRef | MediaRef[] | null>(media))
    pinned[name] =
      file === null ? null : Array.isArray(file) ? await Promise.all(file.map((one) => assets.pin(one))) : await assets.pin(file);
  return pinned as Media;
}
