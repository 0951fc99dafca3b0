// The lists of a pack: `@name` stands for all patterns of a list, `{name}` inside a pattern for one of them, ` | ` parts patterns of one line.
// Each list is put together once, and read once for all the patterns it stands in.
import { DomainError } from "../../domain/index.ts";
import type { RiskPack } from "./packSchema.ts";
import type { PatternList } from "./indexData.ts";

import { type Alternatives, type NamedAlternatives, readAlternatives, readPattern } from "./pattern.ts";

/** Puts lines of a pack into its index. */
export type ListReader = (lines: readonly string[], path: string) => PatternList;

export interface PackLists {
  /** The patterns that lines stand for. @throws DomainError `risk-pack-invalid` with the path of the line. */
  patterns(lines: readonly string[], path: string): readonly string[];
  readonly named: NamedAlternatives;
}

export function packLists({ lists = {} }: RiskPack): PackLists {
  const known = new Map<string, readonly string[]>();
  const trees = new Map<string, Alternatives>();
  const opened: string[] = [];

  const listOf = (name: string, path: string): readonly string[] => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const lines = Object.hasOwn(lists, name) ? lists[name] : undefined;
    if (lines === undefined) throw invalidPattern(path, `the pack has no list @${name}`, `@${name}`);
    if (opened.includes(name)) throw invalidPattern(path, `the list @${name} uses itself`, `@${name}`);
    opened.push(name);
    const all = patterns(lines, path);
    opened.pop();
    known.set(name, all);
    return all;
  };
  const named: NamedAlternatives = (name) => {
    const found = trees.get(name) ?? listOf(name, "lists").flatMap((pattern) => readAlternatives(pattern, named));
    trees.set(name, found);
    return found;
  };
  const patterns = (lines: readonly string[], path: string): readonly string[] =>
    lines.flatMap((line, at) => {
      const where = `${path}[${at}]`;
      return line.split(" | ").flatMap((pattern) => {
        if (pattern.startsWith("@")) return listOf(pattern.slice(1), where);
        for (const [, name] of pattern.matchAll(/(?<!\\p)\{([a-z]\w*)\}/gi)) listOf(name!, where);
        requireReadable(pattern, named, where);
        return [pattern];
      });
    });
  return { patterns, named };
}

function requireReadable(pattern: string, named: NamedAlternatives, path: string): void {
  try {
    readPattern(pattern, named);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalidPattern(path, `the pattern does not compile: ${error.message}`, pattern, error);
  }
}

function invalidPattern(path: string, message: string, value: string, cause?: Error): DomainError {
  return new DomainError({ code: "risk-pack-invalid", path, message, fix: "Correct the pattern or the list.", value }, cause && { cause });
}
