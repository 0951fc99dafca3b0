// Loads a rule pack: schema, lists, every pattern compiled, every sample tried. A pack that does not do what it says is refused as a whole.
import { isoDateMs } from "../../canon/index.ts";
import { DomainError, parseWith } from "../../domain/index.ts";
import type { CompiledRule, PatternKey, Patterns } from "./compiledRule.ts";
import { type NegationReader, negationReader } from "./negation.ts";
import { type RiskPack, riskPackSchema, type RiskRule } from "./packSchema.ts";
import { compilePatterns } from "./pattern.ts";
import { findRule } from "./findRule.ts";
import { textView } from "./textView.ts";

export interface CompiledPack {
  readonly version: string;
  readonly language: string;
  readonly expiresMs: number;
  readonly rules: readonly CompiledRule[];
  readonly negation: NegationReader;
}

/**
 * @param file named in errors, where the pack came from one.
 * @throws DomainError `risk-pack-invalid` with the path of the field, pattern or sample.
 */
export function compileRiskPack(document: unknown, file?: string): CompiledPack {
  const where = { code: "risk-pack-invalid", ...(file !== undefined && { file }) };
  const pack = parseWith(riskPackSchema, document, where);
  const at = (path: string): string => (file === undefined ? path : `${file}: ${path}`);
  const ids = new Set<string>();
  for (const [index, { id }] of pack.rules.entries()) {
    if (ids.has(id)) throw invalid(at(`rules[${index}].id`), `another rule is already called "${id}"`, "Give each rule its own id.", id);
    ids.add(id);
  }
  const compiled: CompiledPack = {
    version: pack.packVersion,
    language: pack.language,
    expiresMs: pack.expires === undefined ? Infinity : isoDateMs(pack.expires),
    rules: pack.rules.map((rule, index) => compileRule(rule, pack, at(`rules[${index}]`))),
    negation: compiling(at("engine"), () => negationReader(pack)),
  };
  compiled.rules.forEach((rule, index) => trySamples(rule, compiled, at(`rules[${index}].samples`)));
  return compiled;
}

/** Refuses a pack past its day. @throws DomainError `risk-pack-expired`. */
export function requireCurrent(pack: CompiledPack, atMs: number): void {
  if (atMs >= pack.expiresMs)
    throw new DomainError({
      code: "risk-pack-expired",
      path: "riskPacks.expires",
      message: `rule pack ${pack.version} has expired`,
      fix: "Let a lawyer review the pack, then give it a new version and a later day in expires.",
      value: pack.version,
    });
}

const patternKeys: readonly PatternKey[] = ["any", "left", "right", "if", "and", "require", "requireAny"];

function compileRule(rule: RiskRule, pack: RiskPack, path: string): CompiledRule {
  const patterns: Partial<Record<PatternKey, Patterns>> = {};
  const fields = rule as Partial<Record<PatternKey, readonly string[]>>;
  for (const key of patternKeys) {
    const list = fields[key];
    if (list === undefined) continue;
    const expanded = expand(list, pack, `${path}.${key}`);
    patterns[key] = compileList(expanded, `${path}.${key}`);
  }
  const requireEach = expand(fields.require ?? [], pack, `${path}.require`).map((pattern) => compilePatterns([pattern]));
  return { rule, patterns, requireEach };
}

function compileList(list: readonly string[], path: string): Patterns {
  let text: RegExp;
  try {
    text = compilePatterns(list);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Together they do not compile: say which one it is.
    for (const [index, pattern] of list.entries()) compiling(`${path}[${index}]`, () => compilePatterns([pattern]), pattern);
    throw error;
  }
  let runTogether: RegExp | undefined;
  return { text, runTogether: () => (runTogether ??= compilePatterns(list, "runTogether")) };
}

function expand(list: readonly string[], { lists = {} }: RiskPack, path: string): string[] {
  return list.flatMap((pattern, index) => {
    if (!pattern.startsWith("@")) return [pattern];
    const found = Object.hasOwn(lists, pattern.slice(1)) ? lists[pattern.slice(1)] : undefined;
    if (found === undefined)
      throw invalid(
        `${path}[${index}]`,
        `the pack has no list ${pattern}`,
        `Use one of ${Object.keys(lists).join(", ")} or write the patterns here.`,
        pattern,
      );
    return found;
  });
}

/** A pattern that does not compile is the document's fault. */
function compiling<Result>(path: string, compile: () => Result, value?: string): Result {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(path, `the pattern does not compile: ${error.message}`, "Correct the regular expression (flag u).", value, error);
  }
}

function trySamples(compiled: CompiledRule, pack: CompiledPack, path: string): void {
  const { samples } = compiled.rule;
  if (samples === undefined) return;
  const finds = (sample: string): boolean =>
    findRule(compiled, textView(sample), { meta: {}, platforms: [], negation: pack.negation }).some(({ isDenied }) => !isDenied);
  const missed = samples.hits.findIndex((sample) => !finds(sample));
  if (missed >= 0)
    throw invalid(
      `${path}.hits[${missed}]`,
      "the rule does not find its own sample",
      "Correct the pattern or the sample.",
      samples.hits[missed],
    );
  const wrong = samples.misses.findIndex(finds);
  if (wrong >= 0)
    throw invalid(
      `${path}.misses[${wrong}]`,
      "the rule speaks where it must not",
      "Correct the pattern or the sample.",
      samples.misses[wrong],
    );
}

function invalid(path: string, message: string, fix: string, value?: string, cause?: Error): DomainError {
  return new DomainError({ code: "risk-pack-invalid", path, message, fix, ...(value !== undefined && { value }) }, cause && { cause });
}
