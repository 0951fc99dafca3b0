// The argument checks of the samplers: a number outside its range is refused by name, never turned into NaN or an endless loop (law L12).
import { DomainError } from "../domain/index.ts";

export function refuse(path: string, value: unknown, range: string): never {
  throw new DomainError({
    code: "random-argument",
    path,
    message: `${path} must be ${range}, not ${String(value)}`,
    fix: `Pass ${path} as ${range}.`,
    value,
  });
}

export function requireFinite(path: string, value: number): void {
  if (!Number.isFinite(value)) refuse(path, value, "a finite number");
}

export function requirePositive(path: string, value: number): void {
  if (!(value > 0 && value < Infinity)) refuse(path, value, "a positive finite number");
}

export function requireBetween(path: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) refuse(path, value, `a number from ${least} to ${most}`);
}

export function requireInteger(path: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) refuse(path, value, `a whole number from ${least} to ${most}`);
}
