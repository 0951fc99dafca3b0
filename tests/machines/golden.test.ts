// Rows as each version wrote them, one for each state. A change of a machine that they do not survive needs a new version and a migration, and new
// golden rows beside these. Frozen by EXPOS_FREEZE=1 npx vitest run tests/machines/golden.test.ts, which writes missing files only.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createHost, definitions, listEvents, type Host, type Row } from "../../src/machines/index.ts";
import { createRng } from "../../src/random/index.ts";
import { rowPerState } from "../support/machineRows.ts";

const folder = new URL("golden/", import.meta.url);

if (process.env["EXPOS_FREEZE"] === "1") {
  mkdirSync(folder, { recursive: true });
  for (const { machine } of Object.values(definitions)) {
    const file = new URL(`${machine.id}-${machine.version}.json`, folder);
    if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(rowPerState(machine), null, 1)}\n`);
  }
}

const kinds = ["pure", "table", "actor"] as const;

describe.each(readdirSync(folder).map((file) => [file]))("golden rows of %s", (file) => {
  const rows = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Record<string, Row>;
  const { machine } = definitions[file.slice(0, file.lastIndexOf("-"))]!;
  const hosts = kinds.map((kind) => createHost(machine, { kind }) as Host);

  test("cover every state of their version, and of this one if it is the same", () => {
    const states = Object.keys(machine.states);
    const isCurrent = file === `${machine.id}-${machine.version}.json`;
    expect(isCurrent ? Object.keys(rows).sort() : []).toEqual(isCurrent ? states.toSorted() : []);
    for (const [state, row] of Object.entries(rows)) expect(row.snapshot.value).toBe(state);
  });

  test("have the shape that this version writes: another one needs another version, its migration and new golden rows", () => {
    const shapeOf = ({ snapshot: { context }, timers }: Row) => [Object.keys(context).sort(), timers.map(({ timerId }) => timerId)];
    const isCurrent = file === `${machine.id}-${machine.version}.json`;
    const now = Object.entries(isCurrent ? rowPerState(machine) : {});
    expect(now.map(([state]) => [state, shapeOf(rows[state]!)])).toEqual(now.map(([state, row]) => [state, shapeOf(row)]));
  });

  test.each(Object.keys(rows))("%s restores with its timers and takes every event, alike on every host", (state) => {
    const stored = JSON.stringify(rows[state]);
    const [pure, ...others] = hosts.map((host) => {
      const row = host.read(JSON.parse(stored));
      const rng = createRng(`golden/${file}/${state}`);
      const steps = [
        ...listEvents(machine).map((event) => host.step(row, event.sample(rng, row))),
        ...row.timers.map(({ timerId, armedRev, dueAt, event }) =>
          host.step(row, { ...event, id: "t", at: dueAt, timer: { id: timerId, armedRev } }),
        ),
      ];
      return { row, steps };
    });
    expect(pure!.row.timers).toHaveLength(rows[state]!.timers.length);
    expect(pure!.steps.slice(listEvents(machine).length).every(({ changed }) => changed)).toBe(true);
    expect(others.map((other) => JSON.stringify(other))).toEqual(others.map(() => JSON.stringify(pure)));
  });
});

test.each(Object.values(definitions).map(({ machine, migrations }) => [machine.id, Number(machine.version), migrations] as const))(
  "%s has golden rows of every version until now, and a way from each to the next",
  (name, version, migrations) => {
    const versions = Array.from({ length: version }, (_, at) => at + 1);
    expect(versions.filter((each) => !existsSync(new URL(`${name}-${each}.json`, folder)))).toEqual([]);
    expect(Object.keys(migrations)).toEqual(versions.slice(0, -1).map(String));
  },
);

test("a post at rest is less than a kilobyte of JSON", () => {
  for (const row of Object.values(rowPerState(definitions["post"]!.machine))) expect(JSON.stringify(row).length).toBeLessThan(1024);
});
