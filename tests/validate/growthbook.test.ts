import fc from "fast-check";
import { expect, it } from "vitest";
import { disagreement, row } from "../spec/support/growthBook.ts";

it("assigns 100,000 random rows as @growthbook/growthbook does", () => {
  const rows = fc.sample(row, 100_000);
  expect(rows.map(disagreement).filter((line) => line !== undefined)).toEqual([]);
});
