// The AssignmentStore port on a file: one JSON line per assignment, appended and forced to the disk before it counts, the first writer of a key wins.
// A line torn by a crash was never acknowledged and is cut off at the next opening.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { hashVersions } from "../canon/index.ts";
import { DomainError, parseWith } from "../domain/index.ts";
import { type AssignmentKey, MemoryAssignmentStore, type StoredAssignment, type SyncAssignmentStore } from "../spec/index.ts";
import { type FileLock, lockFile } from "./fileLock.ts";

const header = `${JSON.stringify({ format: "expos-assignments", version: 1 })}\n`;

const lineSchema = z.strictObject({
  experiment: z.string(),
  bucketingVersion: z.number(),
  unitType: z.string(),
  unitId: z.string(),
  variantId: z.string(),
  ruleId: z.string().optional(),
  specVersion: z.string(),
  hashVersion: z.enum(hashVersions),
  timeMs: z.number().nullable(),
});

/** Owns its file until `close`: a second opener, in this or another process, is refused. */
export class AssignmentFileStore implements SyncAssignmentStore {
  readonly mode = "sync";
  /** Bytes of a torn last line that opening cut off; 0 after a clean close. */
  readonly recoveredBytes: number;
  readonly #path: string;
  readonly #known = new MemoryAssignmentStore();
  readonly #lock: FileLock;
  readonly #file: number;
  #lengthBytes: number;
  #state: "open" | "failed" | "closed" = "open";

  /**
   * Opens or makes the file, and the folders above it. O(lines).
   * @throws DomainError `store-unusable`, `store-locked`, `store-foreign` (not a file of ours) or `store-damaged` (a broken line before the last one).
   */
  constructor(path: string) {
    this.#path = path;
    this.#lock = usable(path, () => {
      mkdirSync(dirname(resolve(path)), { recursive: true });
      return lockFile(path);
    });
    let file: number | undefined;
    try {
      file = usable(path, () => openSync(path, "a+"));
      this.#file = file;
      const { soundBytes, totalBytes } = this.#load();
      this.#lengthBytes = soundBytes;
      this.recoveredBytes = totalBytes - soundBytes;
      if (soundBytes < totalBytes) ftruncateSync(file, soundBytes);
      if (soundBytes === 0) {
        this.#append(header);
        syncFolder(dirname(resolve(path)));
      } else if (soundBytes < totalBytes) fsyncSync(file);
    } catch (error) {
      if (file !== undefined) closeSync(file);
      this.#lock.release();
      throw error;
    }
  }

  get size(): number {
    return this.#known.size;
  }

  get(key: AssignmentKey): StoredAssignment | undefined {
    return this.#known.get(key);
  }

  /**
   * Returns only after the line is on the disk; one fsync for a new key, none for a known one.
   * @throws DomainError `store-closed`, `store-lost` (the lock is somebody else's now), `store-unusable` (disk full, input/output error).
   */
  putIfAbsent(key: AssignmentKey, value: StoredAssignment): StoredAssignment {
    const standing = this.#known.get(key);
    if (standing !== undefined) return standing;
    this.#requireOpen();
    const { experiment, bucketingVersion, unitType, unitId } = key;
    const { variantId, ruleId, specVersion, hashVersion, timeMs } = value;
    const line = { experiment, bucketingVersion, unitType, unitId, variantId, ruleId, specVersion, hashVersion, timeMs };
    this.#append(`${JSON.stringify(parseWith(lineSchema, line, { code: "assignment-invalid" }))}\n`);
    return this.#known.putIfAbsent(key, value);
  }

  /** Repeating it changes nothing. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    closeSync(this.#file);
    this.#lock.release();
  }

  #requireOpen(): void {
    if (this.#state === "closed") throw this.#refusal("store-closed", "the store is closed", "Open it again.");
    if (this.#state === "failed")
      throw this.#refusal(
        "store-unusable",
        "an earlier write failed and may be on the disk or not",
        "Repair the disk, then open the store again.",
      );
    if (!this.#lock.isHeld())
      throw this.#refusal("store-lost", "the lock of this store was removed", "Let one process use the file; open it again.");
  }

  #append(text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
      fsyncSync(this.#file);
      this.#lengthBytes += bytes.length;
    } catch (cause) {
      // After a failed fsync nobody can say what the disk holds, so nothing more is written through this handle.
      this.#state = "failed";
      try {
        ftruncateSync(this.#file, this.#lengthBytes);
      } catch {
        // The torn line is cut off when the store is opened again.
      }
      throw unusable(this.#path, cause);
    }
  }

  /** Reads all lines; `soundBytes` is where the last whole one ends. */
  #load(): { soundBytes: number; totalBytes: number } {
    const totalBytes = fstatSync(this.#file).size;
    let soundBytes = 0;
    let torn: { line: number } | undefined;
    for (const { text, line, endBytes, ended } of linesOf(this.#file, totalBytes)) {
      if (torn !== undefined) throw this.#damaged(torn.line, "is not JSON, and more lines follow");
      if (line === 1) {
        if (text !== header.trimEnd() && !(endBytes === totalBytes && header.startsWith(text)))
          throw this.#refusal("store-foreign", "the file does not start as an assignment store does", "Name another file.", text);
        if (!ended) break;
      } else {
        const value = jsonOf(text);
        if (!ended || value === undefined) {
          torn = { line };
          continue;
        }
        this.#remember(value.json, line);
      }
      soundBytes = endBytes;
    }
    return { soundBytes, totalBytes };
  }

  #remember(json: unknown, line: number): void {
    const { experiment, bucketingVersion, unitType, unitId, ruleId, ...rest } = parseWith(lineSchema, json, {
      code: "store-damaged",
      file: `${this.#path}:${line}`,
      fix: "Restore the file from a copy; it may come from a newer version.",
    });
    this.#known.putIfAbsent({ experiment, bucketingVersion, unitType, unitId }, { ...rest, ...(ruleId !== undefined && { ruleId }) });
  }

  #damaged(line: number, what: string): DomainError {
    return new DomainError({
      code: "store-damaged",
      path: `${this.#path}:${line}`,
      message: `line ${line} ${what}`,
      fix: "Restore the file from a copy, or remove the broken line if its unit may be dealt again.",
    });
  }

  #refusal(code: string, message: string, fix: string, value?: unknown): DomainError {
    return new DomainError({ code, path: this.#path, message, fix, ...(value !== undefined && { value }) });
  }
}

interface Line {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Where the next line starts. */
  readonly endBytes: number;
  /** False for a last line without its line end. */
  readonly ended: boolean;
}

const newline = 0x0a;

/** Lines of a file of any size, held one chunk at a time. */
function* linesOf(file: number, totalBytes: number): Generator<Line> {
  const chunk = Buffer.alloc(1 << 20);
  let rest: Buffer[] = [];
  let line = 1;
  let positionBytes = 0;
  while (positionBytes < totalBytes) {
    const read = readSync(file, chunk, 0, chunk.length, positionBytes);
    if (read === 0) break;
    let start = 0;
    for (let end = chunk.subarray(0, read).indexOf(newline); end !== -1; end = chunk.subarray(0, read).indexOf(newline, start)) {
      const text = Buffer.concat([...rest, chunk.subarray(start, end)]).toString("utf8");
      rest = [];
      start = end + 1;
      yield { text, line: line++, endBytes: positionBytes + start, ended: true };
    }
    if (start < read) rest.push(Buffer.from(chunk.subarray(start, read)));
    positionBytes += read;
  }
  if (rest.length > 0) yield { text: Buffer.concat(rest).toString("utf8"), line, endBytes: totalBytes, ended: false };
}

function jsonOf(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A new file is safe only when its folder's entry is. Some systems cannot open folders; there the entry is safe by itself. */
function syncFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, "r");
    fsyncSync(handle);
  } catch {
    // Nothing more can be asked for.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function usable<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw cause instanceof DomainError ? cause : unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): DomainError {
  return new DomainError(
    {
      code: "store-unusable",
      path,
      message: `${path} cannot be read or written`,
      fix: "Check the path, its rights and the space on the disk.",
      value: (cause as NodeJS.ErrnoException).code,
    },
    { cause },
  );
}
