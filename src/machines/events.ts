// The envelope of every event a row receives. Time, ids and keys come in here; a machine never asks for them.

/** An event as a row receives it. `at` is epoch milliseconds; `timer` is set if a timer of this row sent it. */
export interface MachineEvent {
  readonly type: string;
  readonly id: string;
  readonly at: number;
  readonly timer?: { readonly id: string; readonly armedRev: number };
  readonly [field: string]: unknown;
}

/** The envelope, for the event unions of the machines. */
export interface Envelope {
  readonly id: string;
  readonly at: number;
}
