// `expos preflight`: what the five guards say of a brief and its files, in words and as one document.
import { basename } from "node:path";
import { type Brief, type GuardIssue, guardVerdicts, type PreflightInputDocument, type PreflightReport } from "../../domain/index.ts";
import { makeVariants, rehashed } from "../../intake/index.ts";
import type { PreflightInput } from "../../preflight/index.ts";
import { transact } from "../../schedule/index.ts";
import type { CommandResult } from "../command.ts";
import { approvalLines, askedApproval, type AskedApproval } from "../plan/askedApproval.ts";
import { riskBlocksIn, withStore } from "../plan/experimentStore.ts";
import { blockWrites, type GuardArguments, judge, withAssets } from "../plan/guards.ts";
import { readPreflightSource } from "../plan/readPlanInput.ts";

export interface PreflightArguments extends GuardArguments {
  /** Where blocks are remembered. */
  readonly store?: string;
  /** The instant the check is made for; the present if left out. */
  readonly nowMs?: number;
}

/** Blocked: refused (exit 1) with the whole document. @throws DomainError for a file, pack or folder that cannot be used. */
export async function run(file: string, { store, nowMs = Date.now(), ...options }: PreflightArguments): Promise<CommandResult> {
  const document = readPreflightSource(file, nowMs);
  const { brief, folder } = await withAssets(document, file, options.assets);
  const input = inputOf(document, brief);
  const report = await judge(input, folder, options);
  const approval = store === undefined ? undefined : await remembered(store, input, report);
  return {
    document: { ...report, ...(approval !== undefined && { approval }) },
    text: [reportText(basename(file), report), ...(approval === undefined ? [] : ["", ...approvalLines(approval)])].join("\n"),
    refused: report.verdict === "block",
  };
}

/** Remembers what was blocked, now and before, and says who has to approve for it. */
function remembered(folder: string, { brief, variants }: PreflightInput, report: PreflightReport): Promise<AskedApproval> {
  return withStore(folder, async (store) => {
    await transact(store, async () => ({ writes: await blockWrites(store, report, brief, variants), answer: undefined }));
    const riskBlocks = await riskBlocksIn(store, brief, variants);
    return askedApproval({ brief, variants, guardVerdict: report.verdict, riskBlocks });
  });
}

function inputOf({ variants, experimentId, assetsDir: _folder, ...rest }: PreflightInputDocument, brief: Brief): PreflightInput {
  return {
    ...rest,
    brief,
    ...(experimentId !== undefined && { experimentId }),
    variants: variants === undefined ? makeVariants(brief, experimentId ?? "draft") : rehashed(variants),
  };
}

/** The report as a person reads it: the worst first, the same finding of several variants once. */
function reportText(name: string, { verdict, guards }: PreflightReport): string {
  const width = Math.max(...guards.map(({ guard }) => guard.length));
  const lines = [`${name}: ${verdict}`, ""];
  for (const { guard, verdict, ruleIds, issues, versions } of guards) {
    const counts = guardVerdicts
      .toReversed()
      .map((each) => [each, issues.filter((issue) => issue.verdict === each).length] as const)
      .filter(([each, count]) => each !== "pass" && count > 0)
      .map(([each, count]) => `${count} ${each}`);
    lines.push(
      `  ${guard.padEnd(width)}  ${verdict.padEnd(10)}  ${ruleIds.length} rules${counts.length > 0 ? `: ${counts.join(", ")}` : ""}  (${Object.values(versions).join(", ")})`,
    );
  }
  const issues = guards.flatMap(({ issues }) => issues).sort((a, b) => guardVerdicts.indexOf(b.verdict) - guardVerdicts.indexOf(a.verdict));
  const shown = new Map<string, { issue: GuardIssue; variants: string[] }>();
  for (const issue of issues) {
    const key = issueLines(issue, []).join("\n");
    const known = shown.get(key) ?? { issue, variants: [] };
    if (issue.variantId !== undefined) known.variants.push(issue.variantId);
    shown.set(key, known);
  }
  for (const { issue, variants } of shown.values()) lines.push("", ...issueLines(issue, variants));
  return lines.join("\n");
}

function issueLines(issue: GuardIssue, variants: readonly string[]): string[] {
  const quoted = issue.span === undefined ? "" : `  ${JSON.stringify(issue.actual)} [${issue.span.join("-")}]`;
  const founded = [issue.source, issue.confidence].filter((part) => part !== undefined).join("; ");
  return [
    `  ${issue.verdict}  ${issue.ruleId}`,
    `    ${[variants.join(", "), issue.field].filter((part) => part !== "").join("  ")}${quoted}`,
    `    ${issue.message}`,
    `    fix: ${issue.fix}`,
    ...(founded === "" ? [] : [`    after: ${founded}`]),
  ];
}
