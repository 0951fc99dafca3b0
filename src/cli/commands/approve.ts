// `expos approve`: a person agrees to exactly this plan and content. Once everybody needed has, the layers are reserved and the posts scheduled.
import type { CommandResult } from "../command.ts";
import { giveWord, type WordArguments } from "../plan/word.ts";

/** @throws DomainError `layer-overlap` while another experiment holds the layer; then the approval is not written either. */
export function run(words: WordArguments, nowMs = Date.now()): Promise<CommandResult> {
  return giveWord("approve", words, nowMs);
}
