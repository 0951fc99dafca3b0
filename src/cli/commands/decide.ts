// `expos decide`: what the evidence of one experiment allows. Runs the pure rule on a JSON document; every decision is a result, not an error.
import type { Decision } from "../../domain/index.ts";
import { decide, defaultDecisionPolicy, readDecisionInput } from "../../decision/index.ts";
import type { CommandResult } from "../command.ts";
import { readJsonFile } from "../specFiles/load.ts";
import { readPolicy } from "../policyFiles.ts";

/**
 * @param options.policy a file, or the name of a preset that decides in place of the brief's.
 * @throws DomainError `decision-input`, `decision-policy`, those of reading files, and those of `decide` for input that contradicts itself.
 */
export function run(file: string, { policy }: { readonly policy?: string } = {}): CommandResult {
  const decision = decide(
    readDecisionInput(readJsonFile(file), file),
    policy === undefined ? defaultDecisionPolicy : readPolicy(policy).policy,
  );
  return { document: decision, text: told(decision) };
}

const signs = { for: "+", against: "-", note: " " } as const;

const sources = {
  policy: "(the policy's default)",
  given: "(given)",
  estimated: "(estimated from finished experiments)",
} as const;

function told({ kind, winner, reasons, evidence, next }: Decision): string {
  return [
    `Decision: ${kind}${winner === undefined ? "" : ` ${winner}`} (${evidence.preset}, ${evidence.blocks} of ${evidence.plannedBlocks} blocks)`,
    "",
    ...reasons.map(({ outcome, rule, message }) => `  ${signs[outcome]} ${rule}: ${message}`),
    ...(evidence.notes ?? []).map(({ rule, message }) => `    ${rule}: ${message}`),
    "",
    ...(next === undefined ? [] : [`Next: ${next.suggestion}`]),
    ...(evidence.prior === undefined
      ? []
      : [`Effects are believed to spread by ${evidence.prior.tau.toPrecision(2)} log units ${sources[evidence.prior.source]}.`]),
    `Policy ${evidence.policyHash}`,
  ].join("\n");
}
