import fc from "fast-check";

// A failing property prints its seed; EXPOS_SEED (and EXPOS_PATH) replay it: see tests/support/property.ts.
const seed = process.env["EXPOS_SEED"];
const path = process.env["EXPOS_PATH"];
fc.configureGlobal({
  ...(seed !== undefined && { seed: Number(seed) }),
  ...(path !== undefined && { path, endOnFailure: true }),
});
