// Where `npm run validate` finds the real data. They are read in place, never copied into the repository.
import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["EXPOS_DATASETS"] ?? "../shared/datasets";

/** Path of one file of the datasets; a missing one fails the run instead of skipping it. */
export function dataset(...path: string[]): string {
  const file = join(folder, ...path);
  if (!existsSync(file))
    throw new Error(`dataset ${file} is missing: put it there, or set EXPOS_DATASETS to the folder that holds ${path[0]}/`);
  return file;
}
