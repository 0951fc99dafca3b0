// What the check of a brief knows of the outside, put together here because the room that owns it stands beside intake/.
import { isDomainError } from "../domain/index.ts";
import type { BriefFacts } from "../intake/index.ts";
import { wallTimeAt } from "../schedule/index.ts";

export const briefFacts: BriefFacts = { isZone };

function isZone(zone: string): boolean {
  try {
    wallTimeAt(0, zone);
    return true;
  } catch (error) {
    if (isDomainError(error) && error.code === "zone-unknown") return false;
    throw error;
  }
}
