// How a host takes a row: one of its own making at once, any other after a full check and the migrations of its version.
import type { AnyStateMachine } from "xstate";
import type { z } from "zod";
import { DomainError, parseWith } from "../domain/index.ts";
import { chainOf, endsMachine, leavesOf } from "./leaves.ts";
import { parseRow, type Row } from "./row.ts";

/**
 * `migrations[n]` makes a row of version n one of version n + 1: state, context, and the ids and events of its timers (they contain the state's
 * name), in the order in which they stand. Pure.
 */
export type Migrations = Readonly<Record<number, (row: Row) => Row>>;

export interface RowReader {
  readonly version: number;
  /**
   * The row, whole and of the machine's own version. An old one is migrated, unless it is finished: that is history and stays as it is.
   * @throws DomainError `row-corrupt` or `row-version`.
   */
  read(data: unknown): Row;
  /** Marks a row made by a host of this machine, so that it is not checked again. */
  made(row: Row): Row;
}

export function rowReader(machine: AnyStateMachine, context: z.ZodType | undefined, migrations: Migrations): RowReader {
  const version = Number(machine.version ?? "1");
  const leaves = leavesOf(machine);
  const timerEvents = new Set([...leaves.values()].flatMap((leaf) => chainOf(leaf).flatMap((node) => [...node.transitions.keys()])));

  function migrated(row: Row): Row {
    let current = row;
    while (current.version < version && current.snapshot.status !== "done") {
      const migrate = migrations[current.version];
      if (migrate === undefined) refuseVersion(row, `has no way from version ${current.version} to ${current.version + 1}`);
      const next = parseRow(migrate(current));
      if (next.version !== current.version + 1 || next.key !== row.key || next.rev !== row.rev)
        refuseVersion(row, `migrates version ${current.version} to something else than the same row of version ${current.version + 1}`);
      current = next;
    }
    return current;
  }

  function checked(row: Row): Row {
    const { status, value } = row.snapshot;
    const leaf = leaves.get(value);
    if (leaf === undefined) refuseCorrupt("snapshot.value", `${machine.id} has no such state.`, value);
    if ((status === "done") !== endsMachine(leaf)) refuseCorrupt("snapshot.status", `${value} is not a state that is ${status}.`, status);
    if (context !== undefined)
      parseWith(context, row.snapshot.context, {
        code: "row-corrupt",
        fix: restoreIt,
        pathOf: (path) => ["snapshot", "context", ...path],
      });
    for (const [index, { event }] of row.timers.entries())
      if (event.type.startsWith("xstate.") && !timerEvents.has(event.type))
        refuseCorrupt(`timers[${index}].event.type`, `${machine.id} has no such timer.`, event.type);
    return row;
  }

  function refuseVersion(row: Row, why: string): never {
    throw new DomainError({
      code: "row-version",
      path: "version",
      message: `The row belongs to ${row.machine} version ${row.version}, this host runs ${machine.id} version ${version} and ${why}.`,
      fix: "Migrate the row, or step it with the host of its own version.",
      value: row.version,
    });
  }

  return {
    version,
    read(data) {
      if (Mark.of(data) === machine && intact(data as Row, version) && leaves.has((data as Row).snapshot.value)) return data as Row;
      const row = parseRow(data);
      if (row.machine !== machine.id) refuseVersion(row, "steps no other machine");
      if (row.version > version) refuseVersion(row, "knows no newer one");
      const current = migrated(row);
      return current.version === version ? checked(current) : current;
    },
    made(row) {
      return Mark.on(row, machine);
    },
  };
}

/** What stays cheap to look at in a row that is known: a caller may have changed it in place all the same. */
function intact({ version, rev, lastAt, snapshot, timers }: Row, versionWanted: number): boolean {
  return (
    version === versionWanted &&
    Number.isSafeInteger(rev) &&
    Number.isSafeInteger(lastAt) &&
    Array.isArray(timers) &&
    typeof snapshot === "object" &&
    typeof snapshot?.value === "string" &&
    (snapshot.status === "active" || snapshot.status === "done") &&
    typeof snapshot.context === "object" &&
    snapshot.context !== null
  );
}

// oxlint-disable-next-line typescript/no-extraneous-class -- its constructor hands the row itself to the subclass, whose field goes onto it
class Itself {
  constructor(row: object) {
    return row;
  }
}

/** A private field on a plain row: invisible, not copied with it, and ten times cheaper than a WeakSet of rows. */
class Mark extends Itself {
  #machine: AnyStateMachine;
  constructor(row: object, machine: AnyStateMachine) {
    super(row);
    this.#machine = machine;
  }
  static on(row: Row, machine: AnyStateMachine): Row {
    return new Mark(row, machine) as object as Row;
  }
  static of(row: unknown): AnyStateMachine | undefined {
    return typeof row === "object" && row !== null && #machine in row ? row.#machine : undefined;
  }
}

const restoreIt = "Restore this row from the log; nothing was changed.";

function refuseCorrupt(path: string, message: string, value: unknown): never {
  throw new DomainError({ code: "row-corrupt", path, message, fix: restoreIt, value });
}
