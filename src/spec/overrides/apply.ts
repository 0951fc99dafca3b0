// Puts a chosen variant's overrides into effect (assignment note 2.8): all or nothing, reversible, and never on top of another experiment.
import { DomainError } from "../../domain/index.ts";
import { ownerOf } from "../owner.ts";
import type { ExperimentOverride, Frozen } from "../types.ts";
import { OverrideHandlerRegistry, type OverrideHandlers, overrideHandlers, type RevertOverride } from "./handlers.ts";

export interface AppliedOverrides {
  /**
   * Undoes the overrides in reverse order; again is a no-op.
   * @throws DomainError `override-revert-failed` after trying all of them.
   */
  revert(): void;
}

interface OverriddenVariant {
  readonly id: string;
  readonly overrides?: readonly Frozen<ExperimentOverride>[];
}

/** What is in effect through one set of handlers. */
interface InEffect {
  readonly byVariant: Map<object, AppliedOverrides>;
  /** Variants by `type target`. */
  readonly byTarget: Map<string, Set<OverriddenVariant>>;
}

const inEffectBy = new WeakMap<object, InEffect>();

/**
 * Applies every override of a variant, in order. Applying a variant that is in effect changes nothing and returns the same handle; a variant
 * without overrides needs no handlers.
 * @param handlers one per type; default: those registered on `overrideHandlers`.
 * @throws DomainError `override-handler-missing`, `override-conflict`, or `override-failed` after undoing what was done.
 */
export function applyExperimentOverrides(
  variant: OverriddenVariant,
  handlers: OverrideHandlers | OverrideHandlerRegistry = overrideHandlers,
): AppliedOverrides {
  const { overrides = [] } = variant;
  const inEffect = inEffectOf(handlers);
  const applied = inEffect.byVariant.get(variant);
  if (applied !== undefined) return applied;
  const planned = overrides.map((override, index) => ({ override, index, handle: handlerOf(handlers, override, index) }));
  for (const { override, index } of planned) checkConflict(inEffect, variant, override, index);

  const inverses: RevertOverride[] = [];
  const request = { variantId: variant.id, experiment: ownerOf(variant) };
  for (const { override, index, handle } of planned) {
    try {
      const inverse: unknown = handle(override, request);
      if (typeof inverse !== "function") throw new TypeError("the handler returned no inverse");
      inverses.push(inverse as RevertOverride);
    } catch (error) {
      const unreverted = revertAll(inverses);
      throw failure(override, index, error, unreverted);
    }
  }
  return hold(inEffect, variant, inverses);
}

function hold(inEffect: InEffect, variant: OverriddenVariant, inverses: RevertOverride[]): AppliedOverrides {
  const targets = (variant.overrides ?? []).map(targetOf);
  let isLive = true;
  const applied: AppliedOverrides = {
    revert() {
      if (!isLive) return;
      isLive = false;
      inEffect.byVariant.delete(variant);
      for (const target of targets) inEffect.byTarget.get(target)?.delete(variant);
      const errors = revertAll(inverses);
      if (errors.length > 0)
        throw new DomainError(
          {
            code: "override-revert-failed",
            path: "overrides",
            message: `${errors.length} of ${inverses.length} overrides of ${variant.id} could not be undone`,
            fix: "Read cause, and restore the specs by hand.",
          },
          { cause: new AggregateError(errors) },
        );
    },
  };
  inEffect.byVariant.set(variant, applied);
  for (const target of targets) {
    const holders = inEffect.byTarget.get(target) ?? new Set();
    inEffect.byTarget.set(target, holders.add(variant));
  }
  return Object.freeze(applied);
}

function inEffectOf(handlers: object): InEffect {
  const known = inEffectBy.get(handlers);
  if (known !== undefined) return known;
  const made: InEffect = { byVariant: new Map(), byTarget: new Map() };
  inEffectBy.set(handlers, made);
  return made;
}

function handlerOf(
  handlers: OverrideHandlers | OverrideHandlerRegistry,
  { type }: Frozen<ExperimentOverride>,
  index: number,
): NonNullable<OverrideHandlers[typeof type]> {
  const handler = handlers instanceof OverrideHandlerRegistry ? handlers.get(type) : handlers[type];
  if (handler !== undefined) return handler;
  throw new DomainError({
    code: "override-handler-missing",
    path: `overrides[${index}].type`,
    message: `nobody handles overrides of type ${type}`,
    fix: `Register one with overrideHandlers.register("${type}", handler), or pass { ${type}: handler }.`,
    value: type,
  });
}

function checkConflict(inEffect: InEffect, variant: OverriddenVariant, override: Frozen<ExperimentOverride>, index: number): void {
  const layer = ownerOf(variant)?.layer?.id;
  for (const other of inEffect.byTarget.get(targetOf(override)) ?? []) {
    const owner = ownerOf(other);
    if (layer !== undefined && owner?.layer?.id === layer && owner !== ownerOf(variant)) continue;
    throw new DomainError({
      code: "override-conflict",
      path: `overrides[${index}].target`,
      message: `${override.type} ${override.replaces ?? override.target} is overridden already by ${owner?.meta.name ?? "a variant"} (${other.id})`,
      fix: "Revert it first, or put both experiments into one layer.",
      value: override.target,
    });
  }
}

/** What an override takes hold of. */
export function targetOf({ type, target, replaces }: Frozen<ExperimentOverride>): string {
  return `${type} ${replaces ?? target}`;
}

/** Undoes in reverse order; a failing inverse does not keep the others from running. */
function revertAll(inverses: readonly RevertOverride[]): unknown[] {
  const errors: unknown[] = [];
  for (const inverse of inverses.toReversed()) {
    try {
      inverse();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

function failure(override: Frozen<ExperimentOverride>, index: number, error: unknown, unreverted: readonly unknown[]): DomainError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DomainError(
    {
      code: "override-failed",
      path: `overrides[${index}]`,
      message: `${override.type} ${override.target}: ${reason}${unreverted.length > 0 ? `; ${unreverted.length} earlier ones could not be undone` : "; nothing was changed"}`,
      fix: error instanceof DomainError ? error.fix : "Repair the target or its handler, then apply again.",
      value: override.target,
    },
    { cause: unreverted.length > 0 ? new AggregateError([error, ...unreverted]) : error },
  );
}
