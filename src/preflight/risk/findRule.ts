// One rule on one text, by kind: existence, pattern, near, conditional, position (preflight note 2.5).
import type { CompiledRule, Patterns } from "./compiledRule.ts";
import type { NegationReader } from "./negation.ts";
import { originalSpan } from "./normalise.ts";
import { type Hit, hitsOf } from "./pattern.ts";
import { wordsBetween } from "./sentences.ts";
import type { ReadingWithLayout, TextView } from "./textView.ts";

export type MetaValue = string | number | boolean;
/** Metadata by dotted path, such as `post.materialConnection`; what is left out is not known. */
export type Meta = Readonly<Record<string, MetaValue>>;

export interface RuleContext {
  readonly meta: Meta;
  readonly platforms: readonly string[];
  readonly negation: NegationReader;
}

export interface Finding {
  /** In the original text; absent where the finding is that something is missing. */
  readonly span?: readonly [number, number];
  /** True if the sentence itself denies what was found. */
  readonly isDenied: boolean;
  /** The metadata field that a condition needs and nobody gave. */
  readonly unknownMeta?: string;
}

/** Findings of a rule in a text, in the order of the text, each span once. */
export function findRule(compiled: CompiledRule, view: TextView, context: RuleContext): Finding[] {
  const { rule, patterns } = compiled;
  switch (rule.kind) {
    case "existence":
    case "pattern":
      return inReadings(view, context, (reading, isRunTogether) =>
        hitsOf(isRunTogether ? patterns.any!.runTogether() : patterns.any!.text, reading.reading.text).map((hit) => ({ hit, inner: [] })),
      );
    case "near":
      return inReadings(view, context, (reading) => nearHits(patterns.left!, patterns.right!, rule.within, reading));
    case "position":
      return positionFindings(compiled, view);
    default:
      return conditionalFindings(compiled, view, context);
  }
}

interface Match {
  readonly hit: Hit;
  /** Gaps between the halves of the hit, in which a negator denies it. */
  readonly inner: readonly Hit[];
}

function inReadings(
  { plain, others, runTogether }: TextView,
  { negation }: RuleContext,
  match: (reading: ReadingWithLayout, isRunTogether: boolean) => Match[],
): Finding[] {
  const found = new Map<string, Finding>();
  const read = (reading: ReadingWithLayout, isRunTogether: boolean): void => {
    const matches = match(reading, isRunTogether);
    if (matches.length === 0) return;
    const cues = negation.read(reading.reading.text);
    for (const { hit, inner } of matches) {
      const span = originalSpan(reading.reading, hit[0], hit[1]);
      const isDenied = cues.denies(hit, inner, reading.layout);
      const known = found.get(span.join());
      // Two readings of one place: the stricter counts.
      if (known === undefined || (known.isDenied && !isDenied)) found.set(span.join(), { span, isDenied });
    }
  };
  read(plain, false);
  for (const other of others) read(other, false);
  for (const joined of runTogether) read(joined, true);
  return [...found.values()].sort((a, b) => a.span![0] - b.span![0]);
}

/** For each left the nearest right on either side, in one sentence. O(hits). */
function nearHits(left: Patterns, right: Patterns, within: number, { reading, layout }: ReadingWithLayout): Match[] {
  const rights = hitsOf(right.text, reading.text);
  if (rights.length === 0) return [];
  let next = 0;
  return hitsOf(left.text, reading.text).flatMap((from): Match[] => {
    while (next < rights.length && rights[next]![0] < from[1]) next++;
    let previous = next - 1;
    while (previous >= 0 && rights[previous]![1] > from[0]) previous--;
    const candidates = [rights[previous], rights[next]].flatMap((to): (Match & { gap: number })[] => {
      if (to === undefined || layout.sentence[to[0]] !== layout.sentence[from[0]]) return [];
      const [first, second] = to[0] < from[0] ? [to, from] : [from, to];
      const gap = wordsBetween(layout, first[1], second[0]);
      return gap > within ? [] : [{ hit: [first[0], second[1]], inner: [[first[1], second[0]]], gap }];
    });
    return candidates.sort((a, b) => a.gap - b.gap).slice(0, 1);
  });
}

function conditionalFindings(compiled: CompiledRule, view: TextView, context: RuleContext): Finding[] {
  const { rule, patterns } = compiled;
  const { meta } = context;
  if (rule.kind !== "conditional") return [];
  const { text } = view.plain.reading;
  const trigger = patterns.if === undefined ? undefined : hitsOf(patterns.if.text, text)[0];
  if (patterns.if !== undefined && trigger === undefined) return [];
  if (patterns.and !== undefined && hitsOf(patterns.and.text, text).length === 0) return [];
  const condition = rule.ifMeta === undefined ? "yes" : metaHolds(rule.ifMeta, meta);
  if (condition === "no") return [];
  const where = trigger === undefined ? {} : { span: originalSpan(view.plain.reading, trigger[0], trigger[1]) };
  const missing = requirementOf(compiled, view, context);
  // What is required is there: then it does not matter whether it had to be.
  if (missing === "nothing") return [];
  if (condition === "unknown") return [{ isDenied: false, unknownMeta: metaPath(rule.ifMeta!) }];
  return [{ ...where, isDenied: false, ...(missing === "unknown" && { unknownMeta: metaPath(rule.requireMeta!) }) }];
}

/** Whether the text and metadata a conditional rule requires are there. */
function requirementOf(
  { rule, patterns, requireEach }: CompiledRule,
  view: TextView,
  { meta, platforms }: RuleContext,
): "nothing" | "something" | "unknown" {
  if (rule.kind !== "conditional") return "nothing";
  const head = rule.withinFirstChars === undefined ? view.plain.reading.text : headOf(view, rule.withinFirstChars);
  if (requireEach.some((pattern) => hitsOf(pattern, head).length === 0)) return "something";
  if (patterns.requireAny !== undefined && hitsOf(patterns.requireAny.text, head).length === 0) return "something";
  const flags = platforms.flatMap((platform) => rule.requireMetaByPlatform?.[platform] ?? []);
  if (flags.some((flag) => meta[flag] !== true)) return "something";
  const met = rule.requireMeta === undefined ? "yes" : metaHolds(rule.requireMeta, meta);
  return met === "yes" ? "nothing" : met === "no" ? "something" : "unknown";
}

/** The reading of the first characters of the original. */
function headOf({ plain: { reading } }: TextView, characters: number): string {
  const end = reading.ends.findIndex((at) => at > characters);
  return end < 0 ? reading.text : reading.text.slice(0, end);
}

function metaPath(condition: string): string {
  return condition.slice(0, condition.indexOf(" "));
}

function metaHolds(condition: string, meta: Meta): "yes" | "no" | "unknown" {
  const value = meta[metaPath(condition)];
  if (value === undefined) return "unknown";
  const literal = condition.slice(condition.indexOf("===") + 4);
  const wanted: MetaValue =
    literal === "true" || literal === "false" ? literal === "true" : /^\d/.test(literal) ? Number(literal) : literal.slice(1, -1);
  return value === wanted ? "yes" : "no";
}

/** Speaks where the pattern is there, but only buried: below the first lines, or in a run of hashtags. */
function positionFindings({ rule, patterns }: CompiledRule, { plain: { reading } }: TextView): Finding[] {
  if (rule.kind !== "position") return [];
  const { text } = reading;
  const hits = hitsOf(patterns.any!.text, text);
  const runs = rule.notInsideHashtagRunOf === undefined ? [] : hashtagRuns(text, rule.notInsideHashtagRunOf);
  const headEnd = endOfLines(text, rule.maxFirstLines);
  const isBuried = ([from]: Hit): boolean => from >= headEnd || runs.some(([start, end]) => start <= from && from < end);
  return hits.every(isBuried) ? hits.map(([from, to]) => ({ span: originalSpan(reading, from, to), isDenied: false })) : [];
}

/** Where the first so many lines end; empty ones do not count, since nobody reads them. */
function endOfLines(text: string, lines: number): number {
  const written = [...text.matchAll(/^.*\S.*$/gm)];
  const last = written[lines - 1];
  return last === undefined ? text.length : last.index + last[0].length;
}

function hashtagRuns(text: string, length: number): Hit[] {
  return hitsOf(new RegExp(`(?:#[\\p{L}\\p{N}_]+\\s*){${length},}`, "gu"), text);
}
