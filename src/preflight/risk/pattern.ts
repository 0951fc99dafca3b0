// How a pattern of a rule pack is read: a regular expression over the normalised text in which a space stands for any gap between words, and a
// letter or digit on either side prevents a match (engine.patternSyntax of the pack).

/** Between words: spaces, line ends, hyphens and the signs that people put around words. */
const gap = String.raw`[\s_*~"'-]+`;
const optionalGap = String.raw`[\s_*~"'-]*`;

/** @throws SyntaxError where the pattern is not a regular expression. */
export function compilePatterns(patterns: readonly string[], spaces: "gaps" | "runTogether" = "gaps"): RegExp {
  const bodies = patterns.map((pattern) => withGaps(pattern, spaces === "gaps" ? gap : optionalGap));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${bodies.map((body) => `(?:${body})`).join("|")})(?![\\p{L}\\p{N}])`, "gu");
}

/** Replaces each space outside a character class; `" ?"` and `" *"` are an optional gap. */
function withGaps(pattern: string, gapOfWords: string): string {
  let result = "";
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === "\\") {
      result += character + (pattern[at + 1] ?? "");
      at++;
    } else if (character === " " && !inClass) {
      const isOptional = pattern[at + 1] === "?" || pattern[at + 1] === "*";
      result += isOptional ? optionalGap : gapOfWords;
      if (isOptional) at++;
    } else {
      if (character === "[") inClass = true;
      if (character === "]") inClass = false;
      result += character;
    }
  }
  return result;
}

export type Hit = readonly [from: number, to: number];

export function hitsOf(pattern: RegExp, text: string): Hit[] {
  return [...text.matchAll(pattern)].flatMap((found): Hit[] =>
    found[0].length === 0 ? [] : [[found.index, found.index + found[0].length]],
  );
}
