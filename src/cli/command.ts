// What every command shares: one result shape, printed as text for people or as one JSON document for programs.
import { DomainError, isDomainError } from "../domain/index.ts";
import { type CommandIo, exitCodes, processIo } from "./io.ts";

export interface CommandResult {
  /** The one document that `--json` prints on stdout. */
  readonly document: unknown;
  /** The same for a person. */
  readonly text: string;
  /** A result that is a refusal in itself (a blocked preflight, a brief that is not ok) exits 1 with its full document. */
  readonly refused?: boolean;
}

/** The command was called wrongly (exit 2), as opposed to what it was given being refused (exit 1). */
export class MisuseError extends DomainError {
  constructor(path: string, message: string, fix: string) {
    super({ code: "misuse", path, message, fix });
  }
}

/**
 * Runs a command and prints what it returns.
 * @returns the exit code: 0 done, 1 refused by the product, 2 called wrongly. Bugs are rethrown.
 */
export async function execute(
  command: () => CommandResult | Promise<CommandResult>,
  json: boolean,
  io: CommandIo = processIo,
): Promise<number> {
  try {
    const result = await command();
    io.out(json ? `${JSON.stringify(result.document)}\n` : ensureNewline(result.text));
    return result.refused === true ? exitCodes.refused : exitCodes.success;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (json) io.out(`${JSON.stringify({ error })}\n`);
    const value = error.value === undefined ? "" : `\n  found: ${error.value}`;
    io.err(`expos: ${error.code}${error.path === "" ? "" : ` at ${error.path}`}\n  ${error.message}${value}\n  fix:   ${error.fix}\n`);
    return error instanceof MisuseError ? exitCodes.misuse : exitCodes.refused;
  }
}

function ensureNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
