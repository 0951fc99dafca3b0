// Journal events in, verdicts out: RxJS operators over the pure checks and rules, for services that follow many experiments at once.
export { decisions } from "./decisions.ts";
export { fifo } from "./fifo.ts";
export { guardrails, type GuardrailVerdict } from "./guardrails.ts";
export type { Failed, Verdicted } from "./openExperiments.ts";
export { validity } from "./validity.ts";
export type { StreamVerdict } from "./verdicts.ts";
