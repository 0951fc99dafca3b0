import { type CommandResult, execute } from "../../src/cli/command.ts";

export interface Printed {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** What a command prints, and its exit code, without a terminal. */
export async function printed(command: () => CommandResult | Promise<CommandResult>, json: boolean): Promise<Printed> {
  let out = "";
  let err = "";
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text), interactive: false };
  const exitCode = await execute(command, json, io);
  return { exitCode, out, err };
}

/** The document of a command that ended with this exit code; anything else fails the test with what it said. */
export async function documentOf<Document>(command: () => CommandResult | Promise<CommandResult>, expectedExitCode = 0): Promise<Document> {
  const { exitCode, out, err } = await printed(command, true);
  if (exitCode !== expectedExitCode) throw new Error(`exit code ${exitCode}: ${out}${err}`);
  return JSON.parse(out) as Document;
}
