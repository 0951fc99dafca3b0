// The store in memory: for tests, dry runs and as the plainest reading of the port. Documents go in and out as text, so that nobody shares them.
import { canonicalJson } from "../canon/index.ts";
import { checkDocument, checkRevisions, type Store, type StoreDocuments, type Stored, type StoreKind, type Write } from "./store.ts";

export function createMemoryStore(): Store {
  const documents = new Map<string, { readonly kind: StoreKind; readonly id: string; readonly rev: number; readonly text: string }>();

  const read = <Kind extends StoreKind>(entry: { id: string; rev: number; text: string }): Stored<StoreDocuments[Kind]> => ({
    id: entry.id,
    rev: entry.rev,
    value: JSON.parse(entry.text) as StoreDocuments[Kind],
  });

  return {
    get: <Kind extends StoreKind>(kind: Kind, id: string) => {
      const entry = documents.get(`${kind}/${id}`);
      return Promise.resolve(entry === undefined ? undefined : read<Kind>(entry));
    },
    list: <Kind extends StoreKind>(kind: Kind) =>
      Promise.resolve(
        [...documents.values()]
          .filter((entry) => entry.kind === kind)
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .map((entry) => read<Kind>(entry)),
      ),
    // Async, so that a refusal is a rejection as everywhere.
    async commit(writes: readonly Write[]) {
      checkRevisions(writes, (kind, id) => documents.get(`${kind}/${id}`)?.rev ?? 0);
      const texts = writes.map(({ kind, id, value }) => canonicalJson(checkDocument(kind, id, value)));
      writes.forEach(({ kind, id, rev }, at) => documents.set(`${kind}/${id}`, { kind, id, rev: rev + 1, text: texts[at]! }));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
