// One row for each state of a machine, reached by a shortest path: what golden files hold.
import type { AnyStateMachine } from "xstate";
import { createHost, type Host, type Row } from "../../src/machines/index.ts";
import { createRng } from "../../src/random/index.ts";
import { shortestPaths, walkSubject } from "./machineWalk.ts";

export function rowPerState(machine: AnyStateMachine): Record<string, Row> {
  const subject = walkSubject(machine);
  const host = createHost(machine, { kind: "table" }) as Host;
  const rows: Record<string, Row> = {};
  for (const [path] of shortestPaths(subject, subject.inputs[0], host, createRng(`golden/${machine.id}`))) {
    const { row } = path!.reduce(({ row }, event) => host.step(row, event), host.start(subject.inputs[0], 1000));
    rows[row.snapshot.value] = row;
  }
  return rows;
}
