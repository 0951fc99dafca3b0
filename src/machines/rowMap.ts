// A map of rows that is a value: setting one gives a new map and leaves the old one as it was, at the cost of a path and not of a copy. A trie over
// the bits of a key's hash (Bagwell 2001, ideal hash trees, with full nodes of 16).

interface Leaf<Value> {
  readonly hash: number;
  /** More than one only where two keys have the same hash. */
  readonly pairs: readonly (readonly [key: string, value: Value])[];
}
type Branch<Value> = readonly (Leaf<Value> | Branch<Value> | undefined)[];
type Node<Value> = Leaf<Value> | Branch<Value> | undefined;

const bits = 4;
const mask = 15;

/** Lookup and set in logarithmic time; iteration in an order that depends on the keys alone. */
export class RowMap<Value> {
  readonly size: number;
  readonly #root: Node<Value>;

  private constructor(root: Node<Value>, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<Value>(): RowMap<Value> {
    return new RowMap<Value>(undefined, 0);
  }

  get(key: string): Value | undefined {
    const hash = hashOf(key);
    let node = this.#root;
    for (let shift = 0; isBranch(node); shift += bits) node = node[(hash >>> shift) & mask];
    return node?.hash === hash ? node.pairs.find(([known]) => known === key)?.[1] : undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Another map; this one stays as it is. */
  set(key: string, value: Value): RowMap<Value> {
    const isNew = !this.has(key);
    return new RowMap(withPair(this.#root, hashOf(key), 0, key, value), this.size + (isNew ? 1 : 0));
  }

  *[Symbol.iterator](): Generator<readonly [key: string, value: Value]> {
    yield* pairsOf(this.#root);
  }

  *values(): Generator<Value> {
    for (const [, value] of this) yield value;
  }
}

function withPair<Value>(node: Node<Value>, hash: number, shift: number, key: string, value: Value): Node<Value> {
  if (node === undefined) return { hash, pairs: [[key, value]] };
  if (isBranch(node)) {
    const slot = (hash >>> shift) & mask;
    const copy = [...node];
    copy[slot] = withPair(node[slot], hash, shift + bits, key, value);
    return copy;
  }
  if (node.hash === hash) return { hash, pairs: [...node.pairs.filter(([known]) => known !== key), [key, value]] };
  // Two hashes differ somewhere in their 32 bits, so that this ends.
  const branch: Node<Value>[] = Array.from({ length: mask + 1 }, () => undefined);
  branch[(node.hash >>> shift) & mask] = node;
  return withPair(branch as Branch<Value>, hash, shift, key, value);
}

function* pairsOf<Value>(node: Node<Value>): Generator<readonly [string, Value]> {
  if (isBranch(node)) for (const child of node) yield* pairsOf(child);
  else if (node !== undefined) yield* node.pairs;
}

function isBranch<Value>(node: Node<Value>): node is Branch<Value> {
  return Array.isArray(node);
}

/** FNV-1a of the UTF-16 units, then mixed (murmur3's finaliser): low bits pick the slot. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
