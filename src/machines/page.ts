// docs/machines.md: the machines as a page, made from the machines themselves; a test holds the page against them.
import { describeMachine, type MachineDescription, type TransitionDescription } from "./describe.ts";
import { definitions } from "./definitions.ts";
import { duration, mermaidOf } from "./diagram.ts";
import { nextActions } from "./post/nextActions.ts";

/** The whole page, or one machine's part of it. */
export function machinesPage(names: readonly string[] = Object.keys(definitions)): string {
  const parts = names.map((name) => machinePart(describeMachine(definitions[name]!.machine)));
  return [
    "# The machines",
    "",
    "Made by `expos machines --format markdown > docs/machines.md`; do not edit. How a service embeds them: [embedding.md](embedding.md).",
    "",
    "Candidates of one event are tried in the order given; the first whose condition holds is taken. An event that a state does not name changes nothing.",
    "",
    ...parts,
    ...(names.includes("post") ? [actionsPart()] : []),
  ].join("\n");
}

function actionsPart(): string {
  return [
    "## What to do about a post",
    "",
    `Version ${nextActions.version}, as of ${nextActions.asOf}. By where it stands; after a refusal by the class of the error, and of two retry words the stricter one. None of them is a licence to send the same post again.`,
    "",
    "| state | safety of repeating | retry | next action | in words |",
    "|---|---|---|---|---|",
    ...Object.entries(nextActions.states).map(
      ([state, { safety, retry, action, say }]) => `| \`${state}\` | ${safety} | ${retry} | ${action} | ${cell(say)} |`,
    ),
    "",
    "| error class | retry | next action | in words | signal of the account |",
    "|---|---|---|---|---|",
    ...Object.entries(nextActions.classes).map(
      ([name, { retry, action, say, signal }]) => `| \`${name}\` | ${retry} | ${action} | ${cell(say)} | ${signal ?? ""} |`,
    ),
    "",
  ].join("\n");
}

function machinePart(machine: MachineDescription): string {
  return [
    `## ${machine.machine}`,
    "",
    `Version ${machine.version}; begins in \`${machine.initial}\`.`,
    "",
    "```mermaid",
    mermaidOf(machine).trimEnd(),
    "```",
    "",
    "### States",
    "",
    "| state | meaning | leaves or stays by |",
    "|---|---|---|",
    ...machine.states.map(
      ({ name, meaning, final, transitions }) =>
        `| \`${name}\`${final ? " (end)" : ""} | ${cell(meaning)} | ${transitions.map(transitionText).join("<br>")} |`,
    ),
    "",
    "### Events",
    "",
    "| event | sent by | meaning | fields | taken in |",
    "|---|---|---|---|---|",
    ...machine.events.map(
      ({ type, sender, meaning, fields }) =>
        `| \`${type}\` | ${sender} | ${cell(meaning)} | ${fields.map((field) => `\`${field}\``).join(", ")} | ${machine.states
          .filter(({ transitions }) => transitions.some(({ event }) => event === type))
          .map(({ name }) => name)
          .join(", ")} |`,
    ),
    "",
  ].join("\n");
}

function transitionText({ event, guard, target, afterMs }: TransitionDescription): string {
  const cause = afterMs === null ? `\`${event}\`` : `\`${event}\` (after ${duration(afterMs)})`;
  return `${cause}${guard === null ? "" : ` if ${guard}`}${target === null ? "" : ` → ${target}`}`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
