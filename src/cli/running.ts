// What the definitions of commands share: running a command's module, setting the exit code, and options that may be given again.
import type { CommandResult } from "./command.ts";

/** Loaded with the command, not before: the domain behind it takes longer than all of `--help`. */
export async function execute(command: () => CommandResult | Promise<CommandResult>, json: boolean): Promise<number> {
  const module = await import("./command.ts");
  return module.execute(command, json);
}

export function finish(exitCode: number): void {
  process.exitCode = exitCode;
}

export const repeated = (value: string, before: string[] = []): string[] => [...before, value];
