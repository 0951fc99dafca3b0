// The task of `expos tune`: simulated experiments of one policy in one cell of a scenario.
import { type NamedPolicy, tallyRuns } from "../decision/index.ts";
import type { ScenarioCell } from "../domain/index.ts";
import type { RunBatch } from "./task.ts";

export interface TuningCell {
  readonly named: NamedPolicy;
  readonly cell: ScenarioCell;
}

/** Address of this module, for `campaign`. */
export const tuningTask = new URL(import.meta.url);

export const runBatch: RunBatch<TuningCell> = ({ cell: { named, cell }, seed, from, to }) => tallyRuns(named, cell, seed, from, to);
