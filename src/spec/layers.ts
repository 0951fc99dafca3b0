// Who holds which layer when these experiments are live: the registry's word on overlap (assignment note 2.6), and the `layers` of an evaluator.
import { DomainError, emptyLayer, type Layer, reserveLayer } from "../domain/index.ts";
import type { RegisteredExperiment } from "./types.ts";

/**
 * Reserves each experiment's layer in turn, versions of one name as one holder.
 * @param live running or paused experiments, in the order they were launched.
 * @throws DomainError `layer-overlap` naming the holders and the free share, `layer-shrunk`, or `layer-mode` for one layer in two modes.
 */
export function layersOf(live: readonly RegisteredExperiment[], atMs: number): ReadonlyMap<string, Layer> {
  const layers = new Map<string, Layer>();
  for (const { meta, layer } of live) {
    if (layer === undefined) continue;
    const { id, mode = "exclusive", ranges } = layer;
    const known = layers.get(id) ?? emptyLayer(id, mode);
    if (known.mode !== mode)
      throw new DomainError({
        code: "layer-mode",
        path: "layer.mode",
        message: `${meta.name} takes ${id} as ${mode}, and ${known.holds.map(({ experimentId }) => experimentId).join(", ")} as ${known.mode}`,
        fix: `Set layer.mode to "${known.mode}", or wait until the layer is free.`,
        value: mode,
      });
    layers.set(id, reserveLayer(known, { experimentId: meta.name, ...(ranges !== undefined && { ranges }), atMs }));
  }
  return layers;
}
