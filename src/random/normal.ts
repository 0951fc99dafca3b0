// Normal draws by the ziggurat of Marsaglia & Tsang (2000) in Doornik's form (2005, "An improved ziggurat method", ZIGNOR):
// layer and position come from separate draws, which removes the correlation of the original.
import { requireFinite, requirePositive } from "./arguments.ts";
import type { Rng } from "./rng.ts";

const layers = 128;
const tailStart = 3.442619855899;
const layerArea = 9.91256303526217e-3;

/** Right edge of each layer; [0] is the width of the bottom layer with the tail folded in. */
const edges = layerEdges();
/** Share of each layer that lies under the curve whatever the height. */
const safeShare = Float64Array.from({ length: layers }, (_, layer) => edges[layer + 1]! / edges[layer]!);

/**
 * A normal draw, exact up to the 53 bits of its position. About two steps of the generator.
 * @throws DomainError unless mean is finite and sd positive.
 */
export function normal(rng: Rng, mean = 0, sd = 1): number {
  requireFinite("mean", mean);
  requirePositive("sd", sd);
  return mean + sd * standardNormal(rng);
}

/** A standard normal draw without argument checks, for the samplers built on it. */
export function standardNormal(rng: Rng): number {
  for (;;) {
    const bits = rng.next() * 2 ** 32;
    const layer = bits & 127;
    // The 24 bits not used for the layer and the sign extend the position to 56 bits.
    const position = rng.next() + (bits >>> 8) * 2 ** -56;
    const sign = (bits & 128) === 0 ? 1 : -1;
    if (position < safeShare[layer]!) return sign * position * edges[layer]!;
    if (layer === 0) return sign * tail(rng);
    const x = position * edges[layer]!;
    const lower = Math.exp(-0.5 * (edges[layer]! ** 2 - x * x));
    const upper = Math.exp(-0.5 * (edges[layer + 1]! ** 2 - x * x));
    if (upper + rng.nextDouble() * (lower - upper) < 1) return sign * x;
  }
}

/** Beyond the last layer, by Marsaglia's exponential rejection (1964). */
function tail(rng: Rng): number {
  for (;;) {
    const beyond = -Math.log1p(-rng.nextDouble()) / tailStart;
    if (-2 * Math.log1p(-rng.nextDouble()) >= beyond * beyond) return tailStart + beyond;
  }
}

function layerEdges(): Float64Array {
  const x = new Float64Array(layers + 1);
  let height = Math.exp(-0.5 * tailStart ** 2);
  x[0] = layerArea / height;
  x[1] = tailStart;
  for (let layer = 2; layer < layers; layer++) {
    x[layer] = Math.sqrt(-2 * Math.log(layerArea / x[layer - 1]! + height));
    height = Math.exp(-0.5 * x[layer]! ** 2);
  }
  return x;
}
