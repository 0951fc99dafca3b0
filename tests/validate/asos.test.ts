// The last checkpoint of 300 real streams against datasets/asos: Welch's p, and "not defined" where it is not.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { analyse, type MomentsAnalysis, readMapping } from "../../src/report/index.ts";
import { dataset } from "../support/datasets.ts";

interface TrueStream {
  readonly experiment_id: string;
  readonly variant_id: number;
  readonly metric_id: number;
  readonly checkpoints: number;
  readonly final: { readonly count_c: number; readonly count_t: number; readonly diff: number; readonly welch_p: number | null };
}

test("ASOS: the difference and its test at the last checkpoint agree, and 6 of 300 are not defined", async () => {
  const truth = JSON.parse(gunzipSync(readFileSync(dataset("asos", "truth.json.gz"))).toString()) as { streams: TrueStream[] };
  const { streams } = (await analyse(dataset("asos"), { mapping: readMapping("examples/maps/asos.yaml") })) as MomentsAnalysis;
  const found = new Map(streams.map((stream) => [`${stream.experiment} ${stream.comparison} ${stream.metric}`, stream]));
  expect(found.size).toBe(truth.streams.length);
  let worst = 0;
  for (const { experiment_id, variant_id, metric_id, checkpoints, final } of truth.streams) {
    const stream = found.get(`${experiment_id} ${variant_id} ${metric_id}`)!;
    expect(stream.path.length).toBe(checkpoints);
    expect([stream.final.control.count, stream.final.treatment.count]).toEqual([final.count_c, final.count_t]);
    expect(stream.final.difference).toBeCloseTo(final.diff, 12);
    const p = stream.final.test?.p ?? null;
    expect(p === null).toBe(final.welch_p === null);
    if (p !== null && final.welch_p !== null) worst = Math.max(worst, Math.abs(p / final.welch_p - 1));
  }
  expect(worst).toBeLessThan(1e-6);
  expect(streams.filter(({ final }) => final.test?.p === null).length).toBe(6);
  expect(streams.every(({ validity }) => validity?.verdict === "insufficient")).toBe(true);
});
