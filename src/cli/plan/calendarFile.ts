// A calendar that already exists: its events are ordinary posts of the account, and pacing counts them.
import { basename } from "node:path";
import { type Brief, dayMs, dayNumberOf, DomainError, isDomainError, type OrdinaryPost } from "../../domain/index.ts";
import { type CalendarWindow, readCalendar } from "../../schedule/index.ts";
import { readTextFile, type TextFileKind } from "../textFile.ts";

const calendarFile: TextFileKind = {
  name: "calendar",
  bytesMax: 50 * 1024 * 1024,
  fixes: { tooLarge: "Export the time around the run window.", unreadable: "Name an .ics file." },
};

/**
 * The events of a calendar file as ordinary posts. This plan's own posts, exported before, are not counted against it.
 * @returns with notes about events that are no post at one time.
 * @throws DomainError `calendar-unreadable`, `calendar-too-large`, `calendar-invalid` with the line.
 */
export function readCalendarFile(file: string, brief: Brief, experimentId: string): { posts: OrdinaryPost[]; notes: string[] } {
  const { events, skipped } = inFile(file, () =>
    readCalendar(readTextFile(file, calendarFile), brief.runWindow.zone, around(brief.runWindow)),
  );
  return {
    posts: events
      .filter(({ post }) => post?.experimentId !== experimentId)
      .map(({ startMs, post }) => ({ startMs, ...(post !== undefined && { account: post.account, surface: post.surface }) })),
    notes: skipped.map(({ summary, reason }) => `${basename(file)}: "${summary}" does not count for the pacing: ${reason}`),
  };
}

/** A little more than the window: posts before and after it count for gaps, the longest of which is a month. */
function around({ start, end }: Brief["runWindow"]): CalendarWindow {
  return { fromMs: (dayNumberOf(start) - 32) * dayMs, untilMs: (dayNumberOf(end) + 32) * dayMs };
}

function inFile<Result>(file: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!isDomainError(error) || error.path === file) throw error;
    const { code, path, message, fix, value } = error;
    throw new DomainError(
      { code, path: path === "" ? file : `${file}: ${path}`, message, fix, ...(value !== undefined && { value }) },
      { cause: error },
    );
  }
}
