// `expos reject`: a person says no, not yet, or not like this. A hold keeps the layers; the others free them.
import type { CommandResult } from "../command.ts";
import { giveWord, type WordArguments } from "../plan/word.ts";

export interface RejectArguments extends WordArguments {
  readonly hold?: boolean;
  readonly changes?: boolean;
}

/** @throws DomainError `approval-invalid` without a comment, which only a hold may lack. */
export function run({ hold, changes, ...words }: RejectArguments, nowMs = Date.now()): Promise<CommandResult> {
  return giveWord(hold === true ? "hold" : changes === true ? "requestChanges" : "reject", words, nowMs);
}
