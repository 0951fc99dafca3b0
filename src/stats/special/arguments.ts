// The argument checks of the special functions: a number outside its range is refused by name, never turned into NaN (law L12).
import { DomainError } from "../../domain/index.ts";

function refuse(path: string, value: unknown, range: string): never {
  throw new DomainError({
    code: "stats-argument",
    path,
    message: `${path} must be ${range}, not ${String(value)}`,
    fix: `Pass ${path} as ${range}.`,
    value,
  });
}

/** Any number but NaN; infinities are points of the real line here. */
export function requireNumber(path: string, value: number): void {
  if (typeof value !== "number" || Number.isNaN(value)) refuse(path, value, "a number");
}

export function requireFinite(path: string, value: number): void {
  if (!Number.isFinite(value)) refuse(path, value, "a finite number");
}

export function requirePositive(path: string, value: number): void {
  if (!(value > 0 && value < Infinity)) refuse(path, value, "a positive finite number");
}

export function requireNotNegative(path: string, value: number): void {
  if (!(value >= 0)) refuse(path, value, "a number >= 0");
}

export function requireNotPositive(path: string, value: number): void {
  if (!(value <= 0)) refuse(path, value, "a number <= 0");
}

export function requireProbability(path: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(path, value, "a probability in [0, 1]");
}

export function requireCount(path: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) refuse(path, value, "a whole number from 0 to 2^53 - 1");
}

export function requireCountUpTo(path: string, value: number, most: number): void {
  if (!(Number.isSafeInteger(value) && value >= 0 && value <= most)) refuse(path, value, `a whole number from 0 to ${most}`);
}
