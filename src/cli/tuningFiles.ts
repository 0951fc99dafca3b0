// Policies and scenarios of the tuning commands: files (YAML or JSON), names of presets, and grids over any of their fields.
import { basename } from "node:path";
import { readFileSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { type DecisionPolicy, decisionPolicySchema, namedDecisionPolicy, type NamedPolicy } from "../decision/index.ts";
import { DomainError, parseWith, type Scenario, scenarioSchema } from "../domain/index.ts";
import { MisuseError } from "./command.ts";

/** One axis of a sweep: `evidence.alpha=.05,.1`. */
export interface GridAxis {
  readonly field: string;
  readonly values: readonly unknown[];
}

/** @throws MisuseError for anything but field=value,value ... */
export function readGridAxis(text: string): GridAxis {
  const [field, list] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  if (!text.includes("=") || field === "" || list === "")
    throw new MisuseError("--grid", `"${text}" is no axis of a grid`, "Write field=a,b,c such as evidence.alpha=.05,.1.");
  return { field, values: list.split(",").map((value) => parse(value) as unknown) };
}

/** A policy file, or the name of a preset. @throws DomainError `policy-unknown`, `policy-invalid`, `file-unreadable`. */
export function readPolicy(fileOrName: string): NamedPolicy {
  if (!/[./\\]/.test(fileOrName)) return { name: fileOrName, policy: namedDecisionPolicy(fileOrName) };
  const document = readDocument(fileOrName, "policy-invalid");
  return { name: basename(fileOrName).replace(/\.[^.]*$/, ""), policy: checkPolicy(document, fileOrName) };
}

/** @throws DomainError `scenario-invalid`, `file-unreadable`. */
export function readScenario(file: string): Scenario {
  return parseWith(scenarioSchema, readDocument(file, "scenario-invalid"), { code: "scenario-invalid", file });
}

/**
 * Every combination of the axes on every policy, named after what varies. Fields that begin with `scenario.` belong to the scenario and are left to
 * `sweepScenario`.
 * @throws DomainError `policy-invalid` naming the field that the grid put out of range.
 */
export function sweepPolicies(policies: readonly NamedPolicy[], axes: readonly GridAxis[]): NamedPolicy[] {
  return axes.reduce<NamedPolicy[]>(
    (found, { field, values }) =>
      found.flatMap(({ name, policy }) =>
        values.map((value) => ({
          name: `${name} ${field}=${String(value)}`,
          policy: checkPolicy(withField(policy, field, value), `--grid ${field}`),
        })),
      ),
    [...policies],
  );
}

function checkPolicy(document: unknown, file: string): DecisionPolicy {
  return parseWith(decisionPolicySchema, document, { code: "policy-invalid", file });
}

/** A copy with one field changed. @throws DomainError `field-unknown`. */
function withField(document: object, field: string, value: unknown): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  const keys = field.split(".");
  let holder = copy;
  keys.forEach((key, at) => {
    if (!Object.hasOwn(holder, key))
      throw new DomainError({
        code: "field-unknown",
        path: `--grid ${field}`,
        message: `a policy has no field ${keys.slice(0, at + 1).join(".")}`,
        fix: `Use one of ${Object.keys(holder).join(", ")}.`,
        value: key,
      });
    if (at === keys.length - 1) holder[key] = value;
    else holder = holder[key] as Record<string, unknown>;
  });
  return copy;
}

function readDocument(file: string, code: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new DomainError(
      {
        code: "file-unreadable",
        path: file,
        message: `${file} cannot be read`,
        fix: "Check the path.",
        value: (cause as { code?: string }).code,
      },
      { cause },
    );
  }
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    if (!(cause instanceof YAMLParseError || cause instanceof ReferenceError || cause instanceof RangeError)) throw cause;
    throw new DomainError({ code, path: file, message: cause.message.split("\n")[0]!, fix: "Correct the YAML and run again." }, { cause });
  }
}
