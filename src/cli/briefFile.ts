// Reads a brief from a file: YAML or JSON, of a size and depth that a person writes.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { type Brief, DomainError, readBrief } from "../domain/index.ts";

/** Twenty variants with the longest captions fit many times. */
const bytesMax = 8 * 1024 * 1024;

/** @throws DomainError `brief-unreadable`, `brief-too-large` or `brief-invalid`. */
export function readBriefFile(file: string): Brief {
  return readBrief(readBriefDocument(file), basename(file));
}

/** The document as written, unchecked. @throws DomainError `brief-unreadable`, `brief-too-large`, or `brief-invalid` where it is not YAML. */
export function readBriefDocument(file: string): unknown {
  try {
    return parse(textOf(file), { maxAliasCount: 100 });
  } catch (cause) {
    // The parser runs out of aliases with a ReferenceError and out of stack with a RangeError.
    if (!(cause instanceof YAMLParseError || cause instanceof ReferenceError || cause instanceof RangeError)) throw cause;
    throw new DomainError(
      { code: "brief-invalid", path: basename(file), message: cause.message.split("\n")[0]!, fix: "Correct the YAML and run again." },
      { cause },
    );
  }
}

function textOf(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > bytesMax)
      throw new DomainError({
        code: "brief-too-large",
        path: file,
        message: `the brief has ${size} bytes, and at most ${bytesMax} are read`,
        fix: "Shorten its texts; media are named by path and never embedded.",
        value: size,
      });
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError(
      {
        code: "brief-unreadable",
        path: file,
        message: "the brief cannot be read",
        fix: "Name a YAML or JSON file, such as examples/briefs/batch-hook.yaml.",
        value: (cause as { code?: string }).code,
      },
      { cause },
    );
  }
}
