// The outside as the check of a brief sees it in tests.
import type { BriefFacts } from "../../src/intake/index.ts";

export const facts: BriefFacts = { isZone: (zone) => !zone.startsWith("Mars/") };
