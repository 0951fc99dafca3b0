// What is said of a file that cannot be read.
import type { UnreadableMedia } from "../../preflight/index.ts";

export const corrupt = (message: string): UnreadableMedia => ({ kind: "unreadable", reason: "corrupt", message });
export const truncated = (message: string): UnreadableMedia => ({ kind: "unreadable", reason: "truncated", message });
export const unknown = (message: string): UnreadableMedia => ({ kind: "unreadable", reason: "unknownFormat", message });
