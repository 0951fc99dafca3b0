// What XState hands out as actions, as effects: `after` appears as a delayed raise and a cancel, every other action of ours is `effect`.
import { DomainError } from "../domain/index.ts";
import { effectRecord, type Effect, type EffectRecord } from "./effects.ts";

/** An action as XState's pure step and its inspector show it. */
export interface CollectedAction {
  readonly type: string;
  readonly params: unknown;
}

/** @throws DomainError `machine-failed` for an action that is no effect. */
export function effectsOfActions(actions: readonly CollectedAction[]): EffectRecord[] {
  const effects: EffectRecord[] = [];
  for (const action of actions) {
    const effect = effectOfAction(action);
    if (effect !== undefined) effects.push(effect);
  }
  return effects;
}

function effectOfAction(action: CollectedAction): EffectRecord | undefined {
  switch (action.type) {
    case "effect":
      return effectRecord(action.params as Effect);
    case "xstate.raise": {
      const { id, delay, event } = action.params as { id?: string; delay?: number; event: { type: string } };
      return delay === undefined ? undefined : arm(id, delay, event);
    }
    case "xstate.cancel":
      return { type: "cancel", params: { id: (action.params as { sendId: string }).sendId } };
    default:
      throw new DomainError({
        code: "machine-failed",
        path: action.type,
        message: `The action ${action.type} is no effect.`,
        fix: "Write it with fx(), or as an assign.",
      });
  }
}

/** @throws DomainError `machine-failed` for a timer without an id: XState would draw one at random. */
export function arm(id: string | undefined, delayMs: number, event: { type: string }): EffectRecord {
  if (id !== undefined) return { type: "arm", params: { id, delayMs, event: { type: event.type } } };
  throw new DomainError({
    code: "machine-failed",
    path: event.type,
    message: `The delayed raise of ${event.type} has no id.`,
    fix: "Give it {id}: a timer without a name cannot be cancelled or kept in a row.",
  });
}
