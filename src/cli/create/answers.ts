// Small readings of typed answers that wizard and flags share.
import type { PolicyRef } from "../../spec/index.ts";
import { MisuseError } from "../command.ts";

/** `a, b` as `["a", "b"]`. */
export function listOf(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** `name@version`; undefined where one of the two is missing. */
export function refOf(text: string): (PolicyRef & { name: string; version: string }) | undefined {
  const at = text.lastIndexOf("@");
  return at <= 0 || at === text.length - 1 ? undefined : { name: text.slice(0, at), version: text.slice(at + 1) };
}

/** Epoch ms of a date or date-time with its zone; a bare date is midnight UTC. Undefined for anything else. */
export function instantMs(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const ms = Date.parse(text);
  // Date.parse rolls 30 February over into March.
  const isReal = !Number.isNaN(ms) && new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`)).toISOString().startsWith(text.slice(0, 10));
  return isReal ? ms : undefined;
}

/** An option that is a date and time; undefined where it was not given. @throws MisuseError if it cannot be read. */
export function instantOption(flag: string, text: string): number;
export function instantOption(flag: string, text: string | undefined): number | undefined;
export function instantOption(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = instantMs(text);
  if (ms === undefined)
    throw new MisuseError(flag, `"${text}" is not a date and time with its zone`, `Write ${flag} 2027-03-01T00:00:00Z.`);
  return ms;
}
