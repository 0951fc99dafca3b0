// One process at a time on a file: a lock file beside it names its holder. A lock whose process is gone is taken over, as after `kill -9`.
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { DomainError } from "../domain/index.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells two holders of one process apart. */
  readonly token: string;
}

export interface FileLock {
  /** False once somebody removed or replaced the lock file. */
  isHeld(): boolean;
  release(): void;
}

/**
 * Takes the lock `<path>.lock`, or refuses at once.
 * @throws DomainError `store-locked` while a living process, or any process of another host, holds it.
 */
export function lockFile(path: string): FileLock {
  const lockPath = `${path}.lock`;
  const own: Holder = { pid: process.pid, host: hostOfPid(), token: randomUUID() };
  const draft = `${lockPath}.${own.token}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    // A link appears whole or not at all, so nobody ever reads half a lock.
    if (!linked(draft, lockPath)) {
      const holder = read(lockPath);
      if (holder !== undefined && !isGone(holder)) throw locked(lockPath, holder);
      setAside(lockPath, holder, own.token);
      if (!linked(draft, lockPath)) throw locked(lockPath, read(lockPath));
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const isHeld = (): boolean => read(lockPath)?.token === own.token;
  return {
    isHeld,
    release() {
      if (isHeld()) rmSync(lockPath, { force: true });
    },
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a dead holder's lock away; if another process was faster, its living lock is put back. */
function setAside(lockPath: string, holder: Holder | undefined, token: string): void {
  const aside = `${lockPath}.gone-${token}`;
  try {
    renameSync(lockPath, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (read(aside)?.token !== holder?.token) linked(aside, lockPath);
  rmSync(aside, { force: true });
}

/** Undefined if there is no lock, or none of ours. */
function read(lockPath: string): Holder | undefined {
  try {
    const { pid, host, token } = JSON.parse(readFileSync(lockPath, "utf8")) as Partial<Holder>;
    return typeof pid === "number" && typeof host === "string" && typeof token === "string" ? { pid, host, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Where a process number means something: containers may share a host name and a disk, and still count their own processes. */
function hostOfPid(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

function isGone({ pid, host }: Holder): boolean {
  if (host !== hostOfPid()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function locked(lockPath: string, holder: Holder | undefined): DomainError {
  const who = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new DomainError({
    code: "store-locked",
    path: lockPath,
    message: `${who} uses this file`,
    fix: `Close the store there first; if no such process runs, remove ${lockPath}.`,
    ...(holder !== undefined && { value: { pid: holder.pid, host: holder.host } }),
  });
}
