// The sum over all pairs of posts of a weight of their two labels times their chord distance, for one labelling after the other. Chord distance needs no
// pairs: of two posts in clock order, sin(x - y) = sin x cos y - cos x sin y, so that running sums of cosines and sines over the posts before do.
// Hot: check E5 asks for ten thousand labellings of one experiment.

/** Hours of the posts on one clock, and the length of its round. */
export interface Clock {
  readonly hours: readonly number[];
  readonly periodHours: number;
}

/**
 * @param weights arms x arms, symmetric, row after row.
 * @returns the sums of a labelling, one per clock; the array is overwritten by the next call. O(posts x pairs of arms but the first, whose share follows
 *   from the others').
 */
export function chordForm(clocks: readonly Clock[], weights: Float64Array, arms: number): (labels: ArrayLike<number>) => Float64Array {
  const faces = clocks.map(faceOf);
  const parts = partsOf(weights, arms);
  const sums = new Float64Array(clocks.length);
  return (labels) => {
    for (let clock = 0; clock < faces.length; clock++) {
      const face = faces[clock]!;
      let sum = weights[0]! * face.total;
      for (let part = 0; part < parts.length; part++) sum += partSum(face, labels, parts[part]!);
      sums[clock] = sum;
    }
    return sums;
  };
}

/** What the posts of one arm, or of two taken as one, add: so much per hour from one to another of them, and per hour from one to any post. */
interface Part {
  readonly arm: number;
  readonly other: number;
  readonly within: number;
  readonly toAll: number;
}

/**
 * With the indicator of arm 0 written as one less the others', a constant remains, a share of each post's distance from all, and pairs outside arm 0. Pairs
 * across two arms are those within both as one, less those within each.
 */
function partsOf(weights: Float64Array, arms: number): Part[] {
  const weight = (a: number, b: number) => weights[a * arms + b]! - weights[a * arms]! - weights[b]! + weights[0]!;
  const parts: Part[] = [];
  for (let arm = 1; arm < arms; arm++) {
    let within = weight(arm, arm);
    for (let other = 1; other < arms; other++) {
      if (other === arm) continue;
      within -= weight(arm, other);
      if (other > arm) parts.push({ arm, other, within: weight(arm, other), toAll: 0 });
    }
    parts.push({ arm, other: arm, within, toAll: weights[arm]! - weights[0]! });
  }
  return parts;
}

function partSum({ order, cosine, sine, reach }: Face, labels: ArrayLike<number>, { arm, other, within, toAll }: Part): number {
  let cosines = 0;
  let sines = 0;
  let distance = 0;
  let reached = 0;
  for (let at = 0; at < order.length; at++) {
    const label = labels[order[at]!]!;
    if (label !== arm && label !== other) continue;
    const c = cosine[at]!;
    const s = sine[at]!;
    distance += s * cosines - c * sines;
    reached += reach[at]!;
    cosines += c;
    sines += s;
  }
  return within * distance + toAll * reached;
}

interface Face {
  /** Posts in the order of the clock. */
  readonly order: Int32Array;
  /** Scaled so that sine[i] cosine[j] - cosine[i] sine[j] is the distance of the i-th post from an earlier j-th, in hours. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
  /** Distance of each post from all others together. */
  readonly reach: Float64Array;
  /** Distance of all pairs together. */
  readonly total: number;
}

/** O(posts^2). */
function faceOf({ hours, periodHours }: Clock): Face {
  const order = Int32Array.from([...hours.keys()].sort((a, b) => hours[a]! - hours[b]!));
  const root = Math.sqrt(periodHours / Math.PI);
  const angle = (post: number) => (Math.PI * hours[post]!) / periodHours;
  const cosine = Float64Array.from(order, (post) => root * Math.cos(angle(post)));
  const sine = Float64Array.from(order, (post) => root * Math.sin(angle(post)));
  const reach = Float64Array.from(order, (_, at) =>
    order.reduce((sum, _post, other) => sum + Math.abs(sine[at]! * cosine[other]! - cosine[at]! * sine[other]!), 0),
  );
  return { order, cosine, sine, reach, total: reach.reduce((sum, distance) => sum + distance, 0) / 2 };
}
