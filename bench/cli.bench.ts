// What a person waits for before anything happens: `expos --help`, built, against Node.js that does nothing. Processes in turn, medians.
import { spawnSync } from "node:child_process";
import { type BenchRow, compare } from "./support.ts";

export async function rows(): Promise<BenchRow[]> {
  const node = (...words: readonly string[]) => {
    const { status } = spawnSync(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    if (status !== 0) throw new Error(`node ${words.join(" ")} exited ${status}`);
  };
  return [
    await compare({
      what: "expos --help",
      rival: "node -e 0",
      ours: () => node("dist/cli/main.js", "--help"),
      theirs: () => node("-e", "0"),
      rounds: 41,
      target: 1.6,
    }),
  ];
}
