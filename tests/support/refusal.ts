import { type DomainError, isDomainError } from "../../src/domain/index.ts";

/** What a function returns, or the DomainError it throws; anything else it throws is a bug and passes through. */
export function attempt<T>(run: () => T): { value: T; refused?: never } | { refused: DomainError; value?: never } {
  try {
    return { value: run() };
  } catch (error) {
    if (isDomainError(error)) return { refused: error };
    throw error;
  }
}

/** The DomainError a function throws; a test fails if it throws none. */
export function refusalOf(run: () => unknown): DomainError {
  const { refused } = attempt(run);
  if (refused === undefined) throw new Error("nothing was refused");
  return refused;
}

/** The same for work that takes time. */
export async function refusalOfAsync(run: () => Promise<unknown>): Promise<DomainError> {
  try {
    await run();
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
