// Loads a rule pack: schema, lists, every pattern read, every sample tried. A pack that does not do what it says is refused as a whole.
import { isoDateMs } from "../../canon/index.ts";
import { DomainError, parseWith } from "../../domain/index.ts";
import type { CompiledRule, PatternKey } from "./compiledRule.ts";
import { findRule } from "./findRule.ts";
import { type NegationReader, negationReader } from "./negation.ts";
import { type RiskPack, riskPackSchema, type RiskRule } from "./packSchema.ts";
import { readPattern } from "./pattern.ts";
import { PatternIndex, type PatternList } from "./patternIndex.ts";
import { searchText } from "./searchedText.ts";
import { textView } from "./textView.ts";

export interface CompiledPack {
  readonly version: string;
  readonly language: string;
  readonly expiresMs: number;
  readonly rules: readonly CompiledRule[];
  readonly index: PatternIndex;
  readonly negation: NegationReader;
}

/**
 * @param file named in errors, where the pack came from one.
 * @throws DomainError `risk-pack-invalid` with the path of the field, pattern or sample.
 */
export function compileRiskPack(document: unknown, file?: string): CompiledPack {
  const pack = parseWith(riskPackSchema, document, { code: "risk-pack-invalid", ...(file !== undefined && { file }) });
  const at = (path: string): string => (file === undefined ? path : `${file}: ${path}`);
  const compiled = compilePack(pack, at);
  compiled.rules.forEach((rule, index) => trySamples(rule, compiled, at(`rules[${index}].samples`)));
  return compiled;
}

/** Without the samples: for a pack whose samples were tried before it was shipped. */
export function compilePack(pack: RiskPack, at: (path: string) => string = (path) => path): CompiledPack {
  const ids = new Set<string>();
  for (const [index, { id }] of pack.rules.entries()) {
    if (ids.has(id)) throw invalid(at(`rules[${index}].id`), `another rule is already called "${id}"`, "Give each rule its own id.", id);
    ids.add(id);
  }
  const patternIndex = new PatternIndex();
  return {
    version: pack.packVersion,
    language: pack.language,
    expiresMs: pack.expires === undefined ? Infinity : isoDateMs(pack.expires),
    rules: pack.rules.map((rule, index) => compileRule(rule, pack, patternIndex, at(`rules[${index}]`))),
    index: patternIndex,
    negation: compiling(at("engine"), () => negationReader({ engine: expandedEngine(pack, at("engine")) }, patternIndex)),
  };
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

const patternKeys: readonly PatternKey[] = ["any", "if", "and", "requireAny", "unless"];

function compileRule(rule: RiskRule, pack: RiskPack, index: PatternIndex, path: string): CompiledRule {
  const lists: Partial<Record<PatternKey, PatternList>> = {};
  const fields = rule as Partial<Record<PatternKey | "require", readonly string[]>>;
  const compile = (list: readonly string[], where: string): PatternList => compileList(expand(list, pack, where), index, where);
  for (const key of patternKeys) if (fields[key] !== undefined) lists[key] = compile(fields[key], `${path}.${key}`);
  const classes = classesOf(rule).map(([key, list]) => compile(list, `${path}.${key}`));
  const requireEach = (fields.require ?? []).map((pattern, at) => compile([pattern], `${path}.require[${at}]`));
  return { rule, lists, classes, requireEach };
}

/** The classes of a rule by their place in the document. */
function classesOf(rule: RiskRule): [key: string, list: readonly string[]][] {
  const numbered = (key: string, all: readonly (readonly string[])[]): [string, readonly string[]][] =>
    all.map((list, at) => [`${key}[${at}]`, list]);
  if (rule.kind === "near") return Object.entries({ left: rule.left, right: rule.right });
  if (rule.kind === "together") return numbered("all", rule.all);
  return rule.kind === "evidence" ? [["topic", rule.topic], ...numbered("signs", rule.signs)] : [];
}

function compileList(list: readonly string[], index: PatternIndex, path: string): PatternList {
  try {
    return index.add(list);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Say which one it is.
    for (const [at, pattern] of list.entries()) compiling(`${path}[${at}]`, () => readPattern(pattern), pattern);
    throw error;
  }
}

/** `@name` stands for a list, `{name}` inside a pattern for one of its patterns; lists may use other lists. */
function expand(list: readonly string[], pack: RiskPack, path: string, depth = 0): string[] {
  return list.flatMap((pattern, index) => {
    const where = `${path}[${index}]`;
    if (pattern.startsWith("@")) return expand(listOf(pattern.slice(1), pack, where, depth), pack, where, depth + 1);
    return [
      pattern.replace(
        /\{([a-z]\w*)\}/giu,
        (_, name: string) => `(?:${expand(listOf(name, pack, where, depth), pack, where, depth + 1).join("|")})`,
      ),
    ];
  });
}

const listDepthMax = 5;

function listOf(name: string, { lists = {} }: RiskPack, path: string, depth: number): readonly string[] {
  const found = Object.hasOwn(lists, name) ? lists[name] : undefined;
  if (found === undefined || depth > listDepthMax)
    throw invalid(
      path,
      found === undefined ? `the pack has no list @${name}` : `the list @${name} uses itself`,
      `Use one of ${Object.keys(lists).join(", ")} or write the patterns here.`,
      `@${name}`,
    );
  return found;
}

function expandedEngine(pack: RiskPack, path: string): RiskPack["engine"] {
  const lists = Object.entries(pack.engine).filter(([key, value]) => Array.isArray(value) && key !== "normalise" && key !== "fillers");
  return { ...pack.engine, ...Object.fromEntries(lists.map(([key, list]) => [key, expand(list as string[], pack, `${path}.${key}`)])) };
}

/** A pattern that does not compile is the document's fault. */
function compiling<Result>(path: string, compile: () => Result, value?: string): Result {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(path, `the pattern does not compile: ${error.message}`, "Correct the pattern.", value, error);
  }
}

function trySamples(compiled: CompiledRule, pack: CompiledPack, path: string): void {
  const { samples } = compiled.rule;
  if (samples === undefined) return;
  const finds = (sample: string): boolean =>
    findRule(compiled, searchText(textView(sample), pack), { meta: {}, platforms: [] }).some(({ isDenied }) => !isDenied);
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
