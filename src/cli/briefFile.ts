// Reads a brief from a file, or a document around one: YAML or JSON, of a size that a person writes.
import { basename } from "node:path";
import { type Brief, readBrief } from "../domain/index.ts";
import { readDocumentFile, type TextFileKind } from "./textFile.ts";

const briefFile: TextFileKind = {
  name: "brief",
  // Twenty variants with the longest captions fit many times.
  bytesMax: 8 * 1024 * 1024,
  fixes: {
    tooLarge: "Shorten its texts; media are named by path and never embedded.",
    unreadable: "Name a YAML or JSON file, such as examples/briefs/batch-hook.yaml.",
  },
};

/** @throws DomainError `brief-unreadable`, `brief-too-large` or `brief-invalid`. */
export function readBriefFile(file: string): Brief {
  return readBrief(readBriefDocument(file), basename(file));
}

/** The document as written, unchecked. @throws DomainError `brief-unreadable`, `brief-too-large`, or `brief-invalid` where it is not YAML. */
export function readBriefDocument(file: string): unknown {
  return readDocumentFile(file, briefFile);
}
