// Reads spec files: TypeScript as Node runs it (type stripping), JavaScript modules, and JSON.
import { readFileSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DomainError, isDomainError } from "../../domain/index.ts";
import { ExperimentRegistry, type ExperimentSpec, parseVersion, type RegisteredExperiment, type Version } from "../../spec/index.ts";
import { MisuseError } from "../command.ts";

export interface LoadedExperiment {
  readonly file: string;
  readonly experiment: RegisteredExperiment;
}

/**
 * All experiments of the files, registered together in the order of files and exports.
 * @throws DomainError for a file that cannot be read or run, holds no experiment, or holds one that the registry refuses; the path names the file.
 */
export async function loadExperiments(
  files: readonly string[],
): Promise<{ registry: ExperimentRegistry; experiments: LoadedExperiment[] }> {
  const registry = new ExperimentRegistry();
  const experiments: LoadedExperiment[] = [];
  for (const file of files) {
    const exported = Object.entries(await exportsOf(file)).flatMap(([name, value]) => specsIn(name, value));
    // A module may export one spec under two names.
    const specs = exported.filter(({ spec }, at) => exported.findIndex((other) => other.spec === spec) === at);
    if (specs.length === 0)
      throw new DomainError({
        code: "spec-file-empty",
        path: file,
        message: `${file} holds no experiment`,
        fix: "Export an object with meta, controlVariant, variants and allocation.",
      });
    for (const { name, spec } of specs) {
      try {
        registry.register(spec);
      } catch (error) {
        if (!isDomainError(error)) throw error;
        throw atFile(error, specs.length === 1 ? file : `${file}#${name}`);
      }
      experiments.push({ file, experiment: registry.list().at(-1)! });
    }
  }
  return { registry, experiments };
}

/**
 * The one experiment that is meant; `alone` if its file holds no other.
 * @throws MisuseError if none or several fit.
 */
export async function theExperiment(files: readonly string[], name: string | undefined): Promise<LoadedExperiment & { alone: boolean }> {
  const { experiments } = await loadExperiments(files);
  const fitting = experiments.filter(({ experiment }) => name === undefined || experiment.meta.name === name);
  const names = experiments.map(({ experiment }) => experiment.meta.name).join(", ");
  if (fitting.length !== 1)
    throw new MisuseError(
      "--experiment",
      fitting.length === 0 ? `no experiment is called ${name}` : `the files hold ${fitting.length} experiments that fit: ${names}`,
      "Name one experiment, in one version.",
    );
  const [one] = fitting;
  return { ...one!, alone: experiments.filter(({ file }) => file === one!.file).length === 1 };
}

/** What a module exports, or the content of a JSON file under its own name. @throws DomainError as above. */
export async function exportsOf(file: string): Promise<Record<string, unknown>> {
  const extension = extname(file);
  switch (extension) {
    case ".json":
      return { default: readJsonFile(file) };
    case ".ts":
    case ".mts":
      requireTypeStripping(file);
      return importFile(file);
    case ".js":
    case ".mjs":
      return importFile(file);
    default:
      throw new DomainError({
        code: "spec-file-kind",
        path: file,
        message: `"${extension}" files are not read`,
        fix: "Give a .ts, .mts, .js, .mjs or .json file.",
      });
  }
}

/** @throws DomainError `file-missing`, `file-too-large` or `json-invalid`. */
export function readJsonFile(file: string): unknown {
  requireFile(file);
  try {
    return JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new DomainError(
      { code: "json-invalid", path: file, message: `${file} is not JSON: ${oneLine(cause)}`, fix: "Correct the JSON at that place." },
      { cause },
    );
  }
}

const fileBytesMax = 10 * 1024 * 1024;

function requireFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile())
    throw new DomainError({
      code: "file-missing",
      path: file,
      message: stats === undefined ? `${file} does not exist` : `${file} is not a file`,
      fix: "Check the path.",
      value: file,
    });
  if (stats.size > fileBytesMax)
    throw new DomainError({
      code: "file-too-large",
      path: file,
      message: `${file} is larger than ${fileBytesMax} bytes`,
      fix: "Give a file of specs.",
      value: stats.size,
    });
}

function requireTypeStripping(file: string): void {
  if (process.features.typescript !== false && (process.features.typescript as unknown) !== undefined) return;
  throw new DomainError({
    code: "typescript-unsupported",
    path: file,
    message: `this Node (${process.version}) does not run TypeScript files by itself`,
    fix: "Use Node 22.18 or newer, or compile the file and pass the .js, or pass the spec as .json.",
  });
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  requireFile(file);
  findOurselves();
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException | undefined)?.code;
    throw new DomainError(
      {
        code: "spec-file-failed",
        path: file,
        message: `${file} cannot be loaded: ${oneLine(cause)}`,
        fix:
          code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" || code === "ERR_INVALID_TYPESCRIPT_SYNTAX"
            ? "Use types that can be stripped (no enum, no namespace), or compile the file and pass the .js."
            : code === "ERR_MODULE_NOT_FOUND"
              ? "Install what the file imports, or correct the import."
              : "Run the file with node to see the whole error.",
      },
      { cause },
    );
  }
}

/** The version of a registered experiment in full: 3 is 3.0.0. */
export function versionText(version: Version): string {
  return parseVersion(version)!.text;
}

let foundOurselves = false;

/** A spec file imports our package; where it is not installed beside the file, the one that runs this command serves. */
function findOurselves(): void {
  if (foundOurselves || typeof nodeModule.registerHooks !== "function") return;
  foundOurselves = true;
  nodeModule.registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!specifier.startsWith("experimentation-os/")) throw error;
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}

/** An export is an experiment, or a list of them, by its shape; whether it is a good one the registry says. */
function specsIn(name: string, value: unknown): { name: string; spec: ExperimentSpec }[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => specsIn(`${name}[${at}]`, item));
  const isSpec = typeof value === "object" && value !== null && "meta" in value && ("variants" in value || "controlVariant" in value);
  return isSpec ? [{ name, spec: value as ExperimentSpec }] : [];
}

/** The same refusal, saying in which file. */
function atFile({ code, path, message, fix, value }: DomainError, file: string): DomainError {
  return new DomainError({ code, path: path === "" ? file : `${file}: ${path}`, message, fix, ...(value !== undefined && { value }) });
}

function oneLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!;
}
