// `expos preflight`: what the five guards say of a brief and its files, in words and as one document.
import { basename, dirname, resolve } from "node:path";
import { createMediaHasher, createMediaProber, openAssetFolder, pinAssets } from "../../adapters/index.ts";
import {
  type Brief,
  type GuardIssue,
  guardVerdicts,
  parseWith,
  type PreflightInputDocument,
  preflightInputSchema,
  type PreflightReport,
  readBrief,
} from "../../domain/index.ts";
import { makeVariants } from "../../intake/index.ts";
import {
  compileRiskPack,
  gatherMedia,
  type MediaLibrary,
  noMedia,
  policyEngine,
  preflight,
  type PreflightInput,
  type PreflightPorts,
} from "../../preflight/index.ts";
import { readBriefDocument } from "../briefFile.ts";
import type { CommandResult } from "../command.ts";

export interface PreflightArguments {
  /** Folder of the media files; beats `assetsDir` of the document. */
  readonly assets?: string;
  /** Rule packs of RiskScan, in place of the shipped one. */
  readonly riskPack?: readonly string[];
  /** Rule sets beside the shipped policies. */
  readonly policies?: readonly string[];
  /** The instant the check is made for; the present if left out. */
  readonly nowMs?: number;
}

/** Blocked: refused (exit 1) with the whole document. @throws DomainError for a file, pack or folder that cannot be used. */
export async function run(
  file: string,
  { assets, riskPack = [], policies = [], nowMs = Date.now() }: PreflightArguments,
): Promise<CommandResult> {
  const document = readInput(readBriefDocument(file), basename(file), nowMs);
  const folderName = assets ?? (document.assetsDir === undefined ? undefined : resolve(dirname(file), document.assetsDir));
  const folder = folderName === undefined ? undefined : openAssetFolder(folderName);
  const brief = folder === undefined ? document.brief : await pinAssets(document.brief, folder);
  const input = inputOf(document, brief);
  const media: MediaLibrary =
    folder === undefined ? noMedia : await gatherMedia(input, { prober: createMediaProber(folder), hasher: createMediaHasher(folder) });
  const ports: PreflightPorts = {
    media,
    ...(riskPack.length > 0 && { riskPacks: riskPack.map((path) => compileRiskPack(readBriefDocument(path), basename(path))) }),
    ...(policies.length > 0 && {
      policy: policyEngine(policies.map(readBriefDocument), policies.map((path) => basename(path)).join(", ")),
    }),
  };
  const report = preflight(input, ports);
  return { document: report, text: reportText(basename(file), report), refused: report.verdict === "block" };
}

/** A brief, or the guards' whole input around one; what only the clock and the brief know is filled in. */
function readInput(data: unknown, file: string, nowMs: number): PreflightInputDocument {
  const isInput = typeof data === "object" && data !== null && "brief" in data;
  const brief = isInput ? readBrief(data.brief, `${file}: brief`) : readBrief(data, file);
  const [account] = brief.accounts;
  return parseWith(
    preflightInputSchema,
    { account: { id: account!.id, platform: account!.platform }, nowMs, ...(isInput ? data : {}), brief },
    { code: "preflight-input-invalid", file },
  );
}

function inputOf({ variants, experimentId, assetsDir: _folder, ...rest }: PreflightInputDocument, brief: Brief): PreflightInput {
  return {
    ...rest,
    brief,
    ...(experimentId !== undefined && { experimentId }),
    variants: variants ?? makeVariants(brief, experimentId ?? "draft"),
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
    const { variantId, ...rest } = issue;
    const key = JSON.stringify(rest);
    const known = shown.get(key) ?? { issue, variants: [] };
    if (variantId !== undefined) known.variants.push(variantId);
    shown.set(key, known);
  }
  for (const { issue, variants } of shown.values()) {
    const quoted = issue.span === undefined ? "" : `  ${JSON.stringify(issue.actual)} [${issue.span.join("-")}]`;
    const founded = [issue.source, issue.confidence].filter((part) => part !== undefined).join("; ");
    lines.push(
      "",
      `  ${issue.verdict}  ${issue.ruleId}`,
      `    ${[variants.join(", "), issue.field].filter((part) => part !== "").join("  ")}${quoted}`,
      `    ${issue.message}`,
      `    fix: ${issue.fix}`,
      ...(founded === "" ? [] : [`    after: ${founded}`]),
    );
  }
  return lines.join("\n");
}
