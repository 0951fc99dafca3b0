// `expos brief diff`: control against each test of one brief, or two briefs against each other, as a person approves them.
import pc from "picocolors";
import { type BriefComparison, compareBriefs, compareVariants, type ContentComparison, type FieldRow } from "../../intake/index.ts";
import { readBriefFile } from "../briefFile.ts";
import type { CommandResult } from "../command.ts";

/** @throws DomainError for a file that is no brief. */
export function runDiff(file: string, other: string | undefined): CommandResult {
  const brief = readBriefFile(file);
  if (other === undefined) {
    const pairs = compareVariants(brief);
    return { document: { variable: brief.variableUnderTest, pairs }, text: pairs.map(pairText).join("\n\n") };
  }
  const comparison = compareBriefs(brief, readBriefFile(other));
  return { document: comparison, text: briefsText(comparison, file, other) };
}

function briefsText({ fields, variants, onlyInOne, onlyInOther }: BriefComparison, one: string, other: string): string {
  const changed = variants.filter(({ fields }) => fields.some(({ differs }) => differs));
  const lines = [
    ...fields.map((field) => `${field.path}\n  - ${shown(field.one)}\n  + ${shown(field.other)}`),
    ...changed.map(pairText),
    ...onlyInOne.map((id) => `variant ${id} is in ${one} alone`),
    ...onlyInOther.map((id) => `variant ${id} is in ${other} alone`),
  ];
  return lines.length === 0 ? "The two briefs say the same." : lines.join("\n\n");
}

function pairText({ pair, caption, fields }: ContentComparison): string {
  const text = caption
    .map(({ change, text }) => (change === "same" ? text : change === "removed" ? pc.red(`[-${text}-]`) : pc.green(`{+${text}+}`)))
    .join("");
  const width = Math.max(...fields.map(({ field }) => field.length), 5);
  return [
    `${pair[0]} -> ${pair[1]}`,
    "",
    ...text.split("\n").map((line) => `  ${line}`),
    "",
    ...fields.flatMap((row) => rowText(row, width)),
  ].join("\n");
}

/** `*` marks the tested field, `!` one that differs and is not under test. */
function rowText({ field, tested, differs, one, other }: FieldRow, width: number): string[] {
  const mark = differs && !tested ? "!" : tested ? "*" : " ";
  const name = `  ${mark} ${field.padEnd(width)}  `;
  return differs ? [`${name}- ${shown(one)}`, `${" ".repeat(name.length)}+ ${shown(other)}`] : [`${name}= ${shown(one)}`];
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : value === undefined ? "(nothing)" : JSON.stringify(value);
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
