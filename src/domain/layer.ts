// The layer reducer: who may use client/surface/variable, all of it (exclusive) or disjoint half-open ranges of the unit interval (split).
// Rules: assignment note 2.6. In a layer no two experiments ever hold the same part (law L3). Pausing changes nothing here: only release frees.
import { z } from "zod";
import { DomainError } from "./errors.ts";
import { idSchema, instantMsSchema, probabilitySchema } from "./scalars.ts";
import { refuse } from "./issue.ts";
import { type Surface, surfaceNames } from "./surface.ts";
import { type VariableName, variableNames } from "./variables.ts";

/** `client/surface/variable`, such as `aurora-coffee/instagram.reels/hook`. */
export const layerIdSchema = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9@][A-Za-z0-9._:@-]*\/[^/\s]+\/[^/\s]+$/, { error: "a layer is client/surface/variable" });

/** Half-open `[from, to)` of the layer's unit interval. */
export const rangeSchema = z.strictObject({ from: probabilitySchema, to: probabilitySchema }).superRefine((range, context) => {
  if (range.from >= range.to) refuse(context, ["to"], "the range is empty", "Let to be greater than from.");
});
export type Range = z.infer<typeof rangeSchema>;

export const layerHoldSchema = z.strictObject({
  experimentId: idSchema,
  /** Ascending, disjoint, not touching. An exclusive hold is [0, 1). */
  ranges: z.array(rangeSchema).min(1),
  sinceMs: instantMsSchema,
});
export type LayerHold = z.infer<typeof layerHoldSchema>;

export const layerSchema = z
  .strictObject({ layerId: layerIdSchema, mode: z.enum(["exclusive", "split"]), holds: z.array(layerHoldSchema) })
  .superRefine((layer, context) => {
    const seen: LayerHold[] = [];
    layer.holds.forEach((hold, at) => {
      const other = seen.find((earlier) => earlier.experimentId === hold.experimentId || overlap(earlier.ranges, hold.ranges));
      if (other !== undefined)
        refuse(
          context,
          ["holds", at],
          `${hold.experimentId} overlaps ${other.experimentId}`,
          "Give each experiment its own part of the layer.",
        );
      seen.push(hold);
    });
  });
export type Layer = z.infer<typeof layerSchema>;

export function layerId(clientId: string, surface: Surface, variable: VariableName): string {
  return `${clientId}/${surface}/${variable}`;
}

/** The parts of a layer id. @throws DomainError `layer-invalid` for anything that is not client/surface/variable of known words. */
export function parseLayerId(id: string): { clientId: string; surface: Surface; variable: VariableName } {
  const [clientId, surface, variable, ...more] = id.split("/");
  const isKnown = surfaceNames.includes(surface as Surface) && variableNames.includes(variable as VariableName);
  if (!clientId || !isKnown || more.length > 0)
    throw new DomainError({
      code: "layer-invalid",
      path: "layerId",
      message: `"${id}" is not a layer`,
      fix: "Write client/surface/variable, such as aurora-coffee/instagram.reels/hook.",
      value: id,
    });
  return { clientId, surface: surface as Surface, variable: variable as VariableName };
}

export function emptyLayer(id: string, mode: Layer["mode"] = "exclusive"): Layer {
  return { layerId: id, mode, holds: [] };
}

/**
 * Takes the layer, or ranges of a split one, for an experiment. Repeating a reservation changes nothing and returns the same layer.
 * A live hold may grow: the new ranges must cover the old ones.
 * @param request.ranges of a split layer; an exclusive one is taken whole and takes none.
 * @throws DomainError `layer-overlap` naming the holders and the free share, `layer-shrunk`, `layer-range-invalid`.
 */
export function reserveLayer(layer: Layer, request: { experimentId: string; ranges?: readonly Range[]; atMs: number }): Layer {
  const ranges = requestedRanges(layer, request.ranges);
  const own = layer.holds.find((hold) => hold.experimentId === request.experimentId);
  if (own !== undefined && !covers(ranges, own.ranges))
    throw new DomainError({
      code: "layer-shrunk",
      path: "ranges",
      message: `${request.experimentId} holds ${rangesText(own.ranges)} of ${layer.layerId} and may grow, not shrink`,
      fix: `Ask for ranges that include ${rangesText(own.ranges)}, or release the layer first.`,
      value: ranges,
    });
  const inTheWay = layer.holds.filter((hold) => hold !== own && overlap(hold.ranges, ranges));
  if (inTheWay.length > 0)
    throw new DomainError({
      code: "layer-overlap",
      path: layer.layerId,
      message: `${layer.layerId} is held by ${inTheWay.map((hold) => `${hold.experimentId} ${rangesText(hold.ranges)}`).join(", ")}; ${shareText(freeShare(layer))} is free`,
      fix:
        freeShare(layer) > 0 ? `Ask within ${rangesText(freeRanges(layer))}.` : `Wait until ${inTheWay[0]!.experimentId} ends, or end it.`,
      value: ranges,
    });
  if (own !== undefined && covers(own.ranges, ranges)) return layer;
  const hold: LayerHold = { experimentId: request.experimentId, ranges, sinceMs: own?.sinceMs ?? request.atMs };
  return { ...layer, holds: own === undefined ? [...layer.holds, hold] : layer.holds.map((other) => (other === own ? hold : other)) };
}

/** Frees what an experiment holds. Releasing what is not held returns the same layer. */
export function releaseLayer(layer: Layer, experimentId: string): Layer {
  const holds = layer.holds.filter((hold) => hold.experimentId !== experimentId);
  return holds.length === layer.holds.length ? layer : { ...layer, holds };
}

/** The experiment that holds this point of the unit interval, if any. */
export function holderAt(layer: Layer, point: number): string | undefined {
  return layer.holds.find((hold) => hold.ranges.some((range) => range.from <= point && point < range.to))?.experimentId;
}

/** What nobody holds, ascending. */
export function freeRanges(layer: Layer): Range[] {
  const taken = layer.holds.flatMap((hold) => hold.ranges).sort((a, b) => a.from - b.from);
  const free: Range[] = [];
  let from = 0;
  for (const range of taken) {
    if (range.from > from) free.push({ from, to: range.from });
    from = Math.max(from, range.to);
  }
  if (from < 1) free.push({ from, to: 1 });
  return free;
}

/** Part of the layer nobody holds, 0 to 1. */
export function freeShare(layer: Layer): number {
  return freeRanges(layer).reduce((share, range) => share + (range.to - range.from), 0);
}

const whole: readonly Range[] = [{ from: 0, to: 1 }];

function requestedRanges(layer: Layer, ranges: readonly Range[] | undefined): Range[] {
  const invalid = (message: string, fix: string): DomainError =>
    new DomainError({ code: "layer-range-invalid", path: "ranges", message, fix, value: ranges });
  if (layer.mode === "exclusive") {
    if (ranges !== undefined && !covers(ranges, whole))
      throw invalid(`${layer.layerId} is exclusive and is held whole`, "Leave out ranges, or make the layer a split one.");
    return [...whole];
  }
  if (ranges === undefined || ranges.length === 0)
    throw invalid(`${layer.layerId} is split and needs ranges`, `Ask within ${rangesText(freeRanges(layer))}.`);
  for (const range of ranges)
    if (!(range.from >= 0 && range.from < range.to && range.to <= 1))
      throw invalid(`${rangesText([range])} is not a part of [0, 1)`, "Give from below to, both within 0 and 1.");
  return merged(ranges);
}

/** Ascending, with overlapping and touching ranges joined. */
function merged(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && range.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else joined.push({ from: range.from, to: range.to });
  }
  return joined;
}

function overlap(some: readonly Range[], others: readonly Range[]): boolean {
  return some.some((one) => others.some((other) => one.from < other.to && other.from < one.to));
}

function covers(outer: readonly Range[], inner: readonly Range[]): boolean {
  const joined = merged(outer);
  return inner.every((range) => joined.some((cover) => cover.from <= range.from && range.to <= cover.to));
}

function rangesText(ranges: readonly Range[]): string {
  return ranges.map((range) => `[${range.from}, ${range.to})`).join(" ");
}

function shareText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
