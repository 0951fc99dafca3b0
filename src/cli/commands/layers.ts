// `expos layers`: who holds each layer, who waits for it, and where experiments are in each other's way.
import { type ApprovalState, type LayerUse, layerUse, type Store } from "../../schedule/index.ts";
import type { CommandResult } from "../command.ts";
import { readExperiment, stateOf, storeFolderDefault, withStore } from "../plan/experimentStore.ts";

/** An empty store has no layers, which is a result and no error. */
export async function run(folder = storeFolderDefault): Promise<CommandResult> {
  return withStore(folder, async (store) => {
    const experiments = (await store.list("experiment")).map(({ value }) => value);
    const use = layerUse(
      (await store.list("layer")).map(({ value }) => value),
      experiments,
    );
    const waiting = [...new Set(use.flatMap((layer) => layer.waiting))];
    const approvals = await Promise.all(waiting.map((id) => approvalIn(store, id)));
    const names = new Map(experiments.map(({ experimentId, brief }) => [experimentId, brief.name]));
    const collisions = use.filter(({ collides }) => collides).map(({ layerId }) => layerId);
    return {
      document: { layers: use, collisions, approvals },
      text:
        use.length === 0
          ? `No layer is used in ${folder}.`
          : [
              ...use.map((layer) => layerText(layer, (id) => (names.has(id) ? `${names.get(id)!} (${id})` : id))),
              collisions.length === 0
                ? "No layer is wanted twice."
                : `${collisions.length} ${collisions.length === 1 ? "layer is" : "layers are"} wanted twice.`,
              ...approvals.map(({ experimentId, level, status, reasons }) =>
                [`${experimentId}: approval ${level}, ${status}`, ...reasons.map((reason) => `  ${reason}`)].join("\n"),
              ),
            ].join("\n\n"),
    };
  });
}

/** Who still has to say something about an experiment that waits. */
async function approvalIn(
  store: Store,
  experimentId: string,
): Promise<Pick<ApprovalState, "level" | "status" | "reasons"> & { experimentId: string }> {
  const { level, status, reasons } = stateOf(await readExperiment(store, experimentId), Date.now());
  return { experimentId, level, status, reasons };
}

function layerText({ layerId, holders, waiting, collides }: LayerUse, name: (experimentId: string) => string): string {
  return [
    `${layerId}${collides ? "  COLLISION" : ""}`,
    ...(holders.length === 0 ? ["  free"] : []),
    ...holders.map(
      ({ experimentId, share, sinceMs }) =>
        `  held by ${name(experimentId)} since ${new Date(sinceMs).toISOString()}${share < 1 ? `, ${Math.round(100 * share)} %` : ""}`,
    ),
    ...waiting.map((experimentId) => `  waiting: ${name(experimentId)}`),
  ].join("\n");
}
