// Face of catalogue/: the dated facts of the platforms, and what follows from them for everybody: prices, pacing, quotas, cool-downs, room in a window.
export { addressesIn, withoutAddresses } from "./addresses.ts";
export { capacityOf, type Capacity, windowDaysMax, windowTooLong } from "./capacity.ts";
export { platformCatalogue } from "./catalogue.ts";
export { coolDownOf } from "./coolDown.ts";
export { type CostedVariant, type ExpectedCost, expectedCost } from "./cost.ts";
export { type Pace, paceOf, surfacePace } from "./pacing.ts";
export { countedQuotas, type Quota } from "./quotas.ts";
export type { Catalogue, Confidence, Fact, Metric } from "./schema.ts";
