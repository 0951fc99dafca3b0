// Face of sim/: a whole experiment against a synthetic account, in virtual time, from a seed.
export { noEffect, shareOfViews, type TrueEffect } from "./account.ts";
export { assumedShare, type Constant, worldConstants } from "./constants.ts";
export { createEventQueue, type EventQueue } from "./eventQueue.ts";
export { type Fault, faultSchema } from "./faults.ts";
export { quietScenario, type Scenario, scenarioOf, stories, storyNames, type StoryName } from "./scenario.ts";
export { type SimOptions, type SimResult, simulate } from "./simulate.ts";
export type { SimSummary } from "./summary.ts";
export { type Violation, violationsIn } from "./violations.ts";
