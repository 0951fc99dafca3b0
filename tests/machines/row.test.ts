import fc from "fast-check";
import { expect, test } from "vitest";
import { isDomainError } from "../../src/domain/index.ts";
import { parseRow, Row } from "../../src/machines/index.ts";
import { assertProperty } from "../support/property.ts";

const whole = (): Row => ({
  key: "post/p1",
  machine: "post",
  version: 1,
  rev: 3,
  lastAt: 5,
  snapshot: { status: "active", value: "sending", context: { postId: "p1" } },
  timers: [{ timerId: "t", event: { type: "t" }, dueAt: 9, armedRev: 3 }],
});
const paths = [
  "",
  "key",
  "machine",
  "version",
  "rev",
  "lastAt",
  "snapshot",
  "snapshot.status",
  "snapshot.value",
  "snapshot.context",
  "timers",
]
  .concat([
    "timers.0",
    "timers.0.timerId",
    "timers.0.event",
    "timers.0.event.type",
    "timers.0.event.extra",
    "timers.0.dueAt",
    "timers.0.armedRev",
  ])
  .concat(["extra", "snapshot.extra", "timers.0.extra", "timers.2"]);
const values = fc.constantFrom<unknown>(
  undefined,
  null,
  "",
  "x",
  "done",
  "stopped",
  0,
  -1,
  1,
  0.5,
  NaN,
  2 ** 60,
  true,
  [],
  [1],
  {},
  { a: 1 },
  new Date(0),
  new Map(),
);

test("takes a row that is whole as it is, and of a damaged one exactly those that the schema takes", async () => {
  const row = whole();
  expect(parseRow(row)).toBe(row);
  await assertProperty(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), values, fc.boolean()), { minLength: 1, maxLength: 3 }), (damages) => {
      let data: unknown = whole();
      for (const [path, value, removed] of damages) data = damaged(data, path === "" ? [] : path.split("."), value, removed);
      expect(accepts(data)).toBe(Row.safeParse(data).success);
    }),
  );
});

function accepts(data: unknown): boolean {
  try {
    parseRow(data);
    return true;
  } catch (error) {
    if (!isDomainError(error) || error.code !== "row-corrupt") throw error;
    return false;
  }
}

function damaged(data: unknown, [field, ...rest]: readonly string[], value: unknown, removed: boolean): unknown {
  if (field === undefined) return value;
  if (typeof data !== "object" || data === null) return data;
  const copy = (Array.isArray(data) ? [...(data as unknown[])] : { ...data }) as Record<string, unknown>;
  if (removed && rest.length === 0) delete copy[field];
  else copy[field] = damaged(copy[field], rest, value, removed);
  return copy;
}
