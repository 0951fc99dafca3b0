import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileExpression, ExpressionError, expressionLimits } from "../../src/canon/index.ts";
import { isDomainError } from "../../src/domain/index.ts";
import { assertProperty } from "../support/property.ts";
import { failingAttacks, harmlessAttacks, hostileContext, refusedAttacks } from "./support/attacks.ts";
import { contextValue, differential, expressionText } from "./support/expressions.ts";

function errorOf(run: () => unknown): ExpressionError {
  try {
    run();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a safe expression", () => {
  it.each([
    ["context.attributes?.segment === 'vip'", { attributes: { segment: "vip" } }, true],
    ["context.attributes?.segment === 'vip'", {}, false],
    ["context.attributes?.a.b.c", {}, undefined],
    ["context.flags?.includes('beta') && context.attributes.age >= 18", { flags: ["beta"], attributes: { age: 20 } }, true],
    ["context.userId?.startsWith('qa-') ?? false", { userId: null }, false],
    ["(context.a ?? 2) * 3 % 4", {}, 2],
    ["context.a + '-' + context.b", { a: "x", b: "y" }, "x-y"],
    ["context.list.length > 1 ? 'many' : 'one'", { list: [1, 2] }, "many"],
    ["0 in context.list && !(2 in context.list)", { list: ["a"] }, true],
    ["['fr', 'de'].includes(context.country)", { country: "de" }, true],
    ["context.attributes == null", {}, true],
    ["context.text[0] === 'v'", { text: "vip" }, true],
  ])("%s on %j is %j", (source, context, value) => {
    expect(compileExpression(source).evaluate(context)).toBe(value);
  });

  it("equals native evaluation wherever it yields a value, and fails where native evaluation fails", async () => {
    const texts = fc.array(expressionText, { minLength: 20, maxLength: 20, size: "max" });
    let evaluations = 0;
    let failures = 0;
    await assertProperty(
      fc.property(texts, fc.array(contextValue, { minLength: 5, maxLength: 5 }), (list, contexts) => {
        const result = differential(list, contexts);
        evaluations += result.evaluations;
        failures += result.failures;
        expect(result.differences).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(evaluations).toBeGreaterThan(10_000);
    expect(failures / evaluations).toBeLessThan(0.5);
  });

  it("leaves the context as it was", async () => {
    await assertProperty(
      fc.property(expressionText, contextValue, (source, context) => {
        const before = structuredClone(context);
        try {
          compileExpression(source).evaluate(context);
        } catch (error) {
          if (!isDomainError(error)) throw error;
        }
        expect(context).toEqual(before);
      }),
    );
  });
});

describe("what leaves the language", () => {
  it("is tried in more than 60 ways", () => {
    expect(refusedAttacks.length + failingAttacks.length + harmlessAttacks.length).toBeGreaterThan(120);
  });

  it.each(refusedAttacks)("is refused with position and fix: %s", (source) => {
    const error = errorOf(() => compileExpression(source));
    expect(error.code).toBe("expression-refused");
    expect(error.path).toBe("expression");
    expect(error.position).toBeGreaterThanOrEqual(0);
    expect(error.position).toBeLessThanOrEqual(source.length);
    expect(error.message).toContain(`at character ${error.position + 1}`);
    expect(error.fix).not.toBe("");
  });

  it.each(failingAttacks)("fails at run time and opens no door: %s", (source) => {
    const { context, touched } = hostileContext();
    const expression = compileExpression(source);
    const error = errorOf(() => expression.evaluate(context));
    expect(error.code).toBe("expression-failed");
    expect(error.fix).not.toBe("");
    expect(touched).toEqual([]);
  });

  it.each(harmlessAttacks)("%s shows nothing but own data", (source, value) => {
    const { context, touched } = hostileContext();
    expect(compileExpression(source).evaluate(context)).toBe(value);
    expect(touched).toEqual([]);
  });

  it("survives a context that throws from a Proxy", () => {
    const context = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new RangeError("trap");
        },
      },
    );
    expect(errorOf(() => compileExpression("context.a").evaluate(context)).code).toBe("expression-failed");
  });
});

describe("limits", () => {
  it("names the place of a run-time failure", () => {
    const error = errorOf(() => compileExpression("1 === 1 && context.a.b").evaluate({}));
    expect(error.position).toBe("1 === 1 && context.a.".length);
    expect(error.message).toBe('cannot read "b" of undefined (at character 22)');
  });

  it.each([
    ["characters", `'${"a".repeat(expressionLimits.sourceLengthMax)}'`, `'${"a".repeat(expressionLimits.sourceLengthMax - 2)}'`],
    ["nodes", `[${"1,".repeat(expressionLimits.nodesMax)}]`, `[${"1,".repeat(expressionLimits.nodesMax - 1)}]`],
    ["nesting", `${"!".repeat(expressionLimits.depthMax)}1`, `${"!".repeat(expressionLimits.depthMax - 1)}1`],
  ])("refuse too many %s and accept the greatest allowed", (what, tooMuch, allowed) => {
    expect(errorOf(() => compileExpression(tooMuch)).message).toContain(what);
    expect(() => compileExpression(allowed)).not.toThrow();
  });

  it("do not count parentheses", () => {
    expect(compileExpression(`${"(".repeat(200)}1${")".repeat(200)}`).evaluate({})).toBe(1);
  });

  it("keep includes from walking an endless array", () => {
    const error = errorOf(() =>
      compileExpression("context.list.includes(1)").evaluate({ list: Array.from({ length: 1 + expressionLimits.arrayLengthMax }) }),
    );
    expect(error.message).toContain("entries");
  });
});

it("works where code generation from strings is switched off", () => {
  const script = `
    import { compileExpression } from ${JSON.stringify(new URL("../../src/canon/index.ts", import.meta.url).href)};
    let native = "allowed";
    try { new Function("return 1"); } catch { native = "refused"; }
    console.log(native, compileExpression("context.attributes?.segment === 'vip'").evaluate({ attributes: { segment: "vip" } }));
  `;
  const run = spawnSync(process.execPath, ["--disallow-code-generation-from-strings", "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect(run.stdout.trim()).toBe("refused true");
}, 20_000);
