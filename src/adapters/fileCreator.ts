// The creator of people who make variants by hand: a folder with files and a manifest that says, variant by variant, what differs from control.
import { readFileSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { type ContentPatch, contentPatchSchema, DomainError, idSchema, isDomainError, type MediaRef, parseWith } from "../domain/index.ts";
import type { Creator } from "../intake/index.ts";
import { type AssetFolder, openAssetFolder } from "./media/assetFolder.ts";

const textFields = ["parts.hook", "parts.body", "parts.cta", "parts.title", "parts.reply", "altText"] as const;
type TextField = (typeof textFields)[number];

/** Per variant the patch, and texts that stand in files of their own. */
const manifestSchema = z.strictObject({
  version: z.literal(1),
  variants: z.record(
    idSchema,
    contentPatchSchema.extend({ copy: z.partialRecord(z.enum(textFields), z.string().min(1).max(512)).exactOptional() }),
  ),
});

export interface FileCreatorOptions {
  /** Left out: manifest.yaml, manifest.yml or manifest.json of the folder. */
  readonly manifest?: string;
  /** Largest media file in bytes; default 4 GiB, the largest that a platform takes. */
  readonly mediaBytesMax?: number;
}

const manifestNames = ["manifest.yaml", "manifest.yml", "manifest.json"];
const manifestBytesMax = 8 * 1024 * 1024;
const copyBytesMax = 400_000;

/**
 * Reads patches from a folder. The manifest is read at once, files when their variant is asked for; each is pinned by its SHA-256.
 * @throws DomainError `assets-unreadable`, `manifest-missing`, `manifest-invalid`; from `create` also `variant-not-in-manifest`, `asset-missing`,
 * `asset-outside` (traversal, links that lead out), `asset-not-a-file`, `asset-too-large`, `asset-changed` (other bytes than the manifest says)
 * and `copy-not-text`.
 */
export function fileCreator(folder: string, { manifest, mediaBytesMax = 4 * 1024 ** 3 }: FileCreatorOptions = {}): Creator {
  const assets = openAssetFolder(folder);
  const name = manifest ?? manifestNames.find((candidate) => exists(assets, candidate));
  if (name === undefined)
    throw new DomainError({
      code: "manifest-missing",
      path: folder,
      message: "the folder has no manifest",
      fix: `Write ${manifestNames[0]} there: version 1, and under variants what each one changes.`,
    });
  const { variants } = readManifest(assets, name);
  return {
    name: "file",
    async create({ variantId }) {
      const entry = Object.hasOwn(variants, variantId) ? variants[variantId] : undefined;
      if (entry === undefined)
        throw new DomainError({
          code: "variant-not-in-manifest",
          path: `${name}: variants.${variantId}`,
          message: `the manifest does not know ${variantId}`,
          fix: `Add it, or use one of ${Object.keys(variants).join(", ")}.`,
          value: variantId,
        });
      const { copy = {}, ...patch } = entry;
      return { patch: await withFiles(withCopy(patch, copy, assets), assets, mediaBytesMax) };
    },
  };
}

function exists(assets: AssetFolder, path: string): boolean {
  try {
    assets.find(path);
    return true;
  } catch (error) {
    if (isDomainError(error) && error.code === "asset-missing") return false;
    throw error;
  }
}

function readManifest(assets: AssetFolder, name: string): z.output<typeof manifestSchema> {
  let data: unknown;
  try {
    data = parse(textOf(assets, name, manifestBytesMax), { maxAliasCount: 100 });
  } catch (cause) {
    if (!(cause instanceof YAMLParseError || cause instanceof ReferenceError || cause instanceof RangeError)) throw cause;
    throw new DomainError(
      { code: "manifest-invalid", path: name, message: cause.message.split("\n")[0]!, fix: "Correct the YAML or JSON." },
      { cause },
    );
  }
  return parseWith(manifestSchema, data, { code: "manifest-invalid", file: name });
}

/** Lays texts from files into the patch. A text given both ways is a mistake. */
function withCopy(patch: ContentPatch, copy: Partial<Record<TextField, string>>, assets: AssetFolder): ContentPatch {
  const result: ContentPatch = { ...patch, ...(patch.parts !== undefined && { parts: { ...patch.parts } }) };
  for (const [field, path] of Object.entries(copy) as [TextField, string][]) {
    const [group, key] = field.split(".") as [string, string | undefined];
    const holder: Record<string, unknown> = key === undefined ? result : (result.parts ??= {});
    const own = key ?? group;
    if (holder[own] !== undefined)
      throw new DomainError({
        code: "manifest-invalid",
        path: `copy.${field}`,
        message: `${field} is given twice, here and in ${path}`,
        fix: "Keep one of the two.",
        value: path,
      });
    // Editors end a file with a line break that nobody means.
    holder[own] = textOf(assets, path, copyBytesMax).replace(/\r?\n$/, "");
  }
  return result;
}

async function withFiles(patch: ContentPatch, assets: AssetFolder, bytesMax: number): Promise<ContentPatch> {
  const pin = async <File extends MediaRef>(file: File): Promise<File> => {
    requireSize(file.path, assets.find(file.path).bytes, bytesMax);
    const sha256 = await assets.sha256(file.path);
    if (file.sha256 !== undefined && file.sha256 !== sha256)
      throw new DomainError({
        code: "asset-changed",
        path: file.path,
        message: `${file.path} is not the file that the manifest pins`,
        fix: "Put the old file back, or correct sha256 after looking at the new one.",
        value: sha256,
      });
    return { ...file, sha256 };
  };
  const { media, cover } = patch;
  const result = { ...patch };
  if (cover !== undefined && cover !== null) result.cover = await pin(cover);
  if (media === undefined) return result;
  result.media = { ...media };
  for (const segment of ["first3s", "rest", "audio"] as const) {
    const file = media[segment];
    if (file !== undefined && file !== null) result.media[segment] = await pin(file);
  }
  if (media.renditions !== undefined) {
    const renditions: MediaRef[] = [];
    // One after another: a carousel of large files is not hashed all at once.
    for (const file of media.renditions) renditions.push(await pin(file));
    result.media.renditions = renditions;
  }
  return result;
}

function textOf(assets: AssetFolder, path: string, bytesMax: number): string {
  const { location, bytes } = assets.find(path);
  requireSize(path, bytes, bytesMax);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(location));
  } catch (cause) {
    throw new DomainError(
      { code: "copy-not-text", path, message: `${path} is not text in UTF-8`, fix: "Save it as UTF-8 text.", value: path },
      { cause },
    );
  }
}

function requireSize(path: string, bytes: number, bytesMax: number): void {
  if (bytes > bytesMax)
    throw new DomainError({
      code: "asset-too-large",
      path,
      message: `${path} has ${bytes} bytes, and at most ${bytesMax} are taken`,
      fix: "Export a smaller file.",
      value: bytes,
    });
}
