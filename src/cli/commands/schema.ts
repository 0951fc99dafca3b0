// `expos schema`: the JSON Schemas of the published objects, for editors, validators and other languages.
import { jsonSchemaOf, publishedNames, publishedSchemas } from "../../domain/index.ts";
import type { CommandResult } from "../command.ts";

/**
 * Without a name the list of objects, with one its JSON Schema.
 * @throws DomainError `schema-unknown` with the nearest names.
 */
export function run(object?: string): CommandResult {
  return object === undefined ? listed() : described(object);
}

function listed(): CommandResult {
  const objects = publishedNames.map((name) => ({ name, meaning: publishedSchemas[name].meaning }));
  const width = Math.max(...publishedNames.map((name) => name.length));
  const lines = objects.map(({ name, meaning }) => `${name.padEnd(width)}  ${meaning}`);
  return { document: { objects }, text: `${lines.join("\n")}\n\nPrint one with: expos schema <object>` };
}

function described(object: string): CommandResult {
  const schema = jsonSchemaOf(object);
  return { document: schema, text: JSON.stringify(schema, null, 2) };
}
