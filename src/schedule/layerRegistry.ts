// The layers of all clients over a store: reserved and released atomically, whoever else is at it (law L3), and where experiments are in each other's way.
import {
  emptyLayer,
  type Experiment,
  experimentStates,
  type Layer,
  releaseLayer,
  type Range,
  reserveLayer,
  statusOf,
} from "../domain/index.ts";
import { type Store, transact, type Write } from "./store.ts";

/**
 * The writes that give an experiment all of its layers, for a commit with others.
 * @throws DomainError `layer-overlap` naming the holders; then nothing is taken.
 */
export async function reserveWrites(
  store: Store,
  request: { readonly experimentId: string; readonly layers: readonly string[]; readonly ranges?: readonly Range[]; readonly atMs: number },
): Promise<Write[]> {
  const { experimentId, layers, ranges, atMs } = request;
  const writes: Write[] = [];
  for (const id of new Set(layers)) {
    const stored = await store.get("layer", id);
    const before = stored?.value ?? emptyLayer(id, ranges === undefined ? "exclusive" : "split");
    const after = reserveLayer(before, { experimentId, atMs, ...(ranges !== undefined && { ranges }) });
    if (after !== stored?.value) writes.push({ kind: "layer", id, rev: stored?.rev ?? 0, value: after });
  }
  return writes;
}

/** The writes that free what an experiment holds; none if it holds nothing. */
export async function releaseWrites(store: Store, experimentId: string): Promise<Write[]> {
  return (await store.list("layer")).flatMap(({ id, rev, value }) => {
    const after = releaseLayer(value, experimentId);
    return after === value ? [] : [{ kind: "layer" as const, id, rev, value: after }];
  });
}

/** Takes all layers of an experiment, or none. Repeating it changes nothing. @throws DomainError `layer-overlap`. */
export async function reserveLayers(store: Store, request: Parameters<typeof reserveWrites>[1]): Promise<void> {
  await transact(store, async () => ({ writes: await reserveWrites(store, request), answer: undefined }));
}

/** Frees everything an experiment holds. Repeating it changes nothing. */
export async function releaseLayers(store: Store, experimentId: string): Promise<void> {
  await transact(store, async () => ({ writes: await releaseWrites(store, experimentId), answer: undefined }));
}

export interface LayerUse {
  readonly layerId: string;
  readonly holders: readonly { readonly experimentId: string; readonly share: number; readonly sinceMs: number }[];
  /** Experiments that will want the layer and do not hold it yet. */
  readonly waiting: readonly string[];
  /** True if somebody who waits would be refused now, or would be once another who waits has it. */
  readonly collides: boolean;
}

/** States in which an experiment has not launched and still may. */
const hopeful: ReadonlySet<Experiment["state"]> = new Set(
  experimentStates.filter((state) => statusOf(state) === "draft" || state === "scheduled"),
);

/** Who holds each layer, who waits for it and whether they collide. Pure; ascending by layer. */
export function layerUse(
  layers: readonly Layer[],
  experiments: readonly Pick<Experiment, "experimentId" | "state" | "layers">[],
): LayerUse[] {
  const ids = [...new Set([...layers.map(({ layerId }) => layerId), ...experiments.flatMap((experiment) => experiment.layers)])].sort();
  return ids.flatMap((layerId) => {
    const layer = layers.find((candidate) => candidate.layerId === layerId) ?? emptyLayer(layerId);
    const holders = layer.holds.map(({ experimentId, ranges, sinceMs }) => ({
      experimentId,
      share: ranges.reduce((sum, { from, to }) => sum + to - from, 0),
      sinceMs,
    }));
    const waiting = experiments
      .filter(
        ({ experimentId, state, layers: wanted }) =>
          hopeful.has(state) && wanted.includes(layerId) && !holders.some((holder) => holder.experimentId === experimentId),
      )
      .map(({ experimentId }) => experimentId);
    if (holders.length === 0 && waiting.length === 0) return [];
    const isFull = layer.mode === "exclusive" ? holders.length > 0 : holders.reduce((sum, { share }) => sum + share, 0) >= 1;
    const collides = waiting.length > 0 && (isFull || (layer.mode === "exclusive" && waiting.length > 1));
    return [{ layerId, holders, waiting, collides }];
  });
}
