// Semantic versions (semver.org 2.0.0) with numeric comparison; integers and short forms are completed: 1 and "1" are 1.0.0.

export interface ParsedVersion {
  /** `major.minor.patch`, digits without leading zeros. */
  readonly release: readonly [string, string, string];
  readonly prerelease: readonly string[];
  /** The canonical text; build metadata is left out, as it does not order versions. */
  readonly text: string;
}

const number = "(0|[1-9]\\d*)";
const pattern = new RegExp(`^${number}(?:\\.${number})?(?:\\.${number})?(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z.-]+)?$`);

/** Undefined for anything that is not a version. */
export function parseVersion(version: unknown): ParsedVersion | undefined {
  if (typeof version === "number" ? !Number.isSafeInteger(version) : typeof version !== "string") return undefined;
  const match = pattern.exec(String(version));
  if (match === null) return undefined;
  const [, major, minor = "0", patch = "0", tail] = match;
  const prerelease = tail?.split(".") ?? [];
  if (prerelease.some((part) => /^0\d+$/.test(part))) return undefined;
  const release = [major!, minor, patch] as const;
  return { release, prerelease, text: release.join(".") + (tail === undefined ? "" : `-${tail}`) };
}

/** Negative, 0 or positive, as semver orders them: a prerelease comes before its release. */
export function compareVersions(a: ParsedVersion, b: ParsedVersion): number {
  for (const place of [0, 1, 2] as const) {
    const order = compareDigits(a.release[place], b.release[place]);
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (let place = 0; place < Math.max(a.prerelease.length, b.prerelease.length); place++) {
    const order = comparePart(a.prerelease[place], b.prerelease[place]);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const numericA = /^\d+$/.test(a);
  const numericB = /^\d+$/.test(b);
  if (numericA && numericB) return compareDigits(a, b);
  if (numericA !== numericB) return numericA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whole numbers of any length as text. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
