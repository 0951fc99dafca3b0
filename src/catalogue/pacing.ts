// How densely an account may post on a surface: product defaults, a judgement and not a platform fact, stricter than every platform cap (platforms
// note 2.7). They count experiments and ordinary posts together.
import type { Brief, Surface } from "../domain/index.ts";
import { platformCatalogue } from "./catalogue.ts";
import type { Pace } from "./schema.ts";

export type { Pace };

/** The pace of a surface, whatever a brief says. */
export function surfacePace(surface: Surface): Pace {
  return platformCatalogue().pacingDefaults.perAccountSurface[surface];
}

/** The stricter of the surface's own pace and the brief's cadence. */
export function paceOf(surface: Surface, cadence: Brief["exposurePlan"]["cadence"]): Pace {
  const { maxPerDay, minGapMinutes } = surfacePace(surface);
  return {
    maxPerDay: Math.min(maxPerDay, cadence.maxPerDay ?? maxPerDay),
    minGapMinutes: Math.max(minGapMinutes, cadence.minGapMinutes ?? minGapMinutes),
  };
}
