// Face of platforms/: the port through which posts are published and read, and the simulated platform behind it.
export type { CheckAnswer, FinaliseAnswer, FindRequest, MetricReading, PublishingPlatform, SubmitAnswer, SubmitRequest } from "./port.ts";
export { createSimulatedPlatform, type SimulatedPlatform, type SimulatedPost, type SimulatedWorld, type SubmitFate } from "./simulated.ts";
