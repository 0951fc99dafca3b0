// Reads a text file that a person or a program wrote, up to the size that such a file has; and YAML or JSON in it.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { DomainError } from "../domain/index.ts";

export interface TextFileKind {
  /** One word that error codes begin with, such as `brief`. */
  readonly name: string;
  readonly bytesMax: number;
  /** What to do about a file that is larger, and about one that is not there. */
  readonly fixes: { readonly tooLarge: string; readonly unreadable: string };
}

/** Without a byte order mark. @throws DomainError `<name>-unreadable`, `<name>-too-large`. */
export function readTextFile(file: string, { name, bytesMax, fixes }: TextFileKind): string {
  try {
    const { size } = statSync(file);
    if (size > bytesMax)
      throw new DomainError({
        code: `${name}-too-large`,
        path: file,
        message: `the ${name} has ${size} bytes, and at most ${bytesMax} are read`,
        fix: fixes.tooLarge,
        value: size,
      });
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError(
      {
        code: `${name}-unreadable`,
        path: file,
        message: `the ${name} cannot be read`,
        fix: fixes.unreadable,
        value: (cause as { code?: string }).code,
      },
      { cause },
    );
  }
}

/** The document of a YAML or JSON file as written, unchecked. @throws DomainError what reading throws, and `<name>-invalid` where it is not YAML. */
export function readDocumentFile(file: string, kind: TextFileKind): unknown {
  const text = readTextFile(file, kind);
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    // The parser runs out of aliases with a ReferenceError and out of stack with a RangeError.
    if (!(cause instanceof YAMLParseError || cause instanceof ReferenceError || cause instanceof RangeError)) throw cause;
    throw new DomainError(
      {
        code: `${kind.name}-invalid`,
        path: basename(file),
        message: cause.message.split("\n")[0]!,
        fix: "Correct the YAML and run again.",
      },
      { cause },
    );
  }
}
