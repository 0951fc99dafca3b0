// Reads a text file once, in bounded memory, before DuckDB does: DuckDB takes a cut gzip for a short file, and only here is a
// line of any length refused without being held.
import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DomainError } from "../domain/index.ts";
import { lineBytesMax } from "./limits.ts";
import type { SourceFile } from "./sourceFiles.ts";

const newline = 0x0a;
const sampleBytes = 64 * 1024;

/**
 * Checks that a text file can be read to its end, is text, and has no line above the limit.
 * @returns the beginning of the file as text (64 KB or the first line, whichever is longer), without a byte order mark.
 * @throws DomainError file-unreadable, file-truncated, file-binary, file-empty or line-too-long.
 */
export async function checkTextFile(file: SourceFile, lineLimitBytes = lineBytesMax): Promise<string> {
  const head: Buffer[] = [];
  let headBytes = 0;
  let headOpen = true;
  let lineBytes = 0;
  let lines = 1;
  let total = 0;
  try {
    for await (const chunk of bytesOf(file)) {
      if (total === 0) refuseOtherEncodings(file, chunk);
      if (total < sampleBytes && chunk.subarray(0, sampleBytes - total).includes(0)) throw binary(file);
      total += chunk.length;
      if (headOpen) {
        head.push(chunk);
        headBytes += chunk.length;
        headOpen = headBytes < sampleBytes || lines === 1;
      }
      for (let start = 0; ;) {
        const end = chunk.indexOf(newline, start);
        lineBytes += (end === -1 ? chunk.length : end) - start;
        if (lineBytes > lineLimitBytes) throw lineTooLong(file, lines, lineLimitBytes);
        if (end === -1) break;
        lines++;
        lineBytes = 0;
        start = end + 1;
      }
      if (lines > 1 && headBytes >= sampleBytes) headOpen = false;
    }
  } catch (error) {
    throw error instanceof DomainError ? error : translated(file, error);
  }
  const text = Buffer.concat(head)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  if (text.trim() === "")
    throw new DomainError({
      code: "file-empty",
      path: file.path,
      message: `${file.name} is empty`,
      fix: "Give a file with a header and rows.",
    });
  return text;
}

/** The bytes of a text file, unpacked. */
export function bytesOf(file: Pick<SourceFile, "path" | "gzip">): AsyncIterable<Buffer> {
  const raw = createReadStream(file.path, { highWaterMark: 1024 * 1024 });
  if (!file.gzip) return raw;
  // The error of either stream surfaces in the reader of the last one; the callback only keeps it from being thrown twice.
  return pipeline(raw, createGunzip({ chunkSize: 256 * 1024 }), () => undefined) as Readable;
}

function refuseOtherEncodings(file: SourceFile, chunk: Buffer): void {
  const utf16 = chunk.length >= 2 && ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff));
  if (utf16)
    throw new DomainError({
      code: "file-encoding",
      path: file.path,
      message: `${file.name} is UTF-16 text`,
      fix: "Save it as UTF-8.",
      value: chunk.subarray(0, 2).toString("hex"),
    });
}

function binary(file: SourceFile): DomainError {
  return new DomainError({
    code: "file-binary",
    path: file.path,
    message: `${file.name} is not a text file`,
    fix: "Give a CSV or NDJSON file in UTF-8, or name a Parquet file .parquet.",
  });
}

function lineTooLong(file: SourceFile, line: number, limitBytes: number): DomainError {
  return new DomainError({
    code: "line-too-long",
    path: `${file.path}: line ${line}`,
    message: `line ${line} of ${file.name} is longer than ${limitBytes.toLocaleString("en")} bytes`,
    fix: "Check that the file has line ends, and remove the broken line.",
    value: `more than ${limitBytes} bytes`,
  });
}

function translated(file: SourceFile, error: unknown): DomainError {
  const code = (error as { code?: string }).code ?? "";
  if (code.startsWith("Z_"))
    return new DomainError(
      {
        code: "file-truncated",
        path: file.path,
        message: `${file.name} is a cut or damaged gzip file`,
        fix: "Fetch or write the file again; nothing of it was used.",
        value: (error as Error).message,
      },
      { cause: error },
    );
  return new DomainError(
    {
      code: "file-unreadable",
      path: file.path,
      message: `${file.name} cannot be read`,
      fix: "Check the rights of the file and the disk.",
      value: code,
    },
    { cause: error },
  );
}
