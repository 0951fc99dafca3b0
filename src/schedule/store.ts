// What planning and approving write down, and the port through which: documents with revisions, changed together or not at all. Implementations live on
// floor 3 and above; all of them pass the suite of tests/support/storeContract.ts.
import type { z } from "zod";
import {
  type Approval,
  approvalSchema,
  DomainError,
  type Escalation,
  escalationSchema,
  type Experiment,
  experimentSchema,
  isDomainError,
  type GuardBlock,
  guardBlockSchema,
  type Layer,
  layerSchema,
  parseWith,
  type Plan,
  planSchema,
  type Post,
  postSchema,
  type PreflightReport,
  preflightReportSchema,
  type Variant,
  variantSchema,
} from "../domain/index.ts";

export interface StoreDocuments {
  experiment: Experiment;
  variant: Variant;
  plan: Plan;
  approval: Approval;
  layer: Layer;
  post: Post;
  escalation: Escalation;
  /** What the guards said of the content that is kept. */
  preflight: PreflightReport;
  guardBlock: GuardBlock;
}
export type StoreKind = keyof StoreDocuments;

const schemas: { readonly [Kind in StoreKind]: z.ZodType<StoreDocuments[Kind]> } = {
  experiment: experimentSchema,
  variant: variantSchema,
  plan: planSchema,
  approval: approvalSchema,
  layer: layerSchema,
  post: postSchema,
  escalation: escalationSchema,
  preflight: preflightReportSchema,
  guardBlock: guardBlockSchema,
};
export const storeKinds = Object.keys(schemas) as [StoreKind, ...StoreKind[]];

/** What was said once stays said: no write changes it. */
const appendOnly: ReadonlySet<StoreKind> = new Set<StoreKind>(["approval", "guardBlock"]);

export interface Stored<Value> {
  readonly id: string;
  /** 1 after the first write, one more after each. */
  readonly rev: number;
  readonly value: Value;
}

/** A whole document. `rev` is that of the document it was made from; 0 if there was none. */
export type Write = {
  [Kind in StoreKind]: { readonly kind: Kind; readonly id: string; readonly rev: number; readonly value: StoreDocuments[Kind] };
}[StoreKind];

export interface Store {
  get<Kind extends StoreKind>(kind: Kind, id: string): Promise<Stored<StoreDocuments[Kind]> | undefined>;
  /** All documents of a kind, ascending by id. */
  list<Kind extends StoreKind>(kind: Kind): Promise<Stored<StoreDocuments[Kind]>[]>;
  /**
   * Writes all or nothing, and returns when it cannot be lost.
   * @throws DomainError `store-stale` if a document was written since it was read; `store-document-invalid` for one that is not of its kind.
   */
  commit(writes: readonly Write[]): Promise<void>;
  close(): Promise<void>;
}

/** @throws DomainError `store-document-invalid` with the path. */
export function checkDocument<Kind extends StoreKind>(kind: Kind, id: string, value: unknown): StoreDocuments[Kind] {
  const schema: z.ZodType = schemas[kind];
  return parseWith(schema, value, { code: "store-document-invalid", file: `${kind}/${id}` }) as StoreDocuments[Kind];
}

/** @throws DomainError `store-stale` unless each write was made from the document as it is, and names no document twice; `store-append-only` for a word that was given. */
export function checkRevisions(writes: readonly Write[], revOf: (kind: StoreKind, id: string) => number): void {
  const seen = new Set<string>();
  for (const { kind, id, rev } of writes) {
    const path = `${kind}/${id}`;
    const current = revOf(kind, id);
    if (rev === current && current > 0 && appendOnly.has(kind))
      throw new DomainError({
        code: "store-append-only",
        path,
        message: `${path} is written, and what was said is not changed`,
        fix: "Write another document.",
        value: rev,
      });
    if (seen.has(path) || rev !== current)
      throw new DomainError({
        code: "store-stale",
        path,
        message: seen.has(path)
          ? `${path} is written twice in one commit`
          : `${path} is at revision ${current}, and this write was made from ${rev}`,
        fix: seen.has(path) ? "Write each document once." : "Read it again and decide anew.",
        value: rev,
      });
    seen.add(path);
  }
}

/** How often a decision is made anew because somebody else wrote in between. */
const triesMax = 20;

/**
 * Reads, decides, writes; and does it again if another process wrote what was read. An empty list writes nothing.
 * @param decide reads through the store and returns the writes with the revisions it read, and what to answer.
 * @throws DomainError `store-stale` after 20 tries, and whatever `decide` throws.
 */
export async function transact<Answer>(
  store: Store,
  decide: () => Promise<{ readonly writes: readonly Write[]; readonly answer: Answer }>,
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const { writes, answer } = await decide();
    try {
      if (writes.length > 0) await store.commit(writes);
      return answer;
    } catch (error) {
      if (!isDomainError(error) || error.code !== "store-stale" || tries >= triesMax) throw error;
    }
  }
}
