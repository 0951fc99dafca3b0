// Pins the bytes of the files a brief names: where it leaves the SHA-256 out, that of the file in the asset folder is filled in.
import type { Brief, Content, ContentPatch, MediaRef } from "../../domain/index.ts";
import type { AssetFolder } from "./assetFolder.ts";

/**
 * @returns a new brief; hashes that the brief states are kept, so that other bytes on disk are found out and not covered up.
 * @throws DomainError `asset-missing`, `asset-outside`, `asset-not-a-file` for a file whose hash nobody stated.
 */
export async function pinAssets(brief: Brief, folder: AssetFolder): Promise<Brief> {
  const pin = async <Ref extends MediaRef | null | undefined>(ref: Ref): Promise<Ref> =>
    ref === null || ref === undefined || ref.sha256 !== undefined ? ref : { ...ref, sha256: await folder.sha256(ref.path) };
  const pinned = async <Part extends Content | ContentPatch>(content: Part): Promise<Part> => {
    const { media, cover } = content;
    const result = { ...content };
    if (cover !== undefined) result.cover = await pin(cover);
    if (media === undefined) return result;
    result.media = { ...media };
    for (const segment of ["first3s", "rest", "audio"] as const)
      if (media[segment] !== undefined) Object.assign(result.media, { [segment]: await pin(media[segment]) });
    if (media.renditions !== undefined) result.media.renditions = await Promise.all(media.renditions.map(pin));
    return result;
  };
  return {
    ...brief,
    control: { ...brief.control, content: await pinned(brief.control.content) },
    testVariants: await Promise.all(brief.testVariants.map(async (variant) => ({ ...variant, patch: await pinned(variant.patch) }))),
  };
}
