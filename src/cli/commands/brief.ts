// `expos brief check`: is this a brief that can be run, what can it find, what does it cost.
import { type BriefCheck, checkBrief } from "../../intake/index.ts";
import { briefFacts } from "../briefFacts.ts";
import { readBriefDocument } from "../briefFile.ts";
import { type CommandResult, MisuseError } from "../command.ts";
import { withStore } from "../plan/experimentStore.ts";

export interface CheckArguments {
  /** Deviation of one post in log units, from the account's history. */
  readonly logSd?: string;
  readonly generationUsd?: string;
  /** Where blocks of the guards are remembered. */
  readonly store?: string;
}

/** Refused (exit 1) with everything that was found. @throws DomainError for a file that cannot be read as a document. */
export async function runCheck(file: string, { logSd, generationUsd, store }: CheckArguments): Promise<CommandResult> {
  const guardBlocks =
    store === undefined ? [] : await withStore(store, async (open) => (await open.list("guardBlock")).map(({ value }) => value));
  const check = checkBrief(readBriefDocument(file), briefFacts, {
    ...(logSd !== undefined && { logSd: numberOf("--log-sd", logSd, 0.01) }),
    guardBlocks,
    ...(generationUsd !== undefined && { generationUsdPerVariant: numberOf("--generation-usd", generationUsd, 0) }),
  });
  return { document: check, text: checkText(file, check), refused: !check.ok };
}

function numberOf(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < least)
    throw new MisuseError(flag, `"${text}" is not a number of at least ${least}`, `Write ${flag} 1.4, for example.`);
  return value;
}

/** The check as a person reads it. */
export function checkText(name: string, { ok, issues, detectableLift: lift, cost, approval, decisionPreset, notes }: BriefCheck): string {
  const lines = [ok ? `${name}: ok` : `${name}: ${issues.length} ${issues.length === 1 ? "issue" : "issues"}`, ""];
  for (const { code, path, message, fix } of issues)
    lines.push(`  ${path === "" ? "(the document)" : path}  [${code}]`, `    ${message}`, `    fix: ${fix}`, "");
  if (lift !== null)
    lines.push(
      `  finds     x${lift.ratio.toFixed(2)} four times in five: ${lift.blocks} blocks, sigma ${lift.sigma} log units (${lift.sigmaSource})`,
      `            ${lift.blocksNeeded.map(({ ratio, blocks }) => `x${ratio} needs ${blocks} blocks`).join(", ")}`,
    );
  if (cost !== null) {
    const perPost = [...new Set(cost.variants.map(({ usdPerPost }) => `$${usdPerPost.toFixed(3)}`))].join(" or ");
    lines.push(
      `  costs     $${cost.usd.toFixed(2)}: ${cost.posts} posts at ${perPost}; making the variants: $${cost.generationUsd.toFixed(2)}`,
    );
  }
  if (approval !== null) {
    const reasons =
      approval.humanReasons.length === 0 ? "" : `: a human has to approve, because ${approval.humanReasons.join("; and because ")}`;
    lines.push(`  approval  ${approval.level}${reasons}`);
  }
  if (decisionPreset !== null) lines.push(`  decides   ${decisionPreset}`);
  if (notes.length > 0) lines.push("", ...notes.map((note) => `  note: ${note}`));
  return lines.join("\n");
}
