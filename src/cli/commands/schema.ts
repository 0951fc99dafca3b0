// `expos schema`: the JSON Schemas of the published objects, for editors, validators and other languages.
import { jsonSchemaOf } from "../../domain/index.ts";
import type { CommandResult } from "../command.ts";
import { servedSchemas } from "../schemas.ts";

/**
 * Without a name the list of objects, with one its JSON Schema.
 * @throws DomainError `schema-unknown` with the nearest names.
 */
export function run(object?: string): CommandResult {
  return object === undefined ? listed() : described(object);
}

function listed(): CommandResult {
  const objects = Object.entries(servedSchemas).map(([name, { meaning }]) => ({ name, meaning }));
  const width = Math.max(...objects.map(({ name }) => name.length));
  const lines = objects.map(({ name, meaning }) => `${name.padEnd(width)}  ${meaning}`);
  return { document: { objects }, text: `${lines.join("\n")}\n\nPrint one with: expos schema <object>` };
}

function described(object: string): CommandResult {
  const schema = jsonSchemaOf(object, servedSchemas);
  return { document: schema, text: JSON.stringify(schema, null, 2) };
}
