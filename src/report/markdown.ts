// Sections as Markdown, and their short form for a terminal.
import type { Section, Table } from "./section.ts";

export function markdownOf(title: string, subtitle: string, sections: readonly Section[]): string {
  return `${[`# ${plain(title)}`, plain(subtitle), ...sections.map(sectionMarkdown)].join("\n\n")}\n`;
}

function sectionMarkdown({ title, paragraphs = [], plot, tables = [] }: Section): string {
  const picture = plot === undefined ? [] : [`*Picture in report.html: ${plain(plot.caption)}.*`];
  return [`## ${plain(title)}`, ...paragraphs.map(plain), ...picture, ...tables.map(tableMarkdown)].join("\n\n");
}

function tableMarkdown({ caption, head, numeric, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(" | ")} |`;
  const rule = line(head.map((_, index) => (numeric.includes(index) ? "---:" : "---")));
  return [...(caption === undefined ? [] : [`**${plain(caption)}**`, ""]), line(head), rule, ...rows.map(line)].join("\n");
}

/** Text that may come from data: one line, and nothing in it is markup. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_|<>[\]]/g, (mark) => `\\${mark}`);
}

/** Sentences and tables of the sections that are not detail, in columns. */
export function terminalText(title: string, subtitle: string, sections: readonly Section[]): string {
  const body = sections
    .filter(({ detail }) => detail !== true)
    .flatMap(({ paragraphs = [], tables = [] }) => [...paragraphs, ...tables.map(tableText)]);
  return `${[`${title}\n${subtitle}`, ...body].map(withoutControl).join("\n\n")}\n`;
}

function tableText({ caption, head, numeric, rows }: Table): string {
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, column) => (numeric.includes(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  return [...(caption === undefined ? [] : [caption]), line(head), ...rows.map(line)].join("\n");
}

/** Ids come from files and must not steer a terminal. */
function withoutControl(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return text.replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, "\uFFFD");
}
