// The outside as the check of a brief sees it in tests: the package's own catalogue and pacing.
import type { BriefFacts } from "../../src/intake/index.ts";
import { platformCatalogue } from "../../src/preflight/index.ts";
import { paceOf } from "../../src/schedule/index.ts";

export const facts: BriefFacts = { catalogue: platformCatalogue(), paceOf, isZone: (zone) => !zone.startsWith("Mars/") };
