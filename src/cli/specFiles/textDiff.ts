// A unified diff of two short texts, for `--dry-run`. Longest common subsequence by dynamic programming: O(lines x lines), fit for spec files.

const contextLines = 3;

/** Lines as `diff -u` prints them; empty for equal texts. An absent text is `/dev/null`. */
export function textDiff(path: string, before: string | undefined, after: string): string {
  if (before === after) return "";
  const changes = changesBetween(linesOf(before ?? ""), linesOf(after));
  const head = `--- ${before === undefined ? "/dev/null" : path}\n+++ ${path}\n`;
  return head + hunksOf(changes).map(hunkText).join("");
}

interface Change {
  readonly sign: " " | "-" | "+";
  readonly line: string;
  /** Lines of either text before this one. */
  readonly oldAt: number;
  readonly newAt: number;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function changesBetween(before: readonly string[], after: readonly string[]): Change[] {
  const common = commonLengths(before, after);
  const changes: Change[] = [];
  let oldAt = 0;
  let newAt = 0;
  while (oldAt < before.length || newAt < after.length) {
    const place = { oldAt, newAt };
    if (oldAt < before.length && newAt < after.length && before[oldAt] === after[newAt])
      changes.push({ sign: " ", line: after[newAt++]!, oldAt: oldAt++, newAt: place.newAt });
    else if (newAt >= after.length || (oldAt < before.length && common[oldAt + 1]![newAt]! >= common[oldAt]![newAt + 1]!))
      changes.push({ sign: "-", line: before[oldAt++]!, ...place });
    else changes.push({ sign: "+", line: after[newAt++]!, ...place });
  }
  return changes;
}

/** Length of the longest common subsequence of the two tails. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let a = before.length - 1; a >= 0; a--)
    for (let b = after.length - 1; b >= 0; b--)
      table[a]![b] = before[a] === after[b] ? table[a + 1]![b + 1]! + 1 : Math.max(table[a + 1]![b]!, table[a]![b + 1]!);
  return table;
}

/** Changes with the lines around them; neighbours that touch are one hunk. */
function hunksOf(changes: readonly Change[]): Change[][] {
  const near = changes.map(({ sign }) => sign !== " ");
  const kept = changes.map((_, at) => near.slice(Math.max(0, at - contextLines), at + contextLines + 1).includes(true));
  const hunks: Change[][] = [];
  changes.forEach((change, at) => {
    if (!kept[at]) return;
    if (at === 0 || !kept[at - 1]) hunks.push([]);
    hunks.at(-1)!.push(change);
  });
  return hunks;
}

function hunkText(hunk: readonly Change[]): string {
  const range = (at: number, count: number): string => `${count === 0 ? at : at + 1},${count}`;
  const oldCount = hunk.filter(({ sign }) => sign !== "+").length;
  const newCount = hunk.filter(({ sign }) => sign !== "-").length;
  const head = `@@ -${range(hunk[0]!.oldAt, oldCount)} +${range(hunk[0]!.newAt, newCount)} @@\n`;
  return head + hunk.map(({ sign, line }) => `${sign}${line}\n`).join("");
}
