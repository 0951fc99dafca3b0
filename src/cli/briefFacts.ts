// What the check of a brief knows of the outside, put together here because the rooms that own it stand beside intake/.
import { isDomainError } from "../domain/index.ts";
import type { BriefFacts } from "../intake/index.ts";
import { platformCatalogue } from "../preflight/index.ts";
import { paceOf, wallTimeAt } from "../schedule/index.ts";

export function briefFacts(): BriefFacts {
  return { catalogue: platformCatalogue(), paceOf, isZone };
}

function isZone(zone: string): boolean {
  try {
    wallTimeAt(0, zone);
    return true;
  } catch (error) {
    if (isDomainError(error) && error.code === "zone-unknown") return false;
    throw error;
  }
}
