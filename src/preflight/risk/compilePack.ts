// Loads a rule pack: schema, lists, every pattern read, every sample tried. A pack that does not do what it says is refused as a whole.
import { isoDateMs } from "../../canon/index.ts";
import { DomainError, parseWith } from "../../domain/index.ts";
import type { CompiledRule, PatternKey } from "./compiledRule.ts";
import { findRule } from "./findRule.ts";
import { type NegationReader, negationReader } from "./negation.ts";
import { type ListReader, packLists } from "./packLists.ts";
import { type RiskPack, riskPackSchema, type RiskRule } from "./packSchema.ts";
import { IndexBuilder, type IndexData, type PatternList } from "./indexData.ts";
import { PatternIndex } from "./patternIndex.ts";
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
  const compiled = restorePack(pack, packData(pack, at));
  compiled.rules.forEach((rule, index) => trySamples(rule, compiled, at(`rules[${index}].samples`)));
  return compiled;
}

/** What compiling a pack found out, as data: the index, and the number of the list for each place of the pack that has one, in their order. */
export interface CompiledPackData extends IndexData {
  readonly places: string;
}

/** What compiling a pack found out, as data: the index, and the number of the list for each place of the pack that has one, in their order. */
export interface CompiledPackData extends IndexData {
  readonly places: string;
}

/** For a pack whose shape, patterns and samples were tried before it was shipped. */
export function restorePack(pack: RiskPack, data: CompiledPackData): CompiledPack {
  const places = data.places.split(" ");
  let place = 0;
  return assemble(pack, new PatternIndex(data, packLists(pack).named), () => Number(places[place++]));
}

export function packData(pack: RiskPack, at: (path: string) => string = (path) => path): CompiledPackData {
  const ids = new Set<string>();
  for (const [index, { id }] of pack.rules.entries()) {
    if (ids.has(id)) throw invalid(at(`rules[${index}].id`), `another rule is already called "${id}"`, "Give each rule its own id.", id);
    ids.add(id);
  }
  const lists = packLists(pack);
  const builder = new IndexBuilder(lists.named);
  const places: PatternList[] = [];
  const note: ListReader = (lines, path) => places[places.push(builder.add(lines.join("\n"), () => lists.patterns(lines, at(path)))) - 1]!;
  pack.rules.forEach((rule, place) => compileRule(rule, note, `rules[${place}]`));
  negationReader(pack, note);
  return { ...builder.data(), places: places.join(" ") };
}

function assemble(pack: RiskPack, index: PatternIndex, listed: ListReader): CompiledPack {
  return {
    version: pack.packVersion,
    language: pack.language,
    expiresMs: pack.expires === undefined ? Infinity : isoDateMs(pack.expires),
    rules: pack.rules.map((rule, place) => compileRule(rule, listed, `rules[${place}]`)),
    index,
    negation: negationReader(pack, listed),
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

function compileRule(rule: RiskRule, listed: ListReader, path: string): CompiledRule {
  const lists: Partial<Record<PatternKey, PatternList>> = {};
  const fields = rule as Partial<Record<PatternKey | "require", readonly string[]>>;
  for (const key of patternKeys) if (fields[key] !== undefined) lists[key] = listed(fields[key], `${path}.${key}`);
  const classes = classesOf(rule).map(([key, list]) => listed(list, `${path}.${key}`));
  const requireEach = (fields.require ?? []).map((pattern, at) => listed([pattern], `${path}.require[${at}]`));
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
