// The named ways of turning a unit into a number. A version never changes its meaning: a better hash gets a new name, and records carry the name.

/**
 * - `m3-1`: MurmurHash3 x86-32, seed 0, over the whole keyed text; the default.
 * - `gb-v2`, `gb-v1`: GrowthBook's hashes, for experiments that moved here.
 */
export const hashVersions = ["m3-1", "gb-v2", "gb-v1"] as const;

export type HashVersion = (typeof hashVersions)[number];

export const defaultHashVersion: HashVersion = "m3-1";
