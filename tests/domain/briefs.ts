// The example briefs and inputs of the repository, as tests read them.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Brief, readBrief } from "../../src/domain/index.ts";

export const exampleBriefs = ["batch-hook", "micro-hook", "engagement-reply", "lane-reliability"] as const;

/** A fresh copy of an example brief as its author wrote it. */
export function writtenBrief(name: (typeof exampleBriefs)[number]): Record<string, unknown> {
  return parse(readFileSync(`examples/briefs/${name}.yaml`, "utf8")) as Record<string, unknown>;
}

export function exampleBrief(name: (typeof exampleBriefs)[number]): Brief {
  return readBrief(writtenBrief(name));
}

export function exampleInput(name: string, kind: "valid" | "broken"): unknown {
  return JSON.parse(readFileSync(`examples/inputs/${name}.${kind}.json`, "utf8"));
}

/** Sets the value at a path of keys; undefined deletes it. */
export function edited(document: Record<string, unknown>, path: readonly (string | number)[], value: unknown): Record<string, unknown> {
  const copy = structuredClone(document);
  const holder = path.slice(0, -1).reduce<Record<string | number, unknown>>((inner, key) => inner[key] as Record<string, unknown>, copy);
  const last = path.at(-1)!;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}
