// What plan and preflight are given: a brief, or the brief with the account, its other posts and what is known of files and posts. YAML or JSON, briefs in
// either spelling.
import { basename } from "node:path";
import {
  type Brief,
  DomainError,
  isDomainError,
  parseWith,
  type PreflightInputDocument,
  preflightInputSchema,
  readBrief,
} from "../../domain/index.ts";
import { readBriefDocument } from "../briefFile.ts";

/** The input of the guards holds that of a plan, so that one file serves both. */
export type PlanSource = { readonly brief: Brief } & Partial<Omit<PreflightInputDocument, "brief">>;

/** @throws DomainError `brief-invalid` or `plan-input-invalid` with path, value and fix; and what reading a file throws. */
export function readPlanSource(file: string): PlanSource {
  const { brief, around } = readAround(file);
  return around === undefined ? { brief } : parsed({ ...around, brief }, "plan-input-invalid", file);
}

/**
 * The same for the guards, who always have an account and a present to look at: the brief's first account, and `nowMs`, where the file names none.
 * @throws DomainError `brief-invalid` or `preflight-input-invalid`; and what reading a file throws.
 */
export function readPreflightSource(file: string, nowMs: number): PreflightInputDocument {
  const { brief, around } = readAround(file);
  const { id, platform } = brief.accounts[0]!;
  return parsed({ account: { id, platform }, nowMs, ...around, brief }, "preflight-input-invalid", file);
}

function parsed(data: unknown, code: string, file: string): PreflightInputDocument {
  return parseWith(preflightInputSchema, data, { code, file: basename(file) });
}

/** The brief, and the document around it where there is one. */
function readAround(file: string): { brief: Brief; around?: object } {
  const data = readBriefDocument(file);
  const name = basename(file);
  return typeof data !== "object" || data === null || !("brief" in data)
    ? { brief: readBrief(data, name) }
    : { brief: readInnerBrief(data.brief, name), around: data };
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
