// Finds the files of SOURCE: a data file itself, or the data files of a folder, as named by the mapping or as far as one format is found.
import { readdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { basename, join } from "node:path";
import { DomainError, type SourceFormat } from "../domain/index.ts";

export type TextFormat = "csv" | "ndjson";
export type FileFormat = TextFormat | "parquet";

export interface SourceFile {
  /** Real path on disk. */
  readonly path: string;
  /** What errors and reports call it. */
  readonly name: string;
  /** What its rows are called in the mapping; its name without extensions otherwise. */
  readonly label: string;
  readonly format: FileFormat;
  readonly gzip: boolean;
}

const formatOfExtension: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  tsv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  parquet: "parquet",
};

/**
 * Resolves SOURCE to its data files, in the order of the mapping or by name.
 * @throws DomainError if nothing readable is there or if it is unclear which files are meant.
 */
export function sourceFiles(source: string, format: SourceFormat): SourceFile[] {
  const stats = statOf(source);
  const named = (format.files ?? []).map((file) => (typeof file === "string" ? { name: file, label: stem(file) } : file));
  if (!stats.isDirectory()) {
    const name = basename(source);
    const label = named.find((file) => file.name === name)?.label ?? stem(name);
    return [describe(source, name, label, format)];
  }
  const wanted = named.length > 0 ? named : soleFormat(source).map((name) => ({ name, label: stem(name) }));
  return wanted.map(({ name, label }) => {
    const path = join(source, name);
    if (!statOf(path).isFile())
      throw new DomainError({
        code: "file-unreadable",
        path,
        message: `${path} is not a file`,
        fix: "Name data files in source.files of the mapping.",
      });
    return describe(path, name, label, format);
  });
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw new DomainError(
      {
        code: "file-missing",
        path,
        message: `${path} does not exist or may not be read`,
        fix: "Check the path and the rights of the file.",
        value: path,
      },
      { cause },
    );
  }
}

function describe(path: string, name: string, label: string, format: SourceFormat): SourceFile {
  const gzip = /\.gz$/i.test(name);
  const extension = extensionOf(name);
  const found = format.format ?? formatOfExtension[extension];
  if (found === undefined)
    throw new DomainError({
      code: "file-format-unknown",
      path,
      message: `the format of ${name} cannot be told from its extension`,
      fix: `Rename it to one of ${Object.keys(formatOfExtension).join(", ")} (text formats also with .gz), or set source.format in the mapping.`,
      value: extension,
    });
  if (found === "parquet" && gzip)
    throw new DomainError({
      code: "file-format-unknown",
      path,
      message: `${name} is a gzipped Parquet file, which no reader supports`,
      fix: "Unpack it: Parquet is compressed inside.",
      value: name,
    });
  return { path: realpathSync(path), name, label, format: found, gzip };
}

function soleFormat(folder: string): string[] {
  const names = readdirSync(folder)
    .filter((name) => formatOfExtension[extensionOf(name)] !== undefined)
    .sort();
  const formats = new Set(names.map((name) => formatOfExtension[extensionOf(name)]));
  if (formats.size === 1) return names;
  throw new DomainError({
    code: names.length === 0 ? "file-missing" : "source-ambiguous",
    path: folder,
    message:
      names.length === 0
        ? `${folder} holds no CSV, NDJSON or Parquet file`
        : `${folder} holds data files of several formats: ${names.join(", ")}`,
    fix: "Name the data file itself, or list the files in source.files of the mapping.",
    value: names,
  });
}

const extensionOf = (name: string) => /\.([^.]+?)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase() ?? "";

const stem = (name: string) => name.replace(/(\.[A-Za-z0-9]+?)?(\.gz)?$/i, "");
