// One run in virtual time: what is known so far, and the three things a desk may do to it: write the journal, send an event, wait.
import {
  type Brief,
  type Decision,
  type Experiment,
  experimentEndings,
  type JournalEvent,
  type Layer,
  type OutcomeSnapshot,
  type Plan,
  type Post,
  type PreflightReport,
  type Variant,
  type ValidityReport,
} from "../domain/index.ts";
import type { AccountEvent } from "../erm/index.ts";
import type { SystemEffect } from "../machines/index.ts";
import type { SimulatedPlatform } from "../platforms/index.ts";
import type { Rng } from "../random/index.ts";
import type { OrdinaryHistory } from "./history.ts";

export interface Run {
  readonly experimentId: string;
  readonly brief: Brief;
  readonly briefHash: string;
  readonly policyHash: string;
  readonly rng: Rng;
  readonly variants: readonly Variant[];
  readonly platform: SimulatedPlatform;
  readonly windowMs: { readonly from: number; readonly until: number };
  readonly history: OrdinaryHistory;
  nowMs: number;
  plan: Plan;
  preflight: PreflightReport | null;
  readonly layers: Map<string, Layer>;
  readonly posts: Map<string, Post>;
  readonly snapshots: OutcomeSnapshot[];
  readonly accountEvents: AccountEvent[];
  /** Guardrails that have acted already; each acts once. */
  readonly tripped: Set<string>;
  validity: ValidityReport | null;
  decision: Decision | null;
  readonly journal: JournalEvent[];

  /** Writes one event of the journey at the present instant. */
  record(event: Unenveloped<JournalEvent>): void;
  /** Sends an event to a row, now or after a delay; it gets its id here. */
  send(key: string, event: { type: string; [field: string]: unknown }, delayMs?: number): void;
  /** Does something later. */
  later(atMs: number, work: () => void): void;
  /** The state of a row; undefined if there is none. */
  state(key: string): string | undefined;
  context(key: string): Readonly<Record<string, unknown>>;
  newId(): string;
  start(machine: string, input: Record<string, unknown>): void;
  /** What one desk asks of another. */
  readonly desks: {
    slotDue(postId: string): void;
    place(post: Post): void;
    settled(post: Post): void;
    read(): void;
  };
}

type Unenveloped<Event> = Event extends unknown ? Omit<Event, "id" | "at"> : never;

export type EffectOf<Type extends SystemEffect["type"]> = Extract<SystemEffect, { type: Type }>["params"];

export function experimentKey(run: Run): string {
  return `experiment/${run.experimentId}`;
}

export function accountKey(run: Run): string {
  return `account/${run.brief.accounts[0]!.id}`;
}

/** A variant's row: its id is the experiment's own, as every experiment has a control. */
export function variantRowId({ experimentId }: Run, variantId: string): string {
  return `${experimentId}/${variantId}`;
}

export function variantKey(run: Run, variantId: string): string {
  return `variant/${variantRowId(run, variantId)}`;
}

/** The reason that a row keeps, in words. */
export function reasonOf(run: Run, key: string, otherwise: string): string {
  const { reason } = run.context(key);
  return typeof reason === "string" && reason !== "" ? reason : otherwise;
}

/** True once the report is written: nothing that comes later changes it. */
export function hasEnded(run: Run): boolean {
  return (experimentEndings as readonly string[]).includes(run.state(experimentKey(run)) ?? "");
}

/** The experiment as the pure rooms want to see it. */
export function experimentOf(run: Run): Experiment {
  return {
    experimentId: run.experimentId,
    brief: run.brief,
    state: run.state(experimentKey(run)) as Experiment["state"],
    layers: run.plan.layers,
    briefHash: run.briefHash,
    planHash: run.plan.planHash,
    policyHash: run.policyHash,
    startMs: null,
    endMs: null,
  };
}
