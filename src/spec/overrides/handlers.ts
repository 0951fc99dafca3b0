// Who carries out overrides: one handler per type, given with the call or registered once for the whole process.
import { DomainError } from "../../domain/index.ts";
import type { ExperimentOverride, ExperimentOverrideType, Frozen, RegisteredExperiment } from "../types.ts";

/** Undoes exactly what the handler did. */
export type RevertOverride = () => void;

export interface OverrideRequest {
  readonly variantId: string;
  /** Known if the variant comes from a registry. */
  readonly experiment: RegisteredExperiment | undefined;
}

/** Puts one override into effect and returns its inverse; throws if it cannot, having changed nothing. */
export type OverrideHandler = (override: Frozen<ExperimentOverride>, request: OverrideRequest) => RevertOverride;

export type OverrideHandlers = Partial<Record<ExperimentOverrideType, OverrideHandler>>;

/** Handlers by type, one each. */
export class OverrideHandlerRegistry {
  readonly #handlers = new Map<ExperimentOverrideType, OverrideHandler>();

  /** @throws DomainError `override-handler-repeated` if the type has a handler. */
  register(type: ExperimentOverrideType, handler: OverrideHandler): this {
    if (this.#handlers.has(type))
      throw new DomainError({
        code: "override-handler-repeated",
        path: type,
        message: `overrides of type ${type} have a handler already`,
        fix: `Unregister ${type} first, or pass handlers with the call.`,
      });
    this.#handlers.set(type, handler);
    return this;
  }

  /** False if there was none. */
  unregister(type: ExperimentOverrideType): boolean {
    return this.#handlers.delete(type);
  }

  get(type: ExperimentOverrideType): OverrideHandler | undefined {
    return this.#handlers.get(type);
  }
}

/** What `applyExperimentOverrides(variant)` uses: an application registers its handlers here once, at start. */
export const overrideHandlers = new OverrideHandlerRegistry();
