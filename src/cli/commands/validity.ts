// `expos validity`: was the comparison of one experiment fair? Runs the pure checks on a JSON document. A verdict of invalid is a result, not an error.
import type { ValidityReport } from "../../domain/index.ts";
import { checkValidity, defaultValidityPolicy, readValidityInput } from "../../erm/index.ts";
import type { CommandResult } from "../command.ts";
import { readJsonFile } from "../specFiles/load.ts";
import { readValidityPolicy } from "../policyFiles.ts";

/** @throws DomainError `validity-input`, `validity-policy`, `clocks-mixed`, `post-duplicate`, or those of reading files. */
export function run(file: string, { policy: policyFile }: { readonly policy?: string } = {}): CommandResult {
  const input = readValidityInput(readJsonFile(file), file);
  const policy = policyFile === undefined ? defaultValidityPolicy : readValidityPolicy(policyFile);
  const report = checkValidity(input, policy);
  return { document: report, text: toldAll(report) };
}

function toldAll({ verdict, checks, comparablePostIds, excluded, policyHash }: ValidityReport): string {
  const width = Math.max(...checks.map(({ checkId }) => checkId.length));
  return [
    `Validity: ${verdict}`,
    "",
    ...checks.map(
      ({ checkId, verdict: own, action, explanation }) =>
        `  ${checkId.padEnd(width)}  ${own.padEnd(12)}  ${explanation}${action === "none" ? "" : ` [${action}]`}`,
    ),
    "",
    `${comparablePostIds.length} posts can be compared, ${excluded.length} cannot.`,
    ...excluded.slice(0, excludedShown).map(({ postId, reason }) => `  ${postId}: ${reason}`),
    ...(excluded.length > excludedShown ? [`  and ${excluded.length - excludedShown} more (--json lists all)`] : []),
    `Policy ${policyHash}`,
  ].join("\n");
}

const excludedShown = 20;
