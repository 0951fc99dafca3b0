// What intake has to be told about the outside: the platform catalogue and the pacing, which rooms beside this one own. Shapes are structural,
// so that the catalogue of preflight/ and the pace of schedule/ fit as they are.
import type { Brief, Platform, Surface } from "../domain/index.ts";

/** A metric as the platform reports it. */
export interface SurfaceMetric {
  /** The platform's own name, such as `reels_skip_rate`. */
  readonly native: string;
  /** Our word for what it measures, such as `skipRate3s`. */
  readonly canonical: string;
  /** count, rate, percent, duration_ms, ...; a `map` or `curve` is not one number. */
  readonly kind: string;
  readonly lowerIsBetter?: boolean;
  /** The programming interface that has it, where not the usual one. */
  readonly api?: string;
}

export interface CatalogueView {
  readonly catalogueVersion: string;
  /** Canonical metrics by what they stand for: exposure, retention, conversation, distribution, conversion, negative, reaction. */
  readonly canonicalMetrics: Readonly<Record<string, readonly string[]>>;
  readonly platforms: Readonly<
    Record<
      Platform,
      {
        readonly account: {
          readonly cost?: readonly { readonly key: string; readonly value: unknown; readonly source: readonly string[] }[];
        };
        readonly surfaces: Readonly<
          Record<string, { readonly metrics: readonly SurfaceMetric[]; readonly unavailable?: readonly string[] }>
        >;
        /** What is known of hides and reports there, in words. */
        readonly negativeFeedback: string;
      }
    >
  >;
}

export interface Pace {
  readonly maxPerDay: number;
  readonly minGapMinutes: number;
}

export interface BriefFacts {
  readonly catalogue: CatalogueView;
  /** The stricter of the surface's pacing and the brief's own cadence. */
  readonly paceOf: (surface: Surface, cadence: Brief["exposurePlan"]["cadence"]) => Pace;
  /** Whether the IANA zone exists. */
  readonly isZone: (zone: string) => boolean;
}
