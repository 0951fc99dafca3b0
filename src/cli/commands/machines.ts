// `expos machines`: the lifecycles as text, picture or data; `expos machines next`: what may be done with a row, and what not and why.
import { DomainError } from "../../domain/index.ts";
import {
  definitions,
  describeMachine,
  machinesPage,
  mermaidOf,
  nextSteps,
  parseRow,
  svgOf,
  type MachineDescription,
} from "../../machines/index.ts";
import type { CommandResult } from "../command.ts";
import { readDocumentFile, type TextFileKind } from "../textFile.ts";

export type Format = "mermaid" | "json" | "svg" | "markdown";

/**
 * Without a name all machines, with one only that.
 * @throws DomainError `machine-unknown`, or `format-unsuited` for an SVG of several.
 */
export function run(name: string | undefined, format: Format | undefined): CommandResult {
  const names = name === undefined ? Object.keys(definitions) : [known(name)];
  const described = names.map((each) => describeMachine(definitions[each]!.machine));
  const document = { machines: described };
  switch (format) {
    case undefined:
      return { document, text: described.map(overview).join("\n") };
    case "json":
      return { document, text: JSON.stringify(document, null, 2) };
    case "mermaid":
      return { document, text: described.map(mermaidOf).join("\n") };
    case "markdown":
      return { document, text: machinesPage(names) };
    case "svg": {
      const [only, ...others] = described;
      if (only === undefined || others.length > 0)
        throw new DomainError({
          code: "format-unsuited",
          path: "--format",
          message: "One SVG shows one machine.",
          fix: `Name it: expos machines ${names[0]} --format svg.`,
          value: format,
        });
      return { document, text: svgOf(only) };
    }
    default:
      return format satisfies never;
  }
}

const rowFile: TextFileKind = {
  name: "row",
  bytesMax: 1024 * 1024,
  fixes: { tooLarge: "Give one row, not a table.", unreadable: "Give a row as a host returned it, stored as JSON." },
};

/**
 * @param file a row as JSON, as a host gave it
 * @throws DomainError `row-unreadable`, `row-too-large`, `row-invalid`, `row-corrupt`, `row-version`, `machine-unknown`
 */
export function runNext(file: string): CommandResult {
  const row = parseRow(readDocumentFile(file, rowFile));
  const steps = nextSteps(definitions[known(row.machine)]!.machine, row);
  const list = (lines: string[], none: string) => (lines.length === 0 ? [`  ${none}`] : lines.map((line) => `  ${line}`));
  const waits = [
    ...steps.awaited.map((step) => `${step.event} from ${step.sender}${"target" in step ? ` -> ${step.target}` : ` (${step.reason})`}`),
    ...steps.timers.map(
      ({ event, dueAt, target }) => `${event} at ${new Date(dueAt).toISOString()}${target === null ? "" : ` -> ${target}`}`,
    ),
  ];
  const text = [
    `${steps.key} is ${steps.state}: ${steps.meaning}`,
    ...(steps.nextAction === null ? [] : [`Next: ${steps.nextAction.say} (${steps.nextAction.action}; retry: ${steps.nextAction.retry})`]),
    "",
    "You may",
    ...list(
      steps.allowed.map(({ event, meaning, target }) => `${event} -> ${target}: ${meaning}`),
      "do nothing now",
    ),
    "Refused",
    ...list(
      steps.refused.map(({ event, reason }) => `${event}: ${reason}`),
      "nothing",
    ),
    "Waits for",
    ...list(waits, "nothing"),
  ];
  return { document: steps, text: text.join("\n") };
}

function overview({ machine, version, states }: MachineDescription): string {
  const width = Math.max(...states.map(({ name }) => name.length));
  return [
    `${machine} (version ${version})`,
    ...states.map(({ name, meaning, final }) => `  ${name.padEnd(width)}  ${meaning}${final ? " (end)" : ""}`),
    "",
  ].join("\n");
}

function known(name: string): string {
  if (Object.hasOwn(definitions, name)) return name;
  throw new DomainError({
    code: "machine-unknown",
    path: "machine",
    message: `There is no machine ${name}.`,
    fix: `Use one of ${Object.keys(definitions).join(", ")}.`,
    value: name,
  });
}
