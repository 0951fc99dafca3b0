import fc from "fast-check";
import { expect, it } from "vitest";
import { contextValue, differential, expressionText } from "../canon/support/expressions.ts";

it("evaluates 100,000 random expressions as the native engine does", () => {
  let compiled = 0;
  let evaluations = 0;
  let failures = 0;
  for (let batch = 0; batch < 210; batch++) {
    const texts = fc.sample(expressionText, 500);
    const result = differential(texts, fc.sample(contextValue, 8));
    expect(result.differences).toEqual([]);
    compiled += result.compiled;
    evaluations += result.evaluations;
    failures += result.failures;
  }
  expect(compiled).toBeGreaterThan(100_000);
  expect(failures / evaluations).toBeLessThan(0.5);
});
