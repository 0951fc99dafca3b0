import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Brief, readBrief } from "../../src/domain/index.ts";

/** An example brief of the package, such as `batch-hook`. */
export function exampleBrief(name = "batch-hook"): Brief {
  return readBrief(parse(readFileSync(`examples/briefs/${name}.yaml`, "utf8")), `${name}.yaml`);
}
