// Virtual time: a binary heap in the total order (time, insertion), so that equal times keep their order and a run repeats itself.

export interface EventQueue<Item> {
  /** @param atMs rounded to whole milliseconds; earlier than the last popped counts as now. */
  push(atMs: number, item: Item): void;
  pop(): { readonly atMs: number; readonly item: Item } | undefined;
  readonly size: number;
}

interface Node<Item> {
  readonly atMs: number;
  readonly seq: number;
  readonly item: Item;
}

export function createEventQueue<Item>(): EventQueue<Item> {
  const heap: Node<Item>[] = [];
  let seq = 0;
  let nowMs = -Infinity;
  const before = (one: Node<Item>, other: Node<Item>): boolean => one.atMs < other.atMs || (one.atMs === other.atMs && one.seq < other.seq);

  return {
    get size() {
      return heap.length;
    },
    push(atMs, item) {
      const node = { atMs: Math.max(Math.round(atMs), nowMs), seq: seq++, item };
      let at = heap.length;
      heap.push(node);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!before(node, heap[parent]!)) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = node;
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) {
        let at = 0;
        for (;;) {
          const left = 2 * at + 1;
          if (left >= heap.length) break;
          const child = left + 1 < heap.length && before(heap[left + 1]!, heap[left]!) ? left + 1 : left;
          if (!before(heap[child]!, last)) break;
          heap[at] = heap[child]!;
          at = child;
        }
        heap[at] = last;
      }
      nowMs = first.atMs;
      return { atMs: first.atMs, item: first.item };
    },
  };
}
