// A temporary project that has experimentation-os installed: `node_modules/experimentation-os` leads to this repository's src, so that nothing has
// to be compiled before a spec file can be type-checked and run there.
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { testFolder, type TestFolder } from "./folder.ts";

export interface TestProject extends TestFolder {
  /** Runs `expos` there, without a terminal. */
  expos(parameters: readonly string[], options?: { nodeFlags?: readonly string[] }): { exitCode: number; out: string; err: string };
  /** What a strict compiler says about files; empty if nothing. */
  typeErrors(files: readonly string[]): string;
}

const repository = resolve(import.meta.dirname, "../..");
export const exposEntry = join(repository, "src/cli/main.ts");

export function testProject(): TestProject {
  const folder = testFolder();
  const { path } = folder;
  const packageFolder = join(path, "package");
  mkdirSync(join(path, "node_modules"), { recursive: true });
  mkdirSync(packageFolder);
  symlinkSync(join(repository, "src"), join(packageFolder, "src"), "dir");
  symlinkSync(packageFolder, join(path, "node_modules/experimentation-os"), "dir");
  folder.file("package.json", '{"type":"module"}');
  folder.file(
    "package/package.json",
    JSON.stringify({
      name: "experimentation-os",
      type: "module",
      exports: { "./spec": "./src/spec/index.ts", "./adapters": "./src/adapters/index.ts" },
    }),
  );
  return {
    ...folder,
    expos: (parameters, { nodeFlags = [] } = {}) => run(path, process.execPath, [...nodeFlags, exposEntry, ...parameters]),
    typeErrors(files) {
      const compiler = join(repository, "node_modules/.bin/tsc");
      const { exitCode, out, err } = run(path, compiler, [...strictest, ...files]);
      return exitCode === 0 ? "" : out + err;
    },
  };
}

const strictest = [
  "--noEmit",
  "--strict",
  "--exactOptionalPropertyTypes",
  "--noUncheckedIndexedAccess",
  "--noPropertyAccessFromIndexSignature",
  "--noUnusedLocals",
  "--noImplicitOverride",
  "--verbatimModuleSyntax",
  "--isolatedModules",
  "--erasableSyntaxOnly",
  "--skipLibCheck",
  "--allowImportingTsExtensions",
  "--module",
  "nodenext",
  "--target",
  "es2024",
  "--lib",
  "es2024,es2025.collection,es2025.iterator",
  "--types",
  "node",
  "--typeRoots",
  join(repository, "node_modules/@types"),
];

function run(cwd: string, command: string, parameters: readonly string[]): { exitCode: number; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  return { exitCode: status ?? -1, out: stdout, err: stderr };
}
