// Random expressions of the safe language with random contexts, and the native engine as oracle. `node:vm` compiles them: it works where code
// generation from strings is switched off.
import vm from "node:vm";
import fc from "fast-check";
import { compileExpression, ExpressionError } from "../../../src/canon/index.ts";

const names = ["a", "b", "list", "text", "n"];

const literal = fc.oneof(
  fc.constantFrom(
    "true",
    "false",
    "null",
    "undefined",
    "0",
    "1",
    "2.5",
    "1e3",
    ".5",
    "0x10",
    "'vip'",
    '"v"',
    "''",
    "'3'",
    "'日😀'",
    "'\\u0061'",
  ),
  fc.integer({ min: -20, max: 20 }).map((value) => (value < 0 ? `(${value})` : String(value))),
);

/** Expressions of the language as text; most are well typed, some fail at run time. */
export const expressionText: fc.Arbitrary<string> = fc.letrec<{ value: string; place: string; atom: string }>((tie) => ({
  place: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constant("context"),
    fc
      .tuple(fc.constantFrom("context.", "context?.", "context.a?.", "context.b."), fc.constantFrom(...names, "length"))
      .map((pair) => pair.join("")),
    fc.tuple(tie("place"), fc.constantFrom("?.", ".", "?."), fc.constantFrom(...names, "length")).map((parts) => parts.join("")),
    fc
      .tuple(
        tie("place"),
        fc.constantFrom("?.[", "["),
        fc.constantFrom("0", "1", "'a'", "'length'", "context.n", "context.text"),
        fc.constant("]"),
      )
      .map((parts) => parts.join("")),
    tie("place").map((place) => `(${place})`),
  ),
  atom: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    literal,
    tie("place"),
    tie("value").map((value) => `(${value})`),
    fc.tuple(tie("value"), tie("value")).map(([x, y]) => `[${x}, ${y}]`),
    fc
      .tuple(fc.constantFrom("context.list?.includes(", "'vip text'.includes(", "[1, 'v', null].includes("), tie("value"))
      .map(([call, x]) => `${call}${x})`),
    fc
      .tuple(
        fc.constantFrom("context.text", "'vip'", "context.a?.text"),
        fc.constantFrom(".", "?."),
        fc.constantFrom("includes", "startsWith", "endsWith"),
        fc.constantFrom("'v'", "''", "'ip'", "context.text"),
      )
      .map(([on, dot, method, x]) => `${on}${dot}${method}(${x})`),
    fc
      .tuple(fc.constantFrom("0", "'length'", "context.n"), fc.constantFrom("context.list", "[1]"))
      .map(([key, array]) => `(${key} in ${array})`),
    fc.tuple(fc.constantFrom("!", "- ", "!!"), tie("atom")).map((parts) => parts.join("")),
  ),
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    tie("atom"),
    fc
      .tuple(tie("atom"), fc.constantFrom("===", "!==", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"), tie("atom"))
      .map((parts) => parts.join(" ")),
    fc
      .tuple(tie("atom"), fc.constantFrom("-", "*", "/", "%", "<", "==="), tie("atom"), fc.constantFrom("-", "*", "==", "!=="), tie("atom"))
      .map((parts) => parts.join(" ")),
    fc
      .tuple(tie("atom"), fc.constantFrom("&&", "||"), tie("atom"), fc.constantFrom("&&", "||"), tie("atom"))
      .map((parts) => parts.join(" ")),
    fc.tuple(tie("atom"), tie("atom")).map(([x, y]) => `(${x} ?? ${y})`),
    fc.tuple(tie("value"), tie("value"), tie("value")).map(([x, y, z]) => `(${x} ? ${y} : ${z})`),
  ),
})).value;

const scalar = fc.oneof(
  fc.constantFrom(null, undefined, true, false, "", "vip", "v", "3", "a", Number.NaN),
  fc.integer({ min: -5, max: 5 }),
  fc.double(),
);

export const contextValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.record(
    {
      a: fc.oneof({ maxDepth: 3 }, scalar, tie("node")),
      b: fc.oneof({ maxDepth: 3 }, scalar, tie("node")),
      list: fc.array(scalar, { maxLength: 4 }),
      text: fc.constantFrom("vip", "", "violet"),
      n: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant("1")),
    },
    { requiredKeys: ["list", "text", "n"] },
  ),
})).node;

export type Outcome = { value: unknown } | { failed: string };

/** Native functions for all the texts, made in one go. */
export function nativeFunctions(texts: readonly string[]): ((context: unknown) => unknown)[] {
  return vm.runInThisContext(`[${texts.map((text) => `(context) => (${text})`).join(",\n")}]`) as ((context: unknown) => unknown)[];
}

export function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    return { failed: (error as Error).message };
  }
}

/** Where the language is stricter than JavaScript on purpose: it fails instead of coercing. */
const stricter = /^(arithmetic on|\+ on|==? on|[<>]=? on|== on|a bracket key must|the left side of `in`|.* on a text needs a text)/;

export interface Differential {
  compiled: number;
  evaluations: number;
  failures: number;
  /** Every difference, as a line to read. */
  differences: string[];
}

/** Runs every compilable text on every context, here and natively. */
export function differential(texts: readonly string[], contexts: readonly unknown[]): Differential {
  const result: Differential = { compiled: 0, evaluations: 0, failures: 0, differences: [] };
  const compiled = texts.flatMap((text) => {
    try {
      return [compileExpression(text)];
    } catch (error) {
      // Only the size limits may refuse what the generator writes.
      if (!(error instanceof ExpressionError) || !/characters|nodes|nesting/.test(error.message))
        result.differences.push(`${text}: refused`);
      return [];
    }
  });
  result.compiled = compiled.length;
  const natives = nativeFunctions(compiled.map(({ source }) => source));
  for (const [index, expression] of compiled.entries()) {
    for (const context of contexts) {
      const ours = outcomeOf(() => expression.evaluate(context));
      const native = outcomeOf(() => natives[index]!(context));
      result.evaluations++;
      if ("failed" in ours) result.failures++;
      const agree =
        "failed" in ours ? "failed" in native || stricter.test(ours.failed) : !("failed" in native) && same(ours.value, native.value);
      if (!agree)
        result.differences.push(
          `${expression.source} on ${JSON.stringify(context)}: ${JSON.stringify(ours)}, natively ${JSON.stringify(native)}`,
        );
    }
  }
  return result;
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, index) => same(entry, b[index]));
  return Object.is(a, b);
}
