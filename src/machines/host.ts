// `createHost`: one contract over a machine, whatever steps it (architecture: one contract, three backends).
import type { AnyStateMachine, InputFrom, InspectionEvent } from "xstate";
import { DomainError, isDomainError } from "../domain/index.ts";
import { actorBackend } from "./actor/backend.ts";
import type { EffectRecord } from "./effects.ts";
import type { MachineEvent } from "./events.ts";
import { hostOver, type Backend } from "./frame.ts";
import { pureBackend } from "./pure/backend.ts";
import type { Row } from "./row.ts";
import type { Migrations } from "./rowReader.ts";
import { tableBackend } from "./table/backend.ts";

export interface HostStart {
  readonly row: Row;
  readonly effects: readonly EffectRecord[];
}

export interface HostStep extends HostStart {
  /** False if the state did not want this event (or this timer); then `row` is the very row that came in. */
  readonly changed: boolean;
}

export interface Host<Input = unknown> {
  /**
   * A new row `<machine>/<id>` at `at` (epoch milliseconds) with the effects of entering its first state.
   * @throws DomainError `input-invalid` without an id, `event-invalid` for a time that is none, `machine-failed`.
   */
  start(input: Input, at: number): HostStart;
  /**
   * One event, one step; pure. The caller writes the row under its `rev`, then carries out the effects in order. A row is a value: it is never
   * changed in place, here or by the caller. `at` never goes back within a row: an earlier one is clamped to the row's last.
   * @throws DomainError `row-corrupt`, `row-version`, `event-invalid` or `machine-failed`; the row is then unchanged.
   */
  step(row: Row, event: MachineEvent): HostStep;
  /**
   * A stored row, checked whole and migrated to this machine's version. `step` does the same with a row that no host of this process made; read
   * first where timers are wanted, as a migration may rename them.
   * @throws DomainError `row-corrupt` or `row-version`.
   */
  read(data: unknown): Row;
}

export interface HostOptions {
  /**
   * `pure` interprets with XState and executes nothing: production. `table` compiles the machine: simulation and replay. `actor` keeps live XState
   * actors: inspection and teaching. Equal rows and effects on each.
   */
  readonly kind: "pure" | "table" | "actor";
  /** `checked` (as if left out) holds the fields of every event against its schema; `trusted` leaves that out for events of typed code. */
  readonly events?: "checked" | "trusted";
  /** In place of the machine's own. */
  readonly migrations?: Migrations;
  /**
   * For the table host: called with the refusal of a machine that no table holds, which the pure host then steps. Where left out, `createHost` throws
   * the refusal.
   */
  readonly fallback?: (refusal: DomainError) => void;
  /** For the actor host: what XState's inspection reports. */
  readonly inspect?: (event: InspectionEvent) => void;
}

/**
 * @throws DomainError `machine-undurable` for a machine that no row can hold (parallel or history states, invoked actors), and on the table host
 * `machine-uncompilable`, which says what stands in the way, unless there is a `fallback`.
 */
export function createHost<Machine extends AnyStateMachine>(machine: Machine, options: HostOptions): Host<InputFrom<Machine>> {
  return hostOver(machine, backendOf(machine, options), options);
}

function backendOf(machine: AnyStateMachine, { kind, inspect, fallback }: HostOptions): Backend {
  switch (kind) {
    case "pure":
      return pureBackend(machine);
    case "table":
      return fallback === undefined ? tableBackend(machine) : tableOrPure(machine, fallback);
    case "actor":
      return actorBackend(machine, inspect);
    default:
      throw new DomainError({
        code: "host-unavailable",
        path: "kind",
        message: "There is no such host.",
        fix: "Use one of pure, table, actor.",
        value: kind satisfies never,
      });
  }
}

function tableOrPure(machine: AnyStateMachine, fallback: (refusal: DomainError) => void): Backend {
  try {
    return tableBackend(machine);
  } catch (error) {
    if (!isDomainError(error) || error.code !== "machine-uncompilable") throw error;
    fallback(error);
    return pureBackend(machine);
  }
}
