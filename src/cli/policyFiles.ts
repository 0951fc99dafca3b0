// Policies and scenarios of the commands that decide and tune: files (YAML or JSON), names of presets, and grids over any of their fields.
import { basename } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { namedDecisionPolicy, type NamedPolicy, readDecisionPolicy } from "../decision/index.ts";
import { DomainError, parseWith, type Scenario, scenarioSchema } from "../domain/index.ts";
import { defaultValidityPolicy, type ValidityPolicy, validityPolicySchema } from "../erm/index.ts";
import { MisuseError } from "./command.ts";
import { readDocumentFile, type TextFileKind } from "./textFile.ts";

const kind = (name: string, example: string): TextFileKind => ({
  name,
  bytesMax: 1024 * 1024,
  fixes: { tooLarge: `Give the ${name} file, not data.`, unreadable: `Name a YAML or JSON file${example}.` },
});
const policyFile = kind("policy", ", or a preset such as evidence");
const scenarioFile = kind("scenario", "");

/** One axis of a sweep: `evidence.alpha=.05,.1`. */
export interface GridAxis {
  readonly field: string;
  readonly values: readonly unknown[];
}

/** Values are YAML, lists among them: `looks.shares=[.5,1],[1]`. @throws MisuseError for anything but field=value,value ... */
export function readGridAxis(text: string): GridAxis {
  const [field, list] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  const values = field === "" || list.trim() === "" || !text.includes("=") ? undefined : readValues(list);
  if (values === undefined)
    throw new MisuseError(
      "--grid",
      `"${text}" is no axis of a grid`,
      "Write field=a,b,c such as evidence.alpha=.05,.1, or looks.shares=[.5,1],[1].",
    );
  return { field, values };
}

function readValues(list: string): readonly unknown[] | undefined {
  try {
    return parse(`[${list}]`) as unknown[];
  } catch (cause) {
    if (cause instanceof YAMLParseError) return undefined;
    throw cause;
  }
}

/** A policy file, or the name of a preset. @throws DomainError `policy-unknown`, `decision-policy`, `policy-unreadable`, `policy-too-large`. */
export function readPolicy(fileOrName: string): NamedPolicy {
  if (!/[./\\]/.test(fileOrName)) return { name: fileOrName, policy: namedDecisionPolicy(fileOrName) };
  const document = readDocumentFile(fileOrName, policyFile);
  return { name: basename(fileOrName).replace(/\.[^.]*$/, ""), policy: readDecisionPolicy(document, fileOrName) };
}

/** Thresholds of the checks. @throws DomainError `validity-policy`, `policy-unreadable`, `policy-too-large`. */
export function readValidityPolicy(file: string): ValidityPolicy {
  return parseWith(validityPolicySchema, readDocumentFile(file, policyFile), { code: "validity-policy", file });
}

/** Several to be compared: files of one name keep their paths apart. @throws DomainError as `readPolicy`. */
export function readPolicies(filesOrNames: readonly string[]): NamedPolicy[] {
  const named = [...new Set(filesOrNames)].map((told) => ({ ...readPolicy(told), told }));
  return named.map(({ told, ...one }) => (named.filter(({ name }) => name === one.name).length > 1 ? { ...one, name: told } : one));
}

/** @throws DomainError `scenario-invalid`, `scenario-unreadable`, `scenario-too-large`. */
export function readScenario(file: string): Scenario {
  return parseWith(scenarioSchema, readDocumentFile(file, scenarioFile), { code: "scenario-invalid", file });
}

/**
 * Every combination of the axes on every policy, named after what varies. A field that begins with `validity.` is one of the validity policy.
 * @throws DomainError `decision-policy` or `validity-policy` naming the field that the grid put out of range, `field-unknown`.
 */
export function sweepPolicies(policies: readonly NamedPolicy[], axes: readonly GridAxis[]): NamedPolicy[] {
  return axes.reduce<NamedPolicy[]>(
    (found, { field, values }) => found.flatMap((named) => values.map((value) => varied(named, field, value))),
    [...policies],
  );
}

function varied({ name, policy, validity }: NamedPolicy, field: string, value: unknown): NamedPolicy {
  const path = `--grid ${field}`;
  const varies = `${name} ${field}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  if (!field.startsWith(validityPrefix))
    return {
      name: varies,
      policy: readDecisionPolicy(withField({ ...policy, preset: policy.preset ?? "evidence" }, field, value, path), path),
      ...(validity !== undefined && { validity }),
    };
  const changed = withField(validity ?? defaultValidityPolicy, field.slice(validityPrefix.length), value, path);
  return { name: varies, policy, validity: parseWith(validityPolicySchema, changed, { code: "validity-policy", file: path }) };
}

const validityPrefix = "validity.";

/** A copy with one field changed. @throws DomainError `field-unknown`. */
function withField(document: object, field: string, value: unknown, path: string): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  const keys = field.split(".");
  let holder = copy;
  keys.forEach((key, at) => {
    if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, key))
      throw new DomainError({
        code: "field-unknown",
        path,
        message: `a policy has no field ${keys.slice(0, at + 1).join(".")}`,
        fix:
          typeof holder === "object" && holder !== null
            ? `Use one of ${Object.keys(holder).join(", ")}.`
            : `${keys.slice(0, at).join(".")} is a value: sweep it.`,
        value: key,
      });
    if (at === keys.length - 1) holder[key] = value;
    else holder = holder[key] as Record<string, unknown>;
  });
  return copy;
}
