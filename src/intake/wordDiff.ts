// What changed between two texts, word by word: longest common subsequence of words, each with the space behind it.

export interface WordChange {
  readonly change: "same" | "removed" | "added";
  readonly text: string;
}

/** Words times words that are compared; longer texts count as replaced where they differ. */
const cellsMax = 4_000_000;

/** The changes in order; joined without the added it is `one`, without the removed `other`. O(words x words) where the texts differ. */
export function wordDiff(one: string, other: string): WordChange[] {
  const a = words(one);
  const b = words(other);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return merged([
    { change: "same", text: a.slice(0, start).join("") },
    ...changes(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    { change: "same", text: a.slice(a.length - end).join("") },
  ]);
}

function words(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

function changes(a: readonly string[], b: readonly string[]): WordChange[] {
  if (a.length * b.length > cellsMax)
    return [
      { change: "removed", text: a.join("") },
      { change: "added", text: b.join("") },
    ];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const result: WordChange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      result.push({ change: "same", text: a[i]! });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      result.push({ change: "removed", text: a[i++]! });
    else result.push({ change: "added", text: b[j++]! });
  }
  return result;
}

function merged(list: readonly WordChange[]): WordChange[] {
  const result: { change: WordChange["change"]; text: string }[] = [];
  for (const { change, text } of list) {
    const last = result.at(-1);
    if (text === "") continue;
    if (last?.change === change) last.text += text;
    else result.push({ change, text });
  }
  return result;
}
