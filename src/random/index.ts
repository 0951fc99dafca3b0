// Chance under control: seeded streams with named forks, the samplers over them, and ids.
export { createRng, type Rng, type RngState, rngStateSchema } from "./rng.ts";
export { uniform, uniformInteger } from "./uniform.ts";
export { normal } from "./normal.ts";
export { lognormal } from "./lognormal.ts";
export { gamma } from "./gamma.ts";
export { beta } from "./beta.ts";
export { poisson } from "./poisson.ts";
export { negativeBinomial } from "./negativeBinomial.ts";
export { categorical } from "./categorical.ts";
export { permutation } from "./permutation.ts";
export { systematicSample } from "./systematicSample.ts";
export { createIdSource, type IdSource, type IdSourceOptions } from "./ids.ts";
