// SHA-256, synchronous and the same in every runtime, and the hash of a JSON value by its canonical text.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson } from "./json.ts";

/** SHA-256 of bytes, or of a text's UTF-8 form, as 64 lower-case hex digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return bytesToHex(sha256(typeof data === "string" ? utf8ToBytes(data) : data));
}

/**
 * `sha256:` and the hash of the value's canonical JSON: blind to key order, changed by any other change.
 * @throws DomainError `json-not-canonical` for what JSON cannot hold.
 */
export function contentHash(value: unknown): `sha256:${string}` {
  return `sha256:${sha256Hex(canonicalJson(value))}`;
}
