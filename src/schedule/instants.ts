// A sorted list of instants: how near are the neighbours of one, how many lie in a span.

/** Where an instant is or would be inserted: the number of instants before it. O(log n). */
export function placeOf(sortedMs: readonly number[], instantMs: number): number {
  let low = 0;
  let high = sortedMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sortedMs[middle]! < instantMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function insert(sortedMs: number[], instantMs: number): void {
  sortedMs.splice(placeOf(sortedMs, instantMs), 0, instantMs);
}

/** Takes one occurrence out; true if there was one. */
export function remove(sortedMs: number[], instantMs: number): boolean {
  const at = placeOf(sortedMs, instantMs);
  if (sortedMs[at] !== instantMs) return false;
  sortedMs.splice(at, 1);
  return true;
}

/** Distance to the nearest other instant; Infinity if there is none. */
export function nearestMs(sortedMs: readonly number[], instantMs: number): number {
  const at = placeOf(sortedMs, instantMs);
  return Math.min((sortedMs[at] ?? Infinity) - instantMs, instantMs - (sortedMs[at - 1] ?? -Infinity));
}

/** The most instants that any window of this length would hold if `instantMs` were added, among windows that hold it. */
export function densestWindow(sortedMs: readonly number[], instantMs: number, windowMs: number): number {
  const from = placeOf(sortedMs, instantMs - windowMs + 1);
  const until = placeOf(sortedMs, instantMs + windowMs);
  let densest = 1;
  // A densest window may begin at one of the instants, or at the new one.
  for (let start = from; start < until; start++) {
    const startMs = Math.min(sortedMs[start]!, instantMs);
    densest = Math.max(densest, placeOf(sortedMs, startMs + windowMs) - start + 1);
    if (sortedMs[start]! >= instantMs) break;
  }
  return densest;
}
