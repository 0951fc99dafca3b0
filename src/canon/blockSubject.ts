// By what the blocks of an experiment are found again after an edit: client, name, layers and the hashes of its texts (domain/guardBlock.ts).
import { type BlockSubject, type Brief, type Content, layerId } from "../domain/index.ts";
import { variantTextHash } from "./variantHash.ts";

/** @param contents of all variants. Pure. */
export function blockSubject(
  { clientId, name, surfaces, variableUnderTest }: Pick<Brief, "clientId" | "name" | "surfaces" | "variableUnderTest">,
  contents: readonly Pick<Content, "parts" | "altText">[],
): BlockSubject {
  return {
    clientId,
    name,
    layers: surfaces.map((surface) => layerId(clientId, surface, variableUnderTest)),
    textHashes: contents.map(variantTextHash),
  };
}
