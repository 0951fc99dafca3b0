import { expect, test } from "vitest";
import { parseWith, type PublishedName, publishedNames, publishedSchemas, readBrief } from "../../src/domain/index.ts";
import { refusalOf } from "../support/refusal.ts";
import { exampleInput } from "./briefs.ts";

/** Where each broken example is broken. */
const brokenAt: Record<PublishedName, string> = {
  brief: "variableUnderTest",
  experiment: "state",
  variant: "patch",
  plan: "posts[1].slot.wallTime",
  "plan-input": "account.id",
  post: "assignment.probabilities",
  exposure: "publishedMs",
  outcome: "missing.shares",
  guardrail: "resume",
  "preflight-input": "meta.post.materialConnection",
  "preflight-report": "guards[0].verdict",
  check: "p",
  "validity-report": "checks[0].verdct",
  decision: "winner",
  report: "winner",
  approval: "comment",
  escalation: "actions",
  learning: "effects",
  layer: "holds[1]",
  mapping: "columns.successes",
  scenario: "blocks",
  "journal-event": "exposure.lane",
};
const read = (name: PublishedName, data: unknown): unknown =>
  name === "brief" ? readBrief(data) : parseWith(publishedSchemas[name].schema, data, { code: `${name}-invalid` });

test.each(publishedNames)("the valid %s is read, and reading it again from JSON gives the same", (name) => {
  const value = read(name, exampleInput(name, "valid"));
  expect(read(name, JSON.parse(JSON.stringify(value)))).toEqual(value);
});

test.each(publishedNames)("the broken %s is refused with its path and a fix", (name) => {
  const error = refusalOf(() => read(name, exampleInput(name, "broken")));
  expect(error).toMatchObject({ code: `${name}-invalid`, path: brokenAt[name] });
  expect(error.fix.length).toBeGreaterThan(10);
});

test.each(publishedNames)("an unknown key in %s is refused under its own path", (name) => {
  const data = { ...(exampleInput(name, "valid") as object), surprise: 1 };
  expect(() => read(name, data)).toThrow(expect.objectContaining({ path: "surprise", value: "1" }));
});
