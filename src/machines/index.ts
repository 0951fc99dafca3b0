// Face of machines/: lifecycles as XState machines, the pure host, and rows that talk.
export { accountMachine, type AccountContext, type AccountEvent } from "./account.ts";
export { Effect, type EffectRecord, type TimerEffect } from "./effects.ts";
export type { MachineEvent } from "./events.ts";
export { experimentMachine, type ExperimentContext, type ExperimentEvent, type ExperimentInput } from "./experiment.ts";
export { createHost, type Host, type HostStart, type HostStep } from "./host.ts";
export { blockers, postMachine, type Clearance, type PostContext, type PostEvent, type PostInput } from "./post.ts";
export { parseRow, Row, Timer } from "./row.ts";
export {
  emptySystem,
  nextTimer,
  systemStart,
  systemStep,
  type Delivery,
  type Hosts,
  type System,
  type SystemEffect,
  type SystemEvent,
  type SystemStep,
} from "./system.ts";
