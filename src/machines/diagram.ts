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

const boxWidth = 160;
const boxHeight = 30;
const lineHeight = 16;
const gap = 18;
const arcStep = 9;

/**
 * States from top to bottom in the order written, beside each what leads out of it in words; arcs on the left for every change of state, dashed where
 * they lead back. Ends have a thick frame. The meaning of a state is its tooltip.
 */
export function svgOf(machine: MachineDescription): string {
  const { states } = machine;
  const left = 30 + states.length * arcStep;
  const tops: number[] = [];
  let height = gap;
  for (const { name, transitions } of states) {
    tops.push(height);
    height += Math.max(boxHeight, labelsOf(name, transitions).length * lineHeight) + gap;
  }
  const textWidth =
    7.2 * Math.max(...states.flatMap(({ name, transitions }) => labelsOf(name, transitions).map((label) => label.length)), 1);
  const width = Math.ceil(left + boxWidth + 20 + textWidth);
  const index = new Map(states.map(({ name }, at) => [name, at]));
  const arcs = states.flatMap(({ name, transitions }, from) =>
    arrows(name, transitions).map(({ target, label }) => arc(left, tops, from, index.get(target)!, `${name} to ${target}: ${label}`)),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escaped(machine.machine)}, version ${machine.version}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#556"/></marker></defs>',
    ...arcs,
    ...states.map((state, at) => box(state, left, tops[at]!, state.name === machine.initial)),
    "</svg>",
    "",
  ].join("\n");
}

/** One line for each event and where it leads; events that keep the state are joined in one. */
function labelsOf(name: string, transitions: readonly TransitionDescription[]): string[] {
  const leaving = arrows(name, transitions).map(({ target, label }) => `${label} → ${target}`);
  const kept = [...new Set(transitions.filter(({ target }) => target === null).map(labelOf))];
  return kept.length === 0 ? leaving : [...leaving, `stays: ${kept.join(" / ")}`];
}

function box({ name, meaning, final, transitions }: StateDescription, x: number, y: number, initial: boolean): string {
  const stroke = final ? 'stroke="#223" stroke-width="3"' : 'stroke="#556" stroke-width="1.5"';
  const lines = labelsOf(name, transitions).map(
    (label, at) => `<text x="${x + boxWidth + 14}" y="${y + 13 + at * lineHeight}" fill="#445">${escaped(label)}</text>`,
  );
  return [
    `<g><title>${escaped(meaning)}</title><rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="7" fill="${initial ? "#e4f0ff" : "#fff"}" ${stroke}/>`,
    `<text x="${x + boxWidth / 2}" y="${y + boxHeight / 2 + 4}" text-anchor="middle" font-size="13">${escaped(name)}</text></g>`,
    ...lines,
  ].join("");
}

/** The farther, the wider; a step back leaves lower and arrives lower than a step forward, so that the two do not cover each other. */
function arc(x: number, tops: readonly number[], from: number, to: number, tooltip: string): string {
  const back = to < from;
  const wide = (back ? 24 : 14) + Math.abs(to - from) * arcStep;
  const start = tops[from]! + boxHeight * (back ? 0.3 : 0.7);
  const end = tops[to]! + boxHeight * (back ? 0.7 : 0.3) + (from === to ? 4 : 0);
  return `<path d="M${x} ${start}C${x - wide} ${start},${x - wide} ${end},${x} ${end}" fill="none" stroke="${back ? "#a76" : "#67a"}" stroke-width="1.3"${back ? ' stroke-dasharray="4 3"' : ""} marker-end="url(#tip)"><title>${escaped(tooltip)}</title></path>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
