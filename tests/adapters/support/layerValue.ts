import { emptyLayer, type Layer } from "../../../src/domain/index.ts";

/** A layer held whole; without a test runner, so that worker processes can use it. */
export function layerValue(id: string, holder: string): Layer {
  return { ...emptyLayer(id), holds: [{ experimentId: holder, ranges: [{ from: 0, to: 1 }], sinceMs: 1 }] };
}
