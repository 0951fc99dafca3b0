// The Store port in a folder: one log of commits, each a line with its checksum, appended and forced to the disk under a lock before it counts. What a crash
// left half-written has no line end, was never acknowledged, and is cut off by the next commit. Readers need no lock.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { canonicalJson, sha256Hex } from "../canon/index.ts";
import { DomainError, isDomainError } from "../domain/index.ts";
import {
  checkDocument,
  checkRevisions,
  type Store,
  type StoreDocuments,
  type Stored,
  type StoreKind,
  storeKinds,
  type Write,
} from "../schedule/index.ts";
import { type FileLock, lockFile } from "./fileLock.ts";

export interface FileStoreOptions {
  /** How long a commit waits for another process that is writing; default 10 s. */
  readonly lockWaitMs?: number;
  /** A log of more bytes than this, most of them outdated, is rewritten; default 4 MB. */
  readonly compactAboveBytes?: number;
}

/** What one line of the log says of a document: its state after the commit. */
interface LoggedDocument {
  readonly kind: StoreKind;
  readonly id: string;
  readonly rev: number;
  readonly value: unknown;
}

/** Read anew where the log was rewritten: the first line then has another generation. */
interface Loaded {
  readonly header: string;
  readonly documents: Map<string, LoggedDocument>;
  lengthBytes: number;
  lines: number;
}

const format = "expos-store";
const headerBytes = 64;

/**
 * Opens the store of a folder; the folder and its log come into being with the first commit.
 * @throws DomainError from its methods: `store-foreign` (a log that is not ours), `store-damaged` (a line that was acknowledged and is broken),
 * `store-locked` (another process kept the lock too long), `store-unusable` (disk full, no rights), `store-stale`, `store-document-invalid`, `store-closed`.
 */
export function openFileStore(folder: string, { lockWaitMs = 10_000, compactAboveBytes = 4 * 1024 * 1024 }: FileStoreOptions = {}): Store {
  const path = join(folder, "store.ndjson");
  let loaded: Loaded | undefined;
  let isClosed = false;
  /** Commits of this process in the order they were asked for. */
  let queue: Promise<unknown> = Promise.resolve();

  function current(): Map<string, LoggedDocument> {
    if (isClosed) throw new DomainError({ code: "store-closed", path: folder, message: "the store was closed", fix: "Open it again." });
    for (let tries = 1; ; tries++) {
      try {
        loaded = usable(path, () => refreshed(path, loaded));
        return loaded?.documents ?? new Map<string, LoggedDocument>();
      } catch (error) {
        // Read while another process replaced a torn line, a sound log may look broken once.
        if (!isDomainError(error) || error.code !== "store-damaged" || tries === 3) throw error;
        loaded = undefined;
      }
    }
  }

  async function commit(writes: readonly Write[]): Promise<void> {
    const texts = writes.map(({ kind, id, value }) => canonicalJson(checkDocument(kind, id, value)));
    const lock = await locked(path, lockWaitMs);
    try {
      const documents = current();
      checkRevisions(writes, (kind, id) => documents.get(`${kind}/${id}`)?.rev ?? 0);
      if (writes.length === 0) return;
      const logged = writes.map(({ kind, id, rev }, at) => ({ kind, id, rev: rev + 1, value: JSON.parse(texts[at]!) as unknown }));
      loaded ??= { header: headerOf(1), documents: new Map(), lengthBytes: 0, lines: 0 };
      const { documents: own, lengthBytes, header } = loaded;
      const bytes = usable(path, () => append(path, lengthBytes, lengthBytes === 0 ? header + lineOf(logged) : lineOf(logged)));
      for (const document of logged) own.set(`${document.kind}/${document.id}`, document);
      loaded.lengthBytes += bytes;
      loaded.lines++;
      if (loaded.lengthBytes > compactAboveBytes && loaded.lines > 4 * own.size) loaded = usable(path, () => compacted(path, loaded!));
    } finally {
      lock.release();
    }
  }

  return {
    async get<Kind extends StoreKind>(kind: Kind, id: string) {
      const found = current().get(`${kind}/${id}`);
      return Promise.resolve(found === undefined ? undefined : storedOf<Kind>(found));
    },
    async list<Kind extends StoreKind>(kind: Kind) {
      return Promise.resolve(
        [...current().values()]
          .filter((document) => document.kind === kind)
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .map((document) => storedOf<Kind>(document)),
      );
    },
    commit(writes) {
      const done = queue.then(() => commit(writes));
      queue = done.catch(() => undefined);
      return done;
    },
    async close() {
      await queue;
      isClosed = true;
    },
  };
}

function storedOf<Kind extends StoreKind>({ id, rev, value }: LoggedDocument): Stored<StoreDocuments[Kind]> {
  return { id, rev, value: structuredClone(value) as StoreDocuments[Kind] };
}

/** Waits for other processes; they hold the lock for one commit. */
async function locked(path: string, waitMs: number): Promise<FileLock> {
  const untilMs = Date.now() + waitMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(50, pauseMs * 1.5)) {
    try {
      return usable(path, () => {
        mkdirSync(join(path, ".."), { recursive: true });
        return lockFile(path);
      });
    } catch (error) {
      if (!isDomainError(error) || error.code !== "store-locked" || Date.now() > untilMs) throw error;
    }
    await wait(pauseMs * (0.5 + Math.random()));
  }
}

/** What the log says now; only what is new is read. Undefined while there is none. */
function refreshed(path: string, before: Loaded | undefined): Loaded | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const header = bytesAt(file, 0, headerBytes).toString("utf8");
    // A crash may have torn the very first line; anything else that is short is somebody's file.
    if (size < headerBytes && headerOf(1).startsWith(header)) return undefined;
    if (!isHeader(header)) throw foreign(path);
    const loaded =
      before !== undefined && before.header === header && size >= before.lengthBytes && before.lengthBytes > 0
        ? before
        : { header, documents: new Map<string, LoggedDocument>(), lengthBytes: headerBytes, lines: 0 };
    const fresh = bytesAt(file, loaded.lengthBytes, size - loaded.lengthBytes);
    for (let start = 0; ;) {
      const end = fresh.indexOf(0x0a, start);
      if (end === -1) return loaded;
      const line = documentsOf(fresh.subarray(start, end).toString("utf8"));
      if (line === undefined) throw damaged(path, loaded.lines + 2);
      for (const document of line) loaded.documents.set(`${document.kind}/${document.id}`, document);
      loaded.lines++;
      loaded.lengthBytes += end + 1 - start;
      start = end + 1;
    }
  } finally {
    closeSync(file);
  }
}

function bytesAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, length));
  let read = 0;
  while (read < bytes.length) {
    const count = readSync(file, bytes, read, bytes.length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}

/** Appends after `lengthBytes`, cutting off what a crash left there. Returns the bytes added; on failure the log is as before. */
function append(path: string, lengthBytes: number, text: string): number {
  const isNew = lengthBytes === 0;
  const file = openSync(path, isNew ? "w" : "r+");
  try {
    if (fstatSync(file).size > lengthBytes) ftruncateSync(file, lengthBytes);
    const bytes = Buffer.from(text);
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, lengthBytes + written);
      fsyncSync(file);
    } catch (error) {
      ftruncateSync(file, lengthBytes);
      throw error;
    }
    if (isNew) syncFolder(path);
    return bytes.length;
  } finally {
    closeSync(file);
  }
}

/** Writes the documents as they are into a new log and puts it in the old one's place. */
function compacted(path: string, { header, documents }: Loaded): Loaded {
  const draft = `${path}.compact`;
  const next = headerOf(generationOf(header) + 1);
  rmSync(draft, { force: true });
  const bytes = append(draft, 0, next + lineOf([...documents.values()]));
  renameSync(draft, path);
  syncFolder(path);
  return { header: next, documents, lengthBytes: bytes, lines: 1 };
}

/** A new name is only safe when its folder is on the disk too. Some file systems cannot do that; then the file's own sync has to do. */
function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(join(path, ".."), "r");
    fsyncSync(folder);
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

function headerOf(generation: number): string {
  return `${JSON.stringify({ format, version: 1, generation }).padEnd(headerBytes - 1)}\n`;
}

const headerPattern = /^\{"format":"expos-store","version":1,"generation":(\d+)\} *\n$/;

function isHeader(text: string): boolean {
  return headerPattern.test(text);
}

function generationOf(header: string): number {
  return Number(headerPattern.exec(header)![1]);
}

/** `<checksum> <documents>`: 16 hex digits of the SHA-256 of what follows. */
function lineOf(documents: readonly LoggedDocument[]): string {
  const body = canonicalJson(documents);
  return `${sha256Hex(body).slice(0, 16)} ${body}\n`;
}

function documentsOf(line: string): LoggedDocument[] | undefined {
  const body = line.slice(17);
  if (line[16] !== " " || sha256Hex(body).slice(0, 16) !== line.slice(0, 16)) return undefined;
  const documents = JSON.parse(body) as LoggedDocument[];
  return documents.every(({ kind }) => storeKinds.includes(kind)) ? documents : undefined;
}

function usable<Result>(path: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (isDomainError(error)) throw error;
    throw new DomainError(
      {
        code: "store-unusable",
        path,
        message: `the store cannot be read or written: ${error instanceof Error ? error.message : String(error)}`,
        fix: "Check the folder, its rights and the free space, or name another folder.",
      },
      { cause: error },
    );
  }
}

function foreign(path: string): DomainError {
  return new DomainError({
    code: "store-foreign",
    path,
    message: "this file is no store of ours, or of a later version",
    fix: "Name another folder.",
  });
}

function damaged(path: string, line: number): DomainError {
  return new DomainError({
    code: "store-damaged",
    path: `${path}:${line}`,
    message: "this line was written whole and is broken now",
    fix: "Restore the file from a backup; nothing was changed.",
  });
}
