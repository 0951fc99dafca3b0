// Guardrails as a fold over facts as they come: late, doubled and out of order. Equal to the batch over the same facts (law L8, L11); the state is
// plain, holds what the guardrails read and nothing else, and lives as long as its experiment.
import type { Guardrail, OutcomeSnapshot, Post } from "../../domain/index.ts";
import type { AccountEvent } from "../../erm/index.ts";
import { type GuardrailReport, guardrailReport } from "./breaches.ts";

export type GuardrailFact =
  /** How a post stands now; the latest `at` replaces earlier ones. */
  | { readonly type: "post"; readonly at: number; readonly post: Post }
  | { readonly type: "snapshot"; readonly snapshot: OutcomeSnapshot }
  /** The same event again, with `clearedAtMs`, clears it. */
  | { readonly type: "account"; readonly event: AccountEvent };

export interface GuardrailState {
  readonly guardrails: readonly Guardrail[];
  readonly posts: ReadonlyMap<string, { readonly at: number; readonly post: Post }>;
  readonly snapshots: ReadonlyMap<string, OutcomeSnapshot>;
  readonly accountEvents: ReadonlyMap<string, AccountEvent>;
  /** Actions that were taken: guardrail, action and window. */
  readonly acted: ReadonlySet<string>;
}

/** An action that is due now and was not taken before in this window. */
export interface GuardrailAction {
  readonly key: string;
  readonly guardrailId: string;
  readonly action: Guardrail["action"];
  /** True where it is for want of data: whoever reads the metrics is called. */
  readonly isInstrumentationAlert: boolean;
  readonly postIds: readonly string[];
}

/** @param guardrails of the brief. */
export function guardrailsStart(guardrails: readonly Guardrail[]): GuardrailState {
  return { guardrails, posts: new Map(), snapshots: new Map(), accountEvents: new Map(), acted: new Set() };
}

/** One more fact. Pure: gives a new state, or the same one where the fact changes nothing. O(facts kept). */
export function guardrailsStep(state: GuardrailState, fact: GuardrailFact): GuardrailState {
  switch (fact.type) {
    case "post": {
      const known = state.posts.get(fact.post.postId);
      if (known !== undefined && known.at > fact.at) return state;
      return { ...state, posts: new Map(state.posts).set(fact.post.postId, { at: fact.at, post: fact.post }) };
    }
    case "snapshot": {
      const { snapshot } = fact;
      const key = `${snapshot.postId}/${snapshot.capturedAtMs}/${snapshot.recordedAt}`;
      if (state.snapshots.has(key) || !isRead(state.guardrails, snapshot)) return state;
      return { ...state, snapshots: new Map(state.snapshots).set(key, snapshot) };
    }
    case "account": {
      const { event } = fact;
      const key = `${event.account}/${event.signal}/${event.atMs}`;
      const known = state.accountEvents.get(key);
      if (known !== undefined && (known.clearedAtMs !== null || event.clearedAtMs === null)) return state;
      return { ...state, accountEvents: new Map(state.accountEvents).set(key, event) };
    }
    default:
      return fact satisfies never;
  }
}

/** What the guardrails say at an instant, over the facts recorded by then. Pure. */
export function guardrailsResult(state: GuardrailState, asOf: number): GuardrailReport {
  return guardrailReport(state.guardrails, {
    posts: [...state.posts.values()].map(({ post }) => post),
    snapshots: [...state.snapshots.values()],
    accountEvents: [...state.accountEvents.values()],
    asOf,
  });
}

/** The actions due at an instant, each once per guardrail, action and window, severest first; the state remembers them as taken. */
export function guardrailsAct(
  state: GuardrailState,
  asOf: number,
): { readonly state: GuardrailState; readonly actions: readonly GuardrailAction[]; readonly report: GuardrailReport } {
  const report = guardrailsResult(state, asOf);
  const severity = { pause: 0, hold: 1, warn: 2 };
  const actions = [
    ...report.breaches.map((breach) => ({ ...breach, isInstrumentationAlert: false })),
    ...report.silent.map((silent) => ({ ...silent, isInstrumentationAlert: true })),
  ]
    .map(({ guardrail, action, window, isInstrumentationAlert, postIds }): GuardrailAction => ({
      key: `${guardrail.id}/${isInstrumentationAlert ? "noData" : action}/${window}`,
      guardrailId: guardrail.id,
      action,
      isInstrumentationAlert,
      postIds,
    }))
    .filter(({ key }) => !state.acted.has(key))
    .sort((a, b) => severity[a.action] - severity[b.action]);
  if (actions.length === 0) return { state, actions, report };
  return { state: { ...state, acted: new Set([...state.acted, ...actions.map(({ key }) => key)]) }, actions, report };
}

function isRead(guardrails: readonly Guardrail[], { metrics }: OutcomeSnapshot): boolean {
  return guardrails.some(
    ({ source, statistic, per }) =>
      (source === "metric" || source === "manual") &&
      (Object.hasOwn(metrics, statistic) || (per !== undefined && Object.hasOwn(metrics, per))),
  );
}
