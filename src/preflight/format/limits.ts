// The limits of a surface as FormatGuard applies them: a well-founded one blocks, another warns; where sources disagree the looser number blocks
// and the stricter one warns (preflight note 2.3).
import { type Confidence, type Fact, platformCatalogue } from "../../catalogue/index.ts";
import { type GuardIssue, type GuardVerdict, platformOf, type Surface } from "../../domain/index.ts";

export interface Limit {
  /** `format.<surface>.<group>.<key>`. */
  readonly ruleId: string;
  readonly group: string;
  readonly key: string;
  readonly value: Fact["value"];
  /** Where sources disagree, the number of the others. */
  readonly otherValue: number | undefined;
  readonly unit: string;
  readonly source: string;
  readonly confidence: Confidence;
  /** True if breaking it blocks: an official source, or two independent ones that agree. */
  readonly isFirm: boolean;
}

const bySurface = new Map<Surface, readonly Limit[]>();

/** The limits of a surface in the order of the catalogue. */
export function limitsOf(surface: Surface): readonly Limit[] {
  const known = bySurface.get(surface);
  if (known !== undefined) return known;
  const platform = platformOf(surface);
  const facts = platformCatalogue().platforms[platform].surfaces[surface.slice(platform.length + 1)];
  const limits = Object.entries(facts?.formats ?? {}).flatMap(([group, list]) => list.map((fact) => limitFrom(surface, group, fact)));
  bySurface.set(surface, limits);
  return limits;
}

/** True if the catalogue knows such content on the surface. */
export function hasGroup(surface: Surface, group: string): boolean {
  return limitsOf(surface).some((limit) => limit.group === group);
}

function limitFrom(surface: Surface, group: string, { key, value, conflictValue, unit, source, confidence }: Fact): Limit {
  // What somebody recalls is no source that could agree with another.
  const independent = source.filter((name) => name !== "memory");
  return {
    ruleId: `format.${surface}.${group}.${key}`,
    group,
    key,
    value,
    otherValue: conflictValue,
    unit,
    source: source.join(", "),
    confidence,
    isFirm: confidence === "official" || confidence === "official-via-digest" || independent.length >= 2,
  };
}

export interface Place {
  readonly variantId: string;
  readonly field: string;
}

/** Compares a measured number with a bound. */
export function checkNumber(limit: Limit, bound: "min" | "max", actual: number, place: Place, what: string): GuardIssue[] {
  if (typeof limit.value !== "number") return [];
  const values = limit.otherValue === undefined ? [limit.value] : [limit.value, limit.otherValue];
  const [looser, stricter] = bound === "max" ? [Math.max(...values), Math.min(...values)] : [Math.min(...values), Math.max(...values)];
  const breaks = (value: number): boolean => (bound === "max" ? actual > value : actual < value);
  const broken = breaks(looser) ? looser : breaks(stricter) ? stricter : undefined;
  if (broken === undefined) return [];
  const isDisputed = limit.otherValue !== undefined && broken === stricter;
  return [
    broke(limit, limit.isFirm && !isDisputed ? "block" : "warn", place, {
      actual: rounded(actual),
      limit: broken,
      message: `${what} is ${rounded(actual)}, and the ${bound === "max" ? "most" : "least"} is ${broken} (${limit.unit})${isDisputed ? "; sources disagree" : ""}`,
      fix: fixOf(bound, limit),
    }),
  ];
}

/** One of a list, such as codecs. */
export function checkMember(limit: Limit, actual: string | null, place: Place, what: string): GuardIssue[] {
  if (!Array.isArray(limit.value)) return [];
  if (actual === null)
    return [
      broke(limit, "unverified", place, {
        limit: limit.value,
        message: `${what} cannot be read`,
        fix: `Make sure that it is one of ${limit.value.join(", ")}.`,
      }),
    ];
  if (limit.value.includes(actual)) return [];
  return [
    broke(limit, limit.isFirm ? "block" : "warn", place, {
      actual,
      limit: limit.value,
      message: `${what} is ${actual}, and ${limit.value.join(", ")} is taken`,
      fix: `Convert it to ${limit.value[0]}.`,
    }),
  ];
}

/** A finding of a limit. */
export function broke(
  { ruleId, unit, source, confidence }: Limit,
  verdict: GuardVerdict,
  { variantId, field }: Place,
  finding: Pick<GuardIssue, "message" | "fix"> & Partial<Pick<GuardIssue, "actual" | "limit">>,
): GuardIssue {
  return { ruleId, verdict, variantId, field, ...finding, unit, source, confidence };
}

function fixOf(bound: "min" | "max", { group, key }: Limit): string {
  if (bound === "min") return "Make it longer, larger or add what is missing.";
  const isText = ["caption", "text", "title", "description", "tags", "topic"].includes(group);
  return isText || key === "durationMax" ? "Shorten it; nothing is cut automatically." : "Export it smaller, or use fewer.";
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
