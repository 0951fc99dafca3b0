// One rule on one text, by kind: existence, pattern, near, together, conditional, position (preflight note 2.5).
import type { CompiledRule } from "./compiledRule.ts";
import { originalSpan } from "./normalise.ts";
import type { PatternList } from "./indexData.ts";
import type { Hit } from "./patternIndex.ts";
import type { SearchedReading, SearchedText } from "./searchedText.ts";
import { type Layout, wordsBetween } from "./sentences.ts";
import { conditionHolds, type Meta, metaPath } from "./metaCondition.ts";

export interface RuleContext {
  readonly meta: Meta;
  readonly platforms: readonly string[];
}

export interface Finding {
  /** In the original text; absent where the finding is that something is missing. */
  readonly span?: readonly [number, number];
  /** True if the text itself denies or only reports what was found. */
  readonly isDenied: boolean;
  /** The metadata field that a condition needs and nobody gave. */
  readonly unknownMeta?: string;
}

/** Findings of a rule in a text, in the order of the text, each span once. */
export function findRule(compiled: CompiledRule, text: SearchedText, context: RuleContext): Finding[] {
  const { rule, lists, classes } = compiled;
  switch (rule.kind) {
    case "existence":
    case "pattern":
      return inReadings([...text.spaced, ...text.runTogether], compiled, ({ hits }) => hits.of(lists.any!).map((hit) => ({ hits: [hit] })));
    case "near":
    case "together":
      return inReadings([...text.spaced, ...text.runTogether], compiled, (reading) => together(classes, rule.within, reading));
    case "evidence":
      return inReadings([...text.spaced, ...text.runTogether], compiled, (reading) => evidence(classes, rule, reading));
    case "position":
      return positionFindings(compiled, text);
    case "conditional":
      return conditionalFindings(compiled, text, context);
    default:
      return rule satisfies never;
  }
}

/** Hits that make one finding together, in the order of the text. */
interface Match {
  readonly hits: readonly Hit[];
  /** Where the kind of rule knows better than the cues around the whole. */
  readonly isDenied?: boolean;
}

function inReadings(
  readings: readonly SearchedReading[],
  { lists: { unless } }: CompiledRule,
  match: (reading: SearchedReading) => readonly Match[],
): Finding[] {
  const found = new Map<string, Finding>();
  for (const reading of readings) {
    const matches = match(reading);
    if (matches.length === 0) continue;
    const { sentence } = reading.layout;
    const otherMeanings = new Set(unless === undefined ? [] : reading.hits.of(unless).map(([from]) => sentence[from]));
    for (const parts of matches) {
      const [from, to] = [parts.hits[0]![0], Math.max(...parts.hits.map(([, end]) => end))];
      if (parts.hits.some(([start]) => otherMeanings.has(sentence[start]))) continue;
      const span = originalSpan(reading.reading, from, to);
      const isDenied = parts.isDenied ?? reading.cues().denies(parts.hits);
      const known = found.get(span.join());
      // Two readings of one place: the stricter counts.
      if (known === undefined || (known.isDenied && !isDenied)) found.set(span.join(), { span, isDenied });
    }
  }
  return [...found.values()].sort((a, b) => a.span![0] - b.span![0]);
}

/** For each hit of the first class the nearest of every other, in one sentence and within so many words. O(hits). */
function together([first, ...others]: readonly PatternList[], within: number, reading: SearchedReading): Match[] {
  const { layout, hits } = reading;
  const anchors = hits.of(first!);
  if (anchors.length === 0) return [];
  const classes = others.map((list) => hits.of(list));
  if (classes.some((found) => found.length === 0)) return [];
  const cursors = classes.map(() => 0);
  return anchors.flatMap((anchor): Match[] => {
    const parts: Hit[] = [anchor];
    for (const [at, found] of classes.entries()) {
      const next = (cursors[at] = firstAfter(found, anchor[1], cursors[at]!));
      const nearest = [previousOf(found, next, anchor), found[next]]
        .filter((hit) => hit !== undefined && layout.sentence[hit[0]] === layout.sentence[anchor[0]])
        .map((hit) => ({ hit: hit!, gap: wordsApart(layout, hit!, anchor) }))
        .filter(({ gap }) => gap <= within)
        .toSorted((one, other) => one.gap - other.gap)[0];
      if (nearest === undefined) return [];
      parts.push(nearest.hit);
    }
    return [{ hits: inOrder(parts) }];
  });
}

/** Topics with signs of enough classes around them. What is denied counts as a sign of a denied finding only. O(hits x classes). */
function evidence([topic, ...signs]: readonly PatternList[], rule: { within: number; atLeast: number }, reading: SearchedReading): Match[] {
  const { layout, hits } = reading;
  const classes = signs.map((list) => hits.of(list)).filter((found) => found.length > 0);
  const topics = classes.length < rule.atLeast ? [] : hits.of(topic!);
  const cursors = classes.map(() => 0);
  return topics.flatMap((anchor): Match[] => {
    const near = classes.flatMap((found, at): Sign[] => {
      const next = (cursors[at] = firstAfter(found, anchor[1], cursors[at]!));
      return [previousOf(found, next, anchor), found[next]]
        .filter((hit) => hit !== undefined && wordsApart(layout, hit, anchor) <= rule.within)
        .map((hit) => ({ hit: hit!, class: at, isDenied: reading.cues().denies([hit!]) }));
    });
    const affirmed = ofDifferentClasses(near.filter(({ isDenied }) => !isDenied));
    const isDenied = affirmed.length < rule.atLeast || reading.cues().denies([anchor]);
    const parts = isDenied ? ofDifferentClasses(near) : affirmed;
    return parts.length < rule.atLeast ? [] : [{ hits: inOrder([anchor, ...parts]), isDenied }];
  });
}

interface Sign {
  readonly hit: Hit;
  readonly class: number;
  readonly isDenied: boolean;
}

/** One hit a class, none that overlaps another: a phrase that two classes hold is one sign. */
function ofDifferentClasses(signs: readonly Sign[]): Hit[] {
  const chosen: Sign[] = [];
  for (const sign of signs) if (!chosen.some((other) => other.class === sign.class || overlap(other.hit, sign.hit))) chosen.push(sign);
  return chosen.map(({ hit }) => hit);
}

function overlap(one: Hit, other: Hit): boolean {
  return one[0] < other[1] && other[0] < one[1];
}

function inOrder(hits: readonly Hit[]): Hit[] {
  return hits.toSorted((one, other) => one[0] - other[0] || one[1] - other[1]);
}

/** The first hit that begins at or after a place, looked for from a cursor on. */
function firstAfter(hits: readonly Hit[], place: number, cursor: number): number {
  let next = cursor;
  while (next < hits.length && hits[next]![0] < place) next++;
  return next;
}

/** The last hit before an anchor that does not overlap it. */
function previousOf(hits: readonly Hit[], next: number, anchor: Hit): Hit | undefined {
  let previous = next - 1;
  while (previous >= 0 && hits[previous]![1] > anchor[0]) previous--;
  return hits[previous];
}

function wordsApart(layout: Layout, one: Hit, other: Hit): number {
  return one[0] < other[0] ? wordsBetween(layout, one[1], other[0]) : wordsBetween(layout, other[1], one[0]);
}

function conditionalFindings(compiled: CompiledRule, { plain, view }: SearchedText, context: RuleContext): Finding[] {
  const { rule, lists } = compiled;
  if (rule.kind !== "conditional") return [];
  const trigger = lists.if === undefined ? undefined : plain.hits.of(lists.if)[0];
  if (lists.if !== undefined && trigger === undefined) return [];
  if (lists.and !== undefined && plain.hits.of(lists.and).length === 0) return [];
  const condition = rule.ifMeta === undefined ? "yes" : conditionHolds(rule.ifMeta, context.meta);
  if (condition === "no") return [];
  const where = trigger === undefined ? {} : { span: originalSpan(view.plain.reading, trigger[0], trigger[1]) };
  const missing = requirementOf(compiled, plain, context);
  // What is required is there: then it does not matter whether it had to be.
  if (missing === "nothing") return [];
  if (condition === "unknown") return [{ isDenied: false, unknownMeta: metaPath(rule.ifMeta!) }];
  return [{ ...where, isDenied: false, ...(missing === "unknown" && { unknownMeta: metaPath(rule.requireMeta!) }) }];
}

/** Whether the text and metadata a conditional rule requires are there. */
function requirementOf(
  { rule, lists, requireEach }: CompiledRule,
  { reading, hits }: SearchedReading,
  { meta, platforms }: RuleContext,
): "nothing" | "something" | "unknown" {
  if (rule.kind !== "conditional") return "nothing";
  const end = rule.withinFirstChars ?? Infinity;
  const isThere = (list: PatternList): boolean => hits.of(list).some(([, to]) => reading.ends[to - 1]! <= end);
  if (!requireEach.every(isThere)) return "something";
  if (lists.requireAny !== undefined && !isThere(lists.requireAny)) return "something";
  const flags = platforms.flatMap((platform) => rule.requireMetaByPlatform?.[platform] ?? []);
  if (flags.some((flag) => meta[flag] !== true)) return "something";
  const met = rule.requireMeta === undefined ? "yes" : conditionHolds(rule.requireMeta, meta);
  return met === "yes" ? "nothing" : met === "no" ? "something" : "unknown";
}

/** Speaks where the pattern is there, but only buried: below the first lines, or in a run of hashtags. */
function positionFindings({ rule, lists }: CompiledRule, { plain: { reading, hits } }: SearchedText): Finding[] {
  if (rule.kind !== "position") return [];
  const { text } = reading;
  const found = hits.of(lists.any!);
  const runs = rule.notInsideHashtagRunOf === undefined ? [] : hashtagRuns(text, rule.notInsideHashtagRunOf);
  const headEnd = endOfLines(text, rule.maxFirstLines);
  const isBuried = ([from]: Hit): boolean => from >= headEnd || runs.some(([start, end]) => start <= from && from < end);
  return found.every(isBuried) ? found.map(([from, to]) => ({ span: originalSpan(reading, from, to), isDenied: false })) : [];
}

/** Where the first so many lines end; empty ones do not count, since nobody reads them. */
function endOfLines(text: string, lines: number): number {
  const written = [...text.matchAll(/^.*\S.*$/gm)];
  const last = written[lines - 1];
  return last === undefined ? text.length : last.index + last[0].length;
}

function hashtagRuns(text: string, length: number): Hit[] {
  return [...text.matchAll(/#[\p{L}\p{N}_]+(?:\s*#[\p{L}\p{N}_]+)*/gu)]
    .filter(([run]) => run.split("#").length > length)
    .map(({ 0: run, index }): Hit => [index, index + run.length]);
}
