// The one place that knows how XState 5.33.3 (pinned) writes its built-in actions and guards. Each is told by comparing it with one made here, so
// names do not matter and a new version cannot be misread: tests/machines/table.test.ts holds them against XState itself.
import { and, assign, cancel, not, or, raise } from "xstate";

export interface Args {
  context: Record<string, unknown>;
  event: { type: string };
}

type Expression<Result> = Result | ((args: Args, params: unknown) => Result);

export type Builtin =
  | { readonly kind: "assign"; readonly assignment: Expression<Record<string, unknown>> }
  | {
      readonly kind: "raise";
      readonly event: Expression<{ type: string }>;
      readonly id: string | undefined;
      readonly delay: Expression<string | number | undefined>;
    }
  | { readonly kind: "cancel"; readonly sendId: Expression<string> };

interface Resolvable {
  readonly type: string;
  readonly resolve: unknown;
}

const resolves = {
  assign: (assign({}) as unknown as Resolvable).resolve,
  raise: (raise({ type: "probe" }) as unknown as Resolvable).resolve,
  cancel: (cancel("probe") as unknown as Resolvable).resolve,
};

/** The built-in that an action is; its name as text if it is another one of XState's; undefined if it is no built-in. */
export function builtinOf(action: unknown): Builtin | string | undefined {
  if (typeof action !== "function" || !("resolve" in action)) return undefined;
  const { type, resolve } = action as unknown as Resolvable;
  const fields = action as unknown as Record<string, never>;
  switch (resolve) {
    case resolves.assign:
      return { kind: "assign", assignment: fields["assignment"]! };
    case resolves.raise:
      return { kind: "raise", event: fields["event"]!, id: fields["id"], delay: fields["delay"]! };
    case resolves.cancel:
      return { kind: "cancel", sendId: fields["sendId"]! };
    default:
      return type.replace("xstate.", "");
  }
}

interface Checkable {
  readonly check: unknown;
  readonly guards?: readonly unknown[];
}

const checks = {
  and: (and([]) as unknown as Checkable).check,
  or: (or([]) as unknown as Checkable).check,
  not: (not("probe") as unknown as Checkable).check,
};

/** What a higher-order guard combines; undefined if it is none; "other" if it is one that looks at more than context and event. */
export function combinationOf(
  guard: unknown,
): { readonly kind: "and" | "or" | "not"; readonly guards: readonly unknown[] } | "other" | undefined {
  if (typeof guard !== "function" || !("check" in guard)) return undefined;
  const { check, guards = [] } = guard as unknown as Checkable;
  if (check === checks.and) return { kind: "and", guards };
  if (check === checks.or) return { kind: "or", guards };
  return check === checks.not ? { kind: "not", guards } : "other";
}
