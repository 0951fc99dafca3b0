// The port for assignments that must survive edits of a live experiment, and its implementation in memory. A store keeps what was dealt first.
import type { HashVersion } from "../canon/index.ts";

export interface AssignmentKey {
  readonly experiment: string;
  readonly bucketingVersion: number;
  readonly unitType: string;
  readonly unitId: string;
}

export interface StoredAssignment {
  readonly variantId: string;
  readonly ruleId?: string;
  readonly specVersion: string;
  readonly hashVersion: HashVersion;
  /** Epoch ms; null where the evaluator has no clock. */
  readonly timeMs: number | null;
}

/** Answers at once. */
export interface SyncAssignmentStore {
  readonly mode: "sync";
  get(key: AssignmentKey): StoredAssignment | undefined;
  /** Keeps the first value of a key; returns the one that stands. */
  putIfAbsent(key: AssignmentKey, value: StoredAssignment): StoredAssignment;
}

/** Answers with promises; not for `chooseVariantSync`. */
export interface AsyncAssignmentStore {
  readonly mode: "async";
  get(key: AssignmentKey): Promise<StoredAssignment | undefined>;
  putIfAbsent(key: AssignmentKey, value: StoredAssignment): Promise<StoredAssignment>;
}

export type AssignmentStore = SyncAssignmentStore | AsyncAssignmentStore;

export class MemoryAssignmentStore implements SyncAssignmentStore {
  readonly mode = "sync";
  readonly #values = new Map<string, StoredAssignment>();

  get size(): number {
    return this.#values.size;
  }

  get(key: AssignmentKey): StoredAssignment | undefined {
    return this.#values.get(keyText(key));
  }

  putIfAbsent(key: AssignmentKey, value: StoredAssignment): StoredAssignment {
    const text = keyText(key);
    const standing = this.#values.get(text);
    if (standing !== undefined) return standing;
    const kept = Object.freeze({ ...value });
    this.#values.set(text, kept);
    return kept;
  }
}

function keyText({ experiment, bucketingVersion, unitType, unitId }: AssignmentKey): string {
  return JSON.stringify([experiment, bucketingVersion, unitType, unitId]);
}
