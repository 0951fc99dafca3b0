import fc from "fast-check";
import { expect } from "vitest";

/**
 * Checks a property and, when it fails, adds the one command that replays exactly this failure.
 * Use it in place of `fc.assert` everywhere.
 */
export async function assertProperty<Ts>(property: fc.IRawProperty<Ts>, parameters: fc.Parameters<Ts> = {}): Promise<void> {
  const details = await fc.check(property as fc.IAsyncProperty<Ts>, { ...fc.readConfigureGlobal(), ...parameters } as fc.Parameters<Ts>);
  if (!details.failed) return;
  const { testPath, currentTestName } = expect.getState();
  const file = testPath?.replace(`${process.cwd()}/`, "") ?? "";
  const replay = `EXPOS_SEED=${details.seed} EXPOS_PATH=${details.counterexamplePath ?? ""} npx vitest run ${file} -t ${JSON.stringify(currentTestName?.split(" > ").at(-1) ?? "")}`;
  throw new Error(`${fc.defaultReportMessage(details) ?? "property failed"}\n\nReplay: ${replay}`, { cause: details.errorInstance });
}
