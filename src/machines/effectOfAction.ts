// What XState hands out as actions, as effects: `after` appears as a delayed raise and a cancel, `effect` carries its kind in its params, and any
// other named action is an effect of its own name.
import { DomainError } from "../domain/index.ts";
import { effectRecord, type Effect, type EffectRecord } from "./effects.ts";

/** An action as XState's pure step and its inspector show it. */
export interface CollectedAction {
  readonly type: string;
  readonly params: unknown;
}

/** The type of an action whose params are the effect itself, made once beforehand. XState takes it for a named action that nobody implements. */
export const readyEffect = "expos.ready";

/** The type that stands for a function in place of an action: it has no name to leave under. */
export const writtenInPlace = "expos.writtenInPlace";

/** @throws DomainError `machine-failed` for an action that is no effect. */
export function effectsOfActions(actions: readonly CollectedAction[]): EffectRecord[] {
  const effects: EffectRecord[] = [];
  for (const action of actions) {
    const effect = effectOfAction(action);
    if (effect !== undefined) effects.push(effect);
  }
  return effects;
}

/**
 * Undefined for a raise at once, which stays inside the machine.
 * @throws DomainError `machine-failed` for an action that is no effect.
 */
export function effectOfAction(action: CollectedAction): EffectRecord | undefined {
  switch (action.type) {
    case "effect":
      return effectRecord(action.params as Effect);
    case readyEffect:
      return action.params as EffectRecord;
    case "xstate.raise": {
      const { id, delay, event } = action.params as { id?: string; delay?: number; event: { type: string } };
      return delay === undefined ? undefined : arm(id, delay, event);
    }
    case "xstate.cancel":
      return { type: "cancel", params: { id: (action.params as { sendId: string }).sendId } };
    case writtenInPlace:
    case "(anonymous)":
      return refuseAction("in place", "An action written in place is no effect: it has no name.");
    default:
      if (action.type.startsWith("xstate.")) refuseAction(action.type, `The action ${action.type} is no effect.`);
      return namedEffect(action.type, action.params);
  }
}

/** A named action of a machine of somebody else: its name is the effect's type, its params go with it. */
export function namedEffect(type: string, params: unknown): EffectRecord {
  return { type, params: params ?? {} } as unknown as EffectRecord;
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

/** An effect that is the same every time: handed out again and again, so nobody may change it. */
export function constantEffect(effect: EffectRecord): EffectRecord {
  if (effect.type === "arm") Object.freeze(effect.params.event);
  Object.freeze(effect.params);
  return Object.freeze(effect);
}

function refuseAction(path: string, message: string): never {
  throw new DomainError({
    code: "machine-failed",
    path,
    message,
    fix: "Write it with fx(), as a named action, or as an assign.",
  });
}
