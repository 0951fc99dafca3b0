// XState learns types from values that it never reads: `types: { context: typed as Context }`.

export const typed: unknown = undefined;
