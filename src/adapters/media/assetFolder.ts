// The folder of a client's media files, opened so that nothing outside it can be read: no absolute paths, no "..", no links that lead out.
import { createHash } from "node:crypto";
import { createReadStream, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { DomainError, isDomainError } from "../../domain/index.ts";

export interface AssetFile {
  /** Where the file is on this machine. */
  readonly location: string;
  readonly bytes: number;
}

export interface AssetFolder {
  readonly root: string;
  /** @throws DomainError `asset-outside`, `asset-missing`, `asset-not-a-file`. */
  find(path: string): AssetFile;
  /** SHA-256 of the file's bytes, 64 hex digits; the file is read as a stream. @throws what `find` throws. */
  sha256(path: string): Promise<string>;
}

/** @throws DomainError `assets-unreadable` if there is no such folder. */
export function openAssetFolder(folder: string): AssetFolder {
  const root = rootOf(folder);
  const find = (path: string): AssetFile => {
    if (isAbsolute(path) || /^[A-Za-z]:|[\\\0]/.test(path) || path.split("/").includes("..")) throw outside(path);
    const location = resolved(join(root, path), path);
    // A link may point anywhere: what counts is where it ends.
    const fromRoot = relative(root, location);
    if (fromRoot === ".." || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot)) throw outside(path);
    const stats = statSync(location);
    if (!stats.isFile())
      throw new DomainError({
        code: "asset-not-a-file",
        path,
        message: `${path} is not a file`,
        fix: "Name a file of the asset folder.",
        value: path,
      });
    return { location, bytes: stats.size };
  };
  return {
    root,
    find,
    async sha256(path) {
      const hash = createHash("sha256");
      await pipeline(createReadStream(find(path).location), hash);
      return hash.digest("hex");
    },
  };
}

function rootOf(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    if (isDomainError(error)) throw error;
  }
  throw new DomainError({
    code: "assets-unreadable",
    path: "assetsDir",
    message: `there is no folder ${folder}`,
    fix: "Give the folder that holds the media files (assetsDir, or --assets).",
    value: folder,
  });
}

function resolved(location: string, path: string): string {
  try {
    return realpathSync(location);
  } catch (error) {
    throw new DomainError(
      {
        code: "asset-missing",
        path,
        message: `the asset folder has no ${path}`,
        fix: "Put the file there, or correct its path.",
        value: path,
      },
      { cause: error },
    );
  }
}

function outside(path: string): DomainError {
  return new DomainError({
    code: "asset-outside",
    path,
    message: `${path} leads out of the asset folder`,
    fix: "Use a path relative to the asset folder, without .. and without links that lead out.",
    value: path,
  });
}
