// Face of machines/: lifecycles as XState machines, the three hosts, and rows that talk.
export { publishFailureLimits } from "./account/attempts.ts";
export { accountMachine, restMs } from "./account/machine.ts";
export type { AccountContext, AccountEvent, LaneRecord } from "./account/types.ts";
export { variantMachine, type VariantContext, type VariantEvent, type VariantInput } from "./variant/machine.ts";
export {
  type ActionWord,
  nextActionOf,
  nextActions,
  type NextAction,
  type PostState,
  type RetryWord,
  stricter,
} from "./post/nextActions.ts";
export { declareEffect, Effect, type EffectRecord, fx, type TimerEffect } from "./effects.ts";
export type { MachineEvent } from "./events.ts";
export { experimentMachine } from "./experiment/machine.ts";
export {
  type ApprovalNeed,
  approvalNeeds,
  type ExperimentContext,
  type ExperimentEvent,
  type ExperimentInput,
  type SignerRole,
} from "./experiment/types.ts";
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
export { blockers, type Clearance, type Preparation } from "./post/clearance.ts";
export { postMachine, postTries } from "./post/machine.ts";
export type { PostContext, PostError, PostEvent, PostInput } from "./post/types.ts";
export { parseRow, Row, Timer } from "./row.ts";
export { RowMap } from "./rowMap.ts";
export type { HeapTimer, TimerHeap } from "./timerHeap.ts";
export {
  type DeadLetter,
  emptySystem,
  inboxMax,
  nextTimer,
  systemOf,
  systemStart,
  systemStep,
  type Delivery,
  type Hosts,
  type System,
  type SystemEntry,
  type SystemEffect,
  type SystemEvent,
  type SystemStep,
} from "./system.ts";
