import { expect, it } from "vitest";
import { ExperimentEvaluator, ExperimentRegistry } from "../../src/spec/index.ts";
import { assertProperty } from "../support/property.ts";
import fc from "fast-check";
import { disagreement, row } from "./support/growthBook.ts";
import { twoArms } from "./support/specs.ts";

it("gb-v1 and gb-v2 assign as GrowthBook does, coverage and namespaces included", async () => {
  await assertProperty(
    fc.property(row, (one) => {
      expect(disagreement(one)).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

it("leave the unit out of the experiment where GrowthBook's ranges do not cover it", () => {
  const registry = new ExperimentRegistry([twoArms("demo.gb", { hashVersion: "gb-v2", coverage: 0 })]);
  expect(new ExperimentEvaluator({ registry }).chooseVariantSync({ experiment: "demo.gb", userId: "u" })).toMatchObject({
    variant: { id: "control" },
    detail: "not-covered",
    inExperiment: false,
  });
});

it("deal anew under a higher bucketing version all the same", () => {
  const [one, two] = [1, 2].map((bucketingVersion) => {
    const registry = new ExperimentRegistry([twoArms("demo.gb", { hashVersion: "gb-v2", bucketingVersion })]);
    return new ExperimentEvaluator({ registry }).chooseVariantSync({ experiment: "demo.gb", userId: "u" })!.bucket;
  });
  expect(one).not.toBe(two);
});
