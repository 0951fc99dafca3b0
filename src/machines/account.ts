// The health of one account. Its trouble pauses every experiment on it before the next publish (law L5; validity note 2.6, survival signals).
import { setup } from "xstate";
import { type AccountSignal, isSurvivalSignal } from "../domain/index.ts";
import { declareEffect, fx } from "./effects.ts";
import { typed } from "./typed.ts";
import type { Envelope } from "./events.ts";

export interface AccountContext {
  accountId: string;
  /** Experiments running on this account, by id. */
  experiments: string[];
  signal: AccountSignal | null;
}

export type AccountEvent = Envelope &
  (
    | { type: "attached"; experimentId: string }
    | { type: "detached"; experimentId: string }
    | { type: "signal"; signal: AccountSignal }
    | { type: "cleared"; by: string }
  );

const machineSetup = setup({
  types: { context: typed as AccountContext, events: typed as AccountEvent, input: typed as { accountId?: string } },
  guards: {
    challenge: ({ event }) => event.type === "signal" && event.signal === "loginChallenge",
    restriction: ({ event }) => event.type === "signal" && event.signal === "accountRestricted",
    warning: ({ event }) => event.type === "signal" && isSurvivalSignal(event.signal),
    byHuman: ({ event }) => event.type === "cleared" && event.by !== "",
  },
  actions: { effect: declareEffect },
});

const attach = machineSetup.assign({
  experiments: ({ context, event }) =>
    event.type === "attached"
      ? [...context.experiments.filter((id) => id !== event.experimentId), event.experimentId]
      : context.experiments,
});
const detach = machineSetup.assign({
  experiments: ({ context, event }) =>
    event.type === "detached" ? context.experiments.filter((id) => id !== event.experimentId) : context.experiments,
});
const keepSignal = machineSetup.assign({ signal: ({ event }) => (event.type === "signal" ? event.signal : null) });

const tellExperiments = fx<AccountContext, AccountEvent>(({ context, event }) => ({
  kind: "tell",
  to: context.experiments.map((id) => `experiment/${id}`),
  event: { type: "survivalSignal", signal: event.type === "signal" ? event.signal : "" },
}));
const escalate = fx<AccountContext, AccountEvent>(({ context, event }) => ({
  kind: "notify",
  severity: "escalation",
  subject: context.accountId,
  reason: event.type === "signal" ? event.signal : event.type,
}));

const trouble = [
  { guard: "challenge" as const, target: "challenged", actions: [keepSignal, tellExperiments, escalate] },
  { guard: "restriction" as const, target: "restricted", actions: [keepSignal, tellExperiments, escalate] },
  { guard: "warning" as const, target: "warned", actions: [keepSignal, tellExperiments, escalate] },
] as const;
const membership = { attached: { actions: attach }, detached: { actions: detach } } as const;
const cleared = { guard: "byHuman" as const, target: "healthy", actions: keepSignal } as const;

export const accountMachine = machineSetup.createMachine({
  id: "account",
  /** The integer version its rows carry. */
  version: "1",
  options: { maxIterations: 1000 },
  initial: "healthy",
  context: ({ input }) => ({ accountId: input?.accountId ?? "", experiments: [], signal: null }),
  states: {
    healthy: {
      description: "nothing stands in the way of publishing",
      on: { signal: [...trouble], ...membership },
    },
    warned: {
      description: "a survival signal came in; a person has to look",
      on: { signal: [...trouble], cleared, ...membership },
    },
    challenged: {
      description: "the platform asks who is there; a person has to log in",
      on: { cleared, ...membership },
    },
    restricted: {
      description: "the platform took rights away; a person has to look",
      on: { cleared, ...membership },
    },
  },
});
