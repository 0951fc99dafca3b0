// Writes a folder of results whole or not at all: into a temporary folder beside it, then by rename. A folder is replaced only if
// its marker file shows that we wrote everything in it.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DomainError } from "../domain/index.ts";

const markerName = ".expos-output.json";

/**
 * Refuses a path that may not be written, before any work is spent on it.
 * @throws DomainError `out-taken` if something is there that we did not write, `out-unwritable` if its parent cannot be used.
 */
export function requireFreeOutput(out: string): void {
  const path = resolve(out);
  if (!existsSync(path)) return;
  const taken = (message: string, value?: unknown) =>
    new DomainError({
      code: "out-taken",
      path: out,
      message,
      fix: "Name a folder that does not exist yet, or remove this one.",
      ...(value !== undefined && { value }),
    });
  if (!lstatSync(path).isDirectory()) throw taken(`${out} exists and is not a folder`);
  const written = writtenNames(path);
  if (written === undefined) throw taken(`${out} exists and does not carry our marker file ${markerName}`);
  const foreign = filesBelow(path).find((name) => name !== markerName && !written.includes(name));
  if (foreign !== undefined) throw taken(`${out} holds a file that this command did not write`, foreign);
}

/** Names of all files, with `/` between folders. */
function filesBelow(folder: string, prefix = ""): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
  );
}

function writtenNames(path: string): string[] | undefined {
  try {
    const marker: unknown = JSON.parse(readFileSync(join(path, markerName), "utf8"));
    const files = (marker as { files?: unknown }).files;
    return Array.isArray(files) ? files.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes the files as the whole content of the folder; a name may hold `/`.
 * @throws DomainError as `requireFreeOutput`; nothing is left behind.
 */
export function writeOutput(out: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  requireFreeOutput(out);
  const path = resolve(out);
  const parent = dirname(path);
  let fresh: string | undefined;
  try {
    mkdirSync(parent, { recursive: true });
    fresh = mkdtempSync(join(parent, `.${basename(path)}-`));
    const staged = join(fresh, "new");
    mkdirSync(staged);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(staged, name)), { recursive: true });
      writeFileSync(join(staged, name), content);
    }
    writeFileSync(join(staged, markerName), `${JSON.stringify({ writtenBy: "expos", files: Object.keys(files) })}\n`);
    swap(path, staged, join(fresh, "old"));
  } catch (cause) {
    throw new DomainError(
      {
        code: "out-unwritable",
        path: out,
        message: `${out} cannot be written`,
        fix: "Name a folder in a place that exists and may be written.",
        value: (cause as { code?: string }).code,
      },
      { cause },
    );
  } finally {
    if (fresh !== undefined) rmSync(fresh, { recursive: true, force: true });
  }
}

function swap(path: string, staged: string, old: string): void {
  if (!existsSync(path)) return renameSync(staged, path);
  renameSync(path, old);
  try {
    renameSync(staged, path);
  } catch (error) {
    renameSync(old, path);
    throw error;
  }
}
