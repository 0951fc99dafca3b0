// Face of machines/: lifecycles as XState machines, the three hosts, and rows that talk.
export { accountMachine, type AccountContext, type AccountEvent } from "./account.ts";
export { Effect, type EffectRecord, type TimerEffect } from "./effects.ts";
export type { MachineEvent } from "./events.ts";
export { experimentMachine, type ExperimentContext, type ExperimentEvent, type ExperimentInput } from "./experiment.ts";
export { createHost, type Host, type HostOptions, type HostStart, type HostStep } from "./host.ts";
export { listEvents, type ListedEvent } from "./listEvents.ts";
export type { Draws, Sender } from "./eventSpec.ts";
export type { Migrations } from "./rowReader.ts";
export { definitions, type MachineDefinition } from "./definitions.ts";
export {
  describeMachine,
  type MachineDescription,
  type NextSteps,
  nextSteps,
  type PossibleStep,
  type RefusedStep,
  type StateDescription,
  type TransitionDescription,
} from "./describe.ts";
export { mermaidOf, svgOf } from "./diagram.ts";
export { machinesPage } from "./page.ts";
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
