// The argument checks of the decision statistics: a number or list out of range is refused by name, never turned into NaN (law L12).
import { DomainError } from "../../domain/index.ts";

export function refuse(path: string, message: string, fix: string, value?: unknown, code = "statistics-argument"): never {
  throw new DomainError({ code, path, message, fix, ...(value !== undefined && { value }) });
}

export function requireFinite(path: string, value: number): void {
  if (!Number.isFinite(value))
    refuse(path, `${path} must be a finite number, not ${String(value)}`, "Leave missing figures out; missing is not zero.", value);
}

export function requireAllFinite(path: string, values: readonly number[]): void {
  if (values.length === 0) refuse(path, `${path} is empty`, "Pass at least one value.");
  values.forEach((value, at) => requireFinite(`${path}[${at}]`, value));
}

export function requirePositive(path: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    refuse(path, `${path} must be a positive finite number, not ${String(value)}`, `Pass ${path} as a positive finite number.`, value);
}

export function requireWhole(path: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least))
    refuse(path, `${path} must be a whole number >= ${least}, not ${String(value)}`, `Pass a whole number >= ${least}.`, value);
}

/** A level of significance, inside (0, 1). */
export function requireAlpha(path: string, value: number): void {
  if (!(value > 0 && value < 1)) refuse(path, `${path} must be inside (0, 1), not ${String(value)}`, "Pass a level such as .05.", value);
}

export function requireSameLength(path: string, values: readonly unknown[], otherPath: string, other: readonly unknown[]): void {
  if (values.length !== other.length)
    refuse(
      path,
      `${path} has ${values.length} entries and ${otherPath} has ${other.length}`,
      `Pass one entry of ${path} for each of ${otherPath}.`,
    );
}
