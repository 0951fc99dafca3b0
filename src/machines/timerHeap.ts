// The timers of all rows, earliest first, as a value: a leftist heap (Crane 1972), so that adding and taking make a new heap in logarithmic time and
// leave the old one as it was.

export interface HeapTimer {
  readonly dueAt: number;
  /** Breaks ties between timers of one instant, so that replay agrees. */
  readonly id: string;
  readonly key: string;
  readonly timerId: string;
  readonly armedRev: number;
  readonly type: string;
}

/** null is the empty heap. */
export type TimerHeap = { readonly top: HeapTimer; readonly rank: number; readonly left: TimerHeap; readonly right: TimerHeap } | null;

export function withTimer(heap: TimerHeap, timer: HeapTimer): TimerHeap {
  return merge(heap, { top: timer, rank: 1, left: null, right: null });
}

/** The heap without its earliest timer. */
export function withoutTop(heap: TimerHeap): TimerHeap {
  return heap === null ? null : merge(heap.left, heap.right);
}

function merge(one: TimerHeap, other: TimerHeap): TimerHeap {
  if (one === null) return other;
  if (other === null) return one;
  const [first, second] = isBefore(other.top, one.top) ? [other, one] : [one, other];
  const merged = merge(first.right, second);
  const [left, right] = rankOf(first.left) >= rankOf(merged) ? [first.left, merged] : [merged, first.left];
  return { top: first.top, rank: rankOf(right) + 1, left, right };
}

function isBefore(one: HeapTimer, other: HeapTimer): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.id < other.id);
}

const rankOf = (heap: TimerHeap): number => heap?.rank ?? 0;
