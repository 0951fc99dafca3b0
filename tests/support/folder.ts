// A temporary folder of one test, removed when the test ends.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface TestFolder {
  readonly path: string;
  /** Writes a file and returns its path. */
  file(name: string, content: string | Uint8Array): string;
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), "expos-test-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    file(name, content) {
      const target = join(path, name);
      writeFileSync(target, content);
      return target;
    },
  };
}
