// Writes named files without ever replacing one silently: all of them or none that can be foreseen, each whole, by link or rename.
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DomainError } from "../domain/index.ts";

export interface FileToWrite {
  readonly path: string;
  readonly text: string;
}

/** What stands there now; undefined if nothing does. @throws DomainError `file-unreadable`. */
export function existingText(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw failed("file-unreadable", path, cause);
  }
}

/**
 * Without `force` a path that is taken refuses the whole call, unless it holds these very bytes.
 * @throws DomainError `file-exists` or `file-unwritable`.
 */
export function writeFiles(files: readonly FileToWrite[], force: boolean): void {
  const fresh = files.filter(({ path, text }) => existingText(path) !== text);
  if (!force) for (const { path } of fresh) if (existsSync(path)) throw taken(path);
  const drafts = fresh.map(({ path, text }) => ({ path, text, draft: `${path}.${process.pid}.new` }));
  try {
    for (const { path, text, draft } of drafts)
      attempt(path, () => (mkdirSync(dirname(path), { recursive: true }), writeFileSync(draft, text)));
    for (const { path, draft } of drafts) attempt(path, () => (force ? renameSync(draft, path) : linkSync(draft, path)));
  } finally {
    for (const { draft } of drafts) rmSync(draft, { force: true });
  }
}

function attempt(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") throw taken(path);
    throw failed("file-unwritable", path, cause);
  }
}

function taken(path: string): DomainError {
  return new DomainError({
    code: "file-exists",
    path,
    message: `${path} exists already`,
    fix: "Pass --force to replace it, --dry-run to see what would be written, or choose another name.",
  });
}

function failed(code: "file-unreadable" | "file-unwritable", path: string, cause: unknown): DomainError {
  return new DomainError(
    {
      code,
      path,
      message: `${path} cannot be ${code === "file-unreadable" ? "read" : "written"}`,
      fix: "Check the path and its rights.",
      value: (cause as NodeJS.ErrnoException).code,
    },
    { cause },
  );
}
