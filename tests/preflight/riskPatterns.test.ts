// The pattern language of rule packs: gaps, bounded repeats, and the index that tries a pattern only where it can begin.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shippedRiskPack } from "../../src/preflight/index.ts";
import { readPattern, withPlainGaps } from "../../src/preflight/risk/pattern.ts";
import { IndexBuilder } from "../../src/preflight/risk/indexData.ts";
import { PatternIndex } from "../../src/preflight/risk/patternIndex.ts";
import { assertProperty } from "../support/property.ts";

function hits(pattern: string, text: string, spaces?: "runTogether"): string[] {
  const builder = new IndexBuilder();
  const list = builder.add(pattern, () => [pattern]);
  return new PatternIndex(builder.data())
    .search(text, spaces)
    .of(list)
    .map(([from, to]) => text.slice(from, to));
}

/** Repeats without an end in an expression, outside of classes and escapes. */
function unbounded(source: string): string[] {
  return source.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]/g, "x").match(/[*+]|\{\d+,\}/g) ?? [];
}

describe("a pattern", () => {
  test.each<[string, string, string[]]>([
    ["risk free", "a risk-free, risk  free and riskfree life", ["risk-free", "risk  free"]],
    ["risk ?free", "riskfree", ["riskfree"]],
    ["cure", "cure, cures, obscure", ["cure"]],
    ["cure(s|d)?", "cure cured", ["cure", "cured"]],
    ["[$€] ?\\d+", "for $20 or € 5", ["$20", "€ 5"]],
    ["#ad", "#ad #adventure", ["#ad"]],
    ["(?<!free )returns?", "free returns, high returns", ["returns"]],
    ["don'?t", "dont and don't", ["dont", "don't"]],
    ["(\\w+ ){0,2}?money", "your own money", ["your own money"]],
  ])("%j in %j is %j", (pattern, text, found) => {
    expect(hits(pattern, text)).toEqual(found);
  });

  test("in a hashtag gaps are optional", () => {
    expect(hits("risk free returns", "riskfreereturns", "runTogether")).toEqual(["riskfreereturns"]);
  });

  test.each(["(a", "a)", "[a", "a{2", "a{3,2}", "a{1,1000}", "*a", "(?<name>a)", "(a)\\1", "\\", "[z-a]", "\\q", "^*"])(
    "%j is refused",
    (pattern) => {
      expect(() => readPattern(pattern)).toThrow(SyntaxError);
    },
  );

  test("law: the index finds what the expression finds at the beginnings of words", async () => {
    const piece = fc.constantFrom("a", "b", "ab", "a ", "b?", "(a|b)", "(ab )?", "\\w+", "\\d", "[ab]", "b*", "(a ){0,2}", "'?");
    const text = fc.array(fc.constantFrom("a", "b", " ", "1", "-", "'", "ab"), { maxLength: 14 }).map((parts) => parts.join(""));
    await assertProperty(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), text, (pieces, written) => {
        const source = pieces.join("");
        const expression = readPattern(source).text;
        const plain = withPlainGaps(written).text;
        const wanted: string[] = [];
        let end = 0;
        for (let at = 0; at < plain.length; at++) {
          if (at < end || plain[at] === " " || /[a-z0-9]/.test(plain[at - 1] ?? "")) continue;
          expression.lastIndex = at;
          const found = expression.exec(plain)?.[0] ?? "";
          if (found === "") continue;
          wanted.push(found);
          end = at + found.length;
        }
        expect(hits(source, plain)).toEqual(wanted);
      }),
    );
  });

  test("law: no expression repeats without bound, so that a text is read in time linear in its length", async () => {
    const quantifier = fc.constantFrom("*", "+", "{2,}", "*?", "+?", "{0,3}");
    const repeated = fc.tuple(fc.constantFrom("a", "\\w", "[ab]", "(a|b )", "(?:a b)", " "), quantifier);
    await assertProperty(
      fc.property(fc.array(repeated, { minLength: 1, maxLength: 5 }), (parts) => {
        const { text, runTogether } = readPattern(parts.map(([unit, repeat]) => unit + repeat).join(""));
        expect([...unbounded(text.source), ...unbounded(runTogether.source)]).toEqual([]);
      }),
    );
  });

  const repeats = [
    "guarantee ",
    "turn $1 into ",
    "no no not ",
    "1.1.1.1",
    "lose 10 kg in ",
    "@a @b #c ",
    "((((",
    "a.a.a.",
    "!!!!?",
    "---'",
  ];
  test.each(repeats)("100,000 characters of %j come to an end", (unit) => {
    expect(shippedRiskPack().index.search(unit.repeat(100_000 / unit.length))).toBeDefined();
  });
});
