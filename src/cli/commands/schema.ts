// `expos schema`: serves the published schemas.
import type { CommandResult } from "../command.ts";

export function run(object: string | undefined): CommandResult {
  return { document: { objects: [], object }, text: "" };
}
