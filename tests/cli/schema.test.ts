import { describe, expect, test } from "vitest";
import { z } from "zod";
import { execute } from "../../src/cli/command.ts";
import { run } from "../../src/cli/commands/schema.ts";
import { servedSchemas } from "../../src/cli/schemas.ts";
import { publishedNames } from "../../src/domain/index.ts";
import { exampleInput } from "../domain/briefs.ts";

const servedNames = Object.keys(servedSchemas);
/** Specs keep fields of their authors' own. */
const closedNames = servedNames.filter((name) => name !== "experiment-spec");

async function printed(object: string | undefined, json: boolean): Promise<{ exitCode: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text), interactive: false };
  const exitCode = await execute(() => run(object), json, io);
  return { exitCode, out, err };
}

/** Objects of a schema that would accept a key nobody declared. */
function openObjects(schema: unknown): unknown[] {
  if (typeof schema !== "object" || schema === null) return [];
  const isOpen = "properties" in schema && "type" in schema && !("additionalProperties" in schema && schema.additionalProperties === false);
  return [...(isOpen ? [schema] : []), ...Object.values(schema).flatMap(openObjects)];
}

describe("expos schema", () => {
  test("lists every published object with one line about it", async () => {
    const { exitCode, out } = await printed(undefined, false);
    expect(exitCode).toBe(0);
    for (const name of servedNames) expect(out).toMatch(new RegExp(`^${name} +\\S.*$`, "m"));
    const document = JSON.parse((await printed(undefined, true)).out) as { objects: { name: string; meaning: string }[] };
    expect(document.objects.map((object) => object.name)).toEqual(servedNames);
    expect(servedNames).toEqual(expect.arrayContaining([...publishedNames]));
  });

  test.each(closedNames)("prints the JSON Schema of %s, 2020-12, which takes the valid example and no unknown key", async (name) => {
    const { exitCode, out } = await printed(name, true);
    expect(exitCode).toBe(0);
    const schema = JSON.parse(out) as Record<string, unknown>;
    expect(schema).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema", title: name });
    expect(openObjects(schema)).toEqual([]);
    const reader = z.fromJSONSchema(schema);
    expect(reader.safeParse(exampleInput(name, "valid"))).toMatchObject({ success: true });
    expect(reader.safeParse({ ...(exampleInput(name, "valid") as object), surprise: 1 })).toMatchObject({ success: false });
    expect(JSON.parse((await printed(name, false)).out)).toEqual(schema);
  });

  test("prints the JSON Schema of an experiment spec, which takes the valid example and not the broken one", async () => {
    const { exitCode, out } = await printed("experiment-spec", true);
    expect(exitCode).toBe(0);
    const reader = z.fromJSONSchema(JSON.parse(out) as Record<string, unknown>);
    expect(reader.safeParse(exampleInput("experiment-spec", "valid"))).toMatchObject({ success: true });
    expect(reader.safeParse(exampleInput("experiment-spec", "broken"))).toMatchObject({ success: false });
  });

  test("asks of a brief what its author has to write, and no more", async () => {
    const schema = JSON.parse((await printed("brief", true)).out) as {
      required: string[];
      properties: object;
      additionalProperties: boolean;
    };
    const written = Object.keys(exampleInput("brief", "valid") as object);
    expect(written).toEqual(expect.arrayContaining(schema.required));
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(written));
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).not.toContain("clientTags");
  });

  test("refuses an unknown object and names the nearest", async () => {
    const { exitCode, out, err } = await printed("breif", true);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "schema-unknown", path: "object", fix: "Did you mean brief?" } });
    expect(err).toContain("fix:   Did you mean brief?");
    expect(JSON.parse((await printed("zzzzzzzz", true)).out)).toMatchObject({ error: { fix: expect.stringContaining("journal-event") } });
    expect((await printed("constructor", false)).err).toContain("schema-unknown");
  });
});
