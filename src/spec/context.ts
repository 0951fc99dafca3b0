// Who asks for an arm: the published context, and the unit that is assigned in it (assignment note 2.4).
import { stickyAttributes, type RegisteredExperiment, type Version } from "./types.ts";

/** What is assigned: a user, an organisation, a session, a post ... */
export interface Unit {
  readonly type: string;
  readonly id: string;
}

export interface ExperimentContext {
  readonly experiment: string;
  readonly version?: Version | null | undefined;
  readonly userId?: string | null | undefined;
  readonly organizationId?: string | null | undefined;
  readonly sessionId?: string | null | undefined;
  /** What targeting expressions read; plain data. */
  readonly attributes?: Record<string, unknown> | undefined;
  readonly flags?: string[] | undefined;
  /** Addition: a post slot, an account, a reply. */
  readonly unit?: { readonly type: string; readonly id: string | null | undefined } | null | undefined;
  /** Addition: the time, epoch ms; wins over the evaluator's `now`. */
  readonly nowMs?: number | undefined;
}

/** The unit a draw of this experiment uses, or null if the context does not hold it. */
export function unitOf({ allocation, unit, fallbackUnit }: RegisteredExperiment, context: ExperimentContext): Unit | null {
  const declared = allocation.type === "sticky" ? allocation.attribute : unit;
  const own = declared === undefined ? firstUnit(context) : unitOfType(declared, context);
  return own === null && fallbackUnit !== undefined ? unitOfType(fallbackUnit, context) : own;
}

function firstUnit(context: ExperimentContext): Unit | null {
  return (
    unitOfType("userId", context) ??
    unitOfType("sessionId", context) ??
    unitOfType("organizationId", context) ??
    (context.unit ? unitOfType(context.unit.type, context) : null)
  );
}

function unitOfType(type: string, context: ExperimentContext): Unit | null {
  const attribute = stickyAttributes.find((name) => name === type);
  const given = attribute === undefined ? undefined : idText(context[attribute]);
  const id = given ?? (context.unit?.type === type ? idText(context.unit.id) : undefined);
  return id === undefined ? null : { type, id };
}

/** Absent, null and `''` are missing; programs without types also pass numbers. */
function idText(id: unknown): string | undefined {
  if (typeof id === "string") return id === "" ? undefined : id;
  return typeof id === "number" || typeof id === "bigint" ? String(id) : undefined;
}
