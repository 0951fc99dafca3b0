// A machine as a picture: Mermaid text, which repositories render, and an SVG that needs nothing.
import type { MachineDescription, StateDescription, TransitionDescription } from "./describe.ts";

/** A `stateDiagram-v2`. Conditions stand in brackets, as in UML. */
export function mermaidOf({ initial, states }: MachineDescription): string {
  const lines = [
    "stateDiagram-v2",
    `  [*] --> ${idOf(initial)}`,
    ...states.filter(({ name }) => idOf(name) !== name).map(({ name }) => `  state "${name}" as ${idOf(name)}`),
    ...states.flatMap(({ name, transitions }) =>
      arrows(name, transitions).map(({ target, label }) => `  ${idOf(name)} --> ${idOf(target)} : ${label}`),
    ),
    ...states.filter(({ final }) => final).map(({ name }) => `  ${idOf(name)} --> [*]`),
  ];
  return `${lines.join("\n")}\n`;
}

const idOf = (name: string): string => name.replaceAll(".", "_");

/** One arrow for each pair of states, its labels joined: what stays in a state is no arrow. */
function arrows(name: string, transitions: readonly TransitionDescription[]): { target: string; label: string }[] {
  const leaving = transitions.filter(
    (transition) => transition.target !== null && (transition.target !== name || transition.afterMs !== null),
  );
  return [...Map.groupBy(leaving, ({ target }) => target!)].map(([target, all]) => ({
    target,
    label: [...new Set(all.map(labelOf))].join(" / "),
  }));
}

function labelOf({ event, guard, afterMs }: TransitionDescription): string {
  return `${event}${afterMs === null ? "" : ` after ${duration(afterMs)}`}${guard === null ? "" : ` [${guard}]`}`;
}

/** `7 d`, `5 min`. */
export function duration(ms: number): string {
  const [size, unit] = (
    [
      [86_400_000, "d"],
      [3_600_000, "h"],
      [60_000, "min"],
      [1000, "s"],
    ] as const
  ).find(([size]) => ms % size === 0) ?? [1, "ms"];
  return `${ms / size} ${unit}`;
}

const column = { width: 250, boxWidth: 150 };
const rowHeight = 74;
const boxHeight = 34;
const margin = 24;

/** States in columns by their distance from the first, forward arrows straight, others curved above; each arrow's events are its tooltip. */
export function svgOf(machine: MachineDescription): string {
  const place = placesOf(machine);
  const columns = Math.max(...[...place.values()].map(({ x }) => x)) + column.boxWidth;
  const height = Math.max(...[...place.values()].map(({ y }) => y)) + boxHeight;
  const edges = machine.states.flatMap(({ name, transitions }) =>
    arrows(name, transitions).map(({ target, label }) => edge(place.get(name)!, place.get(target)!, `${name} to ${target}: ${label}`)),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns + margin} ${height + margin}" width="${columns + margin}" height="${height + margin}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>${escaped(machine.machine)}, version ${machine.version}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#667"/></marker></defs>',
    ...edges,
    ...machine.states.map((state) => box(state, place.get(state.name)!, state.name === machine.initial)),
    "</svg>",
    "",
  ].join("\n");
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function placesOf({ initial, states }: MachineDescription): Map<string, Place> {
  const byName = new Map(states.map((state) => [state.name, state]));
  const depth = new Map([[initial, 0]]);
  for (const [name, at] of depth)
    for (const { target } of byName.get(name)?.transitions ?? []) if (target !== null && !depth.has(target)) depth.set(target, at + 1);
  const filled = new Map<number, number>();
  return new Map(
    states.map(({ name }) => {
      const at = depth.get(name) ?? 0;
      const line = filled.get(at) ?? 0;
      filled.set(at, line + 1);
      // Columns are staggered, so that arrows between distant columns do not hide behind boxes.
      return [name, { x: margin + at * column.width, y: margin + line * rowHeight + (at % 2) * (rowHeight / 2) }];
    }),
  );
}

function box({ name, meaning, final }: StateDescription, { x, y }: Place, initial: boolean): string {
  const stroke = final ? 'stroke="#333" stroke-width="3"' : 'stroke="#667" stroke-width="1.5"';
  return `<g><title>${escaped(meaning)}</title><rect x="${x}" y="${y}" width="${column.boxWidth}" height="${boxHeight}" rx="8" fill="${initial ? "#e4f0ff" : "#fff"}" ${stroke}/><text x="${x + column.boxWidth / 2}" y="${y + boxHeight / 2 + 4}" text-anchor="middle">${escaped(name)}</text></g>`;
}

function edge(from: Place, to: Place, tooltip: string): string {
  const middle = boxHeight / 2;
  const title = `<title>${escaped(tooltip)}</title>`;
  const line = 'fill="none" stroke="#99a" stroke-width="1.5" marker-end="url(#tip)"';
  if (from === to)
    return `<path d="M${from.x + 30} ${from.y}C${from.x + 20} ${from.y - 24},${from.x + 70} ${from.y - 24},${from.x + 60} ${from.y}" ${line}>${title}</path>`;
  if (to.x > from.x) return `<path d="M${from.x + column.boxWidth} ${from.y + middle}L${to.x} ${to.y + middle}" ${line}>${title}</path>`;
  const bend = from.x === to.x ? 60 : 0;
  return `<path d="M${from.x} ${from.y + middle}Q${(from.x + to.x) / 2 - bend} ${Math.min(from.y, to.y) - 10},${to.x + (bend > 0 ? 0 : column.boxWidth)} ${to.y + middle}" ${line}>${title}</path>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
