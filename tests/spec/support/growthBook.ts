// Random experiments and units, assigned here and by @growthbook/growthbook itself.
import { GrowthBook } from "@growthbook/growthbook";
import fc from "fast-check";
import { inGrowthBookNamespace } from "../../../src/canon/index.ts";
import { ExperimentEvaluator, ExperimentRegistry } from "../../../src/spec/index.ts";

const text = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ minLength: 1, maxLength: 12, unit: "binary" }), fc.uuid());
// GrowthBook looks experiments up in plain objects, where `constructor` is always found.
const keyText = text.filter((value) => !value.includes("\0") && !(value in {}));

export const row = fc.record({
  key: keyText,
  salt: fc.option(keyText, { nil: undefined }),
  userId: text,
  version: fc.constantFrom(1 as const, 2 as const),
  // Weights that add up to 1, as GrowthBook wants them.
  cuts: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 }),
  equal: fc.boolean(),
  coverage: fc.constantFrom(1, 0.5, 0.1, 0.333),
  namespace: fc.tuple(keyText, fc.integer({ min: 0, max: 50 }), fc.integer({ min: 51, max: 100 })),
});
export type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

/** Undefined if both agree on bucket, arm and admission; otherwise what they say. */
export function disagreement({ key, salt, userId, version, cuts, equal, coverage, namespace }: Row): string | undefined {
  const places = [0, ...cuts.toSorted((a, b) => a - b), 100];
  const shares = places.slice(1).map((place, index) => (place - places[index]!) / 100);
  const variants = shares.map((weight, index) => ({ id: `v${index}`, name: "V", ...(!equal && { weight }) }));
  const registry = new ExperimentRegistry([
    {
      meta: { name: key, version: 1 },
      controlVariant: "v0",
      variants,
      allocation: { type: "random", ...(salt !== undefined && { salt }) },
      hashVersion: version === 2 ? "gb-v2" : "gb-v1",
      coverage,
    },
  ]);
  const ours = new ExperimentEvaluator({ registry }).chooseVariantSync({ experiment: key, userId })!;
  const growthBook = new GrowthBook({ attributes: { id: userId } });
  const theirs = growthBook.run({
    key,
    variations: variants.map(({ id }) => id) as [string, string, ...string[]],
    coverage,
    hashVersion: version,
    ...(salt !== undefined && { seed: salt }),
    ...(!equal && { weights: shares }),
  });
  const range: [string, number, number] = [namespace[0], namespace[1] / 100, namespace[2] / 100];
  const inside = growthBook.run({ key: `${key}-ns`, variations: ["a", "b"], namespace: range }).inExperiment;
  growthBook.destroy();
  const said = `${ours.bucket} ${ours.inExperiment} ${ours.variant.id} ${inGrowthBookNamespace(userId, range)}`;
  const heard = `${theirs.bucket ?? ours.bucket} ${theirs.inExperiment} ${theirs.inExperiment ? theirs.value : "v0"} ${inside}`;
  return said === heard ? undefined : `${said} is not ${heard}`;
}
