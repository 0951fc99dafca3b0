// A plan is made from a brief, or from a plan input: the brief with the account and its other posts. Both come as YAML or JSON, briefs in either spelling.
import { basename } from "node:path";
import {
  type Brief,
  isDomainError,
  DomainError,
  parseWith,
  type PlanInputDocument,
  planInputSchema,
  readBrief,
} from "../../domain/index.ts";
import { readBriefDocument } from "../briefFile.ts";

export type PlanSource = { readonly brief: Brief } & Partial<Omit<PlanInputDocument, "brief">>;

/** @throws DomainError `brief-invalid` or `plan-input-invalid` with path, value and fix; and what reading a file throws. */
export function readPlanSource(file: string): PlanSource {
  const data = readBriefDocument(file);
  const name = basename(file);
  if (typeof data !== "object" || data === null || !("brief" in data)) return { brief: readBrief(data, name) };
  return parseWith(planInputSchema, { ...data, brief: readInnerBrief(data.brief, name) }, { code: "plan-input-invalid", file: name });
}

/** The brief is read in the author's own spelling, and its errors say that it is the one inside. */
function readInnerBrief(data: unknown, name: string): Brief {
  try {
    return readBrief(data);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const { code, path, message, fix, value } = error;
    throw new DomainError(
      { code, path: `${name}: ${path === "" ? "brief" : `brief.${path}`}`, message, fix, ...(value !== undefined && { value }) },
      { cause: error },
    );
  }
}
