// What belongs to each machine of ours beside its states: the shape of its context, its events, the migrations of its rows.
import type { AnyStateMachine } from "xstate";
import type { z } from "zod";
import { accountMachine } from "./account/machine.ts";
import { accountContextSchema, accountEvents } from "./account/events.ts";
import { accountMigrations } from "./account/migrations.ts";
import { byType, type EventSpec } from "./eventSpec.ts";
import { experimentMachine } from "./experiment/machine.ts";
import { experimentContextSchema, experimentEvents } from "./experiment/events.ts";
import { postMachine } from "./post/machine.ts";
import { postContextSchema, postEvents } from "./post/events.ts";
import { variantMachine } from "./variant/machine.ts";
import { variantContextSchema, variantEvents } from "./variant/events.ts";
import type { Migrations } from "./rowReader.ts";

export interface MachineDefinition {
  readonly machine: AnyStateMachine;
  readonly context: z.ZodType;
  readonly events: ReadonlyMap<string, EventSpec>;
  readonly migrations: Migrations;
}

/** By name. A machine at its first version has no row that needs a migration. */
export const definitions: Readonly<Record<string, MachineDefinition>> = {
  experiment: { machine: experimentMachine, context: experimentContextSchema, events: byType(experimentEvents), migrations: {} },
  variant: { machine: variantMachine, context: variantContextSchema, events: byType(variantEvents), migrations: {} },
  post: { machine: postMachine, context: postContextSchema, events: byType(postEvents), migrations: {} },
  account: { machine: accountMachine, context: accountContextSchema, events: byType(accountEvents), migrations: accountMigrations },
};

/** The definition of one of our machines; undefined for a machine of somebody else. */
export function definitionOf(machine: AnyStateMachine): MachineDefinition | undefined {
  const definition = definitions[machine.id];
  return definition?.machine === machine ? definition : undefined;
}
