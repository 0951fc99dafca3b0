// What the compiler says when it cannot.
import { DomainError } from "../../domain/index.ts";

/** @throws DomainError `machine-uncompilable`, always. */
export function refuseToCompile(at: string, why: string): never {
  throw new DomainError({
    code: "machine-uncompilable",
    path: at,
    message: `The table cannot hold ${why}.`,
    fix: 'Step this machine with {kind: "pure"}, or write it with effects, assigns, raise, cancel and after alone.',
  });
}
