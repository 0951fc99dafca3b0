// What a campaign has done already, one line a batch, so that it goes on where it was stopped. A line that was torn by a kill is done again.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { DomainError } from "../domain/index.ts";

export interface ResumeFile {
  /** Counts by batch key, of earlier sessions. */
  readonly done: ReadonlyMap<string, readonly number[]>;
  keep(key: string, counts: readonly number[]): void;
}

/**
 * Opens or starts the file of the campaign with this hash.
 * @throws DomainError `resume-mismatch` for the file of another campaign, `resume-unwritable` where it cannot be used.
 */
export function openResumeFile(path: string, campaignHash: string): ResumeFile {
  const done = new Map<string, readonly number[]>();
  try {
    if (existsSync(path)) {
      const text = readFileSync(path, "utf8");
      const [head, ...lines] = text.split("\n");
      if (parsed(head ?? "")?.["campaign"] !== campaignHash)
        throw new DomainError({
          code: "resume-mismatch",
          path,
          message: "this file belongs to another campaign, or is none of ours",
          fix: "Name another file, or repeat the command with the policies, scenario, runs and seed it was started with.",
        });
      const whole: string[] = [];
      for (const line of lines) {
        const { key, counts } = (parsed(line) ?? {}) as { key?: string; counts?: number[] };
        if (key === undefined || !Array.isArray(counts)) continue;
        done.set(key, counts);
        whole.push(line);
      }
      writeFileSync(path, `${[head, ...whole].join("\n")}\n`);
    } else writeFileSync(path, `${JSON.stringify({ campaign: campaignHash })}\n`);
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError(
      {
        code: "resume-unwritable",
        path,
        message: "the resume file cannot be used",
        fix: "Name a file in a folder that exists and may be written.",
      },
      { cause },
    );
  }
  return { done, keep: (key, counts) => appendFileSync(path, `${JSON.stringify({ key, counts })}\n`) };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
