// A spec as the TypeScript file its authors keep: typed, strict, with nothing in it that a name or text could break.
import { sha256Hex } from "../../canon/index.ts";
import { DomainError } from "../../domain/index.ts";
import { nameOf } from "../names.ts";
import { StabilityEnum } from "../stability.ts";
import type { ExperimentSpec } from "../types.ts";
import { buildExperiment, type ExperimentDraft } from "./buildExperiment.ts";

export interface ExperimentFile {
  /** `<kebab-name>.experiment.ts` */
  readonly fileName: string;
  /** The exported constant. */
  readonly identifier: string;
  readonly source: string;
  readonly spec: ExperimentSpec;
}

/** @throws DomainError like `buildExperiment`. */
export function experimentFile(draft: ExperimentDraft): ExperimentFile {
  const spec = buildExperiment(draft);
  const name = nameOf(spec.meta)!;
  const identifier = identifierOf(name);
  return { fileName: `${kebabOf(name)}.experiment.ts`, identifier, source: sourceOf(spec, identifier), spec };
}

/** Lower-case words with hyphens. */
export function kebabOf(name: string): string {
  return wordsOf(name).join("-").toLowerCase().slice(0, fileNameLengthMax);
}

/** `sigil.onboarding.split_form` as `SigilOnboardingSplitFormExperiment`; a digit in front gets an underscore. */
export function identifierOf(name: string): string {
  const text = `${wordsOf(name)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}Experiment`;
  return /^[0-9]/.test(text) ? `_${text}` : text;
}

const fileNameLengthMax = 100;

/** ASCII alone, since file systems and compilers differ about the rest: accents are dropped, other scripts are stood for by a hash. */
function wordsOf(name: string): string[] {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "");
  const words = plain.replace(/([a-z0-9])([A-Z])/g, "$1 $2").match(/[A-Za-z0-9]+/g) ?? [];
  const isLossy = /\P{ASCII}/u.test(plain);
  return isLossy || words.length === 0 ? [...words, `x${sha256Hex(name).slice(0, 8)}`] : words;
}

function sourceOf(spec: ExperimentSpec, identifier: string): string {
  const member = Object.entries(StabilityEnum).find(([, value]) => value === spec.meta.stability)![0];
  return [
    'import { type ExperimentSpec, StabilityEnum } from "experimentation-os/spec";',
    "",
    `export const ${identifier}: ExperimentSpec = ${literal({ ...spec, meta: { ...spec.meta, stability: new Raw(`StabilityEnum.${member}`) } }, "")};`,
    "",
  ].join("\n");
}

/** An expression that stands in the source as it is. */
class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function literal(value: unknown, indent: string): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === "string") return textLiteral(value);
  if (typeof value === "boolean" || value === null || (typeof value === "number" && Number.isFinite(value))) return String(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, inner));
    return value.some((item) => typeof item === "object" && item !== null)
      ? `[\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}]`
      : `[${items.join(", ")}]`;
  }
  if (typeof value !== "object")
    throw new DomainError({
      code: "value-unwritable",
      path: "",
      message: `a ${typeof value} cannot be written into a spec file`,
      fix: "Use texts, finite numbers, true, false, null, lists and objects.",
      value,
    });
  const entries = Object.entries(value).map(([key, entry]) => `${inner}${keyLiteral(key)}: ${literal(entry, inner)},\n`);
  return entries.length === 0 ? "{}" : `{\n${entries.join("")}${indent}}`;
}

/** A plain `__proto__` key would set the prototype. */
function keyLiteral(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : textLiteral(key);
}

function textLiteral(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
