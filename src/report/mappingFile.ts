// Reads the mapping file of `expos analyse` (YAML or JSON), or guesses a mapping from the header where the names leave no doubt.
import { readFileSync, statSync } from "node:fs";
import { parseDocument } from "yaml";
import { type ArmTotalsMapping, DomainError, type Mapping, mappingSchema, parseWith } from "../domain/index.ts";
import { mappingBytesMax } from "./limits.ts";
import type { SourceTable } from "./sourceTable.ts";

/** @throws DomainError naming the file and the line or field. */
export function readMapping(path: string): Mapping {
  const text = mappingText(path);
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const [place] = problem.linePos ?? [];
    throw new DomainError(
      {
        code: "mapping-broken",
        path: place === undefined ? path : `${path}: line ${place.line}`,
        message: `${path} is not valid YAML: ${problem.message.split("\n")[0]?.replace(/ at line.*$/, "")}`,
        fix: "Correct this line; indent with spaces and quote texts that contain : or #.",
        value: place === undefined ? undefined : text.split("\n")[place.line - 1],
      },
      { cause: problem },
    );
  }
  return parseWith(mappingSchema, plainValue(path, document), { code: "mapping-invalid", file: path });
}

function plainValue(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new DomainError(
      { code: "mapping-broken", path, message: `${path} uses YAML aliases in a way that is not supported`, fix: "Write the values out." },
      { cause },
    );
  }
}

function mappingText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > mappingBytesMax)
      throw new DomainError({
        code: "mapping-too-large",
        path,
        message: `${path} is too large for a mapping file`,
        fix: "Give the mapping file, not the data.",
        value: size,
      });
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError(
      {
        code: "mapping-missing",
        path,
        message: `the mapping file ${path} cannot be read`,
        fix: "Check the path and the rights of the file.",
        value: path,
      },
      { cause },
    );
  }
}

const usualNames = {
  experiment: ["experiment", "experiment_id", "experimentid", "test", "test_id", "testid"],
  arm: ["arm", "arm_id", "variant", "variant_id", "variantid", "variation", "variation_id"],
  units: ["units", "impressions", "visitors", "users", "trials", "exposures", "n"],
  successes: ["successes", "clicks", "conversions"],
  week: ["week", "test_week", "year_week"],
} as const;

type Role = keyof typeof usualNames;

/**
 * The armTotals mapping whose columns the header names in usual words, once each. Without content columns nothing can be attributed.
 * @throws DomainError with the columns found and a mapping to start from.
 */
export function guessMapping({ columns, file }: SourceTable): ArmTotalsMapping {
  const candidates = (role: Role) =>
    columns.filter((column) => (usualNames[role] as readonly string[]).includes(column.trim().toLowerCase()));
  const found = Object.fromEntries((Object.keys(usualNames) as Role[]).map((role) => [role, candidates(role)])) as Record<Role, string[]>;
  const unclear = (["experiment", "arm", "units", "successes"] as const).find((role) => found[role].length !== 1);
  if (unclear !== undefined)
    throw new DomainError({
      code: "mapping-needed",
      path: `${file.path}: header`,
      message: `which column is "${unclear}" is not clear from the header: ${columns.slice(0, 60).join(", ")}`,
      fix: `Write a mapping file and give it with --map:\n${skeleton}`,
      value: found[unclear],
    });
  const [week] = found.week;
  return parseWith(
    mappingSchema,
    {
      version: 1,
      kind: "armTotals",
      columns: {
        experiment: found.experiment[0],
        arm: found.arm[0],
        units: found.units[0],
        successes: found.successes[0],
        ...(found.week.length === 1 && { week }),
      },
    },
    { code: "mapping-invalid" },
  ) as ArmTotalsMapping;
}

const skeleton = `version: 1
kind: armTotals
columns:
  experiment: COLUMN
  arm: COLUMN
  units: COLUMN
  successes: COLUMN
  week: COLUMN        # optional
  content: [COLUMN]   # what people saw, for the single-variable check
shares: equal`;
