// How many posts a platform takes through its API: the caps of the catalogue that planning counts (platforms note 2.4). A live endpoint beats them, and
// planning stops at a part of each.
import { type Platform, platformOf, type Surface } from "../domain/index.ts";
import { platformCatalogue } from "./catalogue.ts";
import type { Fact } from "./schema.ts";

export interface Quota extends NonNullable<Fact["quota"]> {
  /** Such as `instagram.apiPublishedPostsFallback`. */
  readonly id: string;
  /** What the platform takes in the window. */
  readonly cap: number;
  /** What of it may be planned. */
  readonly plannable: number;
}

const bySurface = new Map<Surface, readonly Quota[]>();

/** The quotas that a post on this surface counts for; the same objects each time. */
export function countedQuotas(surface: Surface): readonly Quota[] {
  let quotas = bySurface.get(surface);
  if (quotas === undefined) {
    quotas = quotasOf(platformOf(surface)).filter(({ surfaces }) => surfaces === undefined || surfaces.includes(surface));
    bySurface.set(surface, quotas);
  }
  return quotas;
}

const byPlatform = new Map<Platform, readonly Quota[]>();

function quotasOf(platform: Platform): readonly Quota[] {
  let quotas = byPlatform.get(platform);
  if (quotas === undefined) {
    const { platforms, pacingDefaults } = platformCatalogue();
    quotas = platforms[platform].account.limits.flatMap(({ key, value, quota }) =>
      quota === undefined || typeof value !== "number"
        ? []
        : [{ id: `${platform}.${key}`, ...quota, cap: value, plannable: Math.floor(pacingDefaults.quotaHeadroomFraction * value) }],
    );
    byPlatform.set(platform, quotas);
  }
  return quotas;
}
