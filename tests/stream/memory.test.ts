import { describe, expect, test } from "vitest";
import type { JournalEvent } from "../../src/domain/index.ts";
import { openExperiments } from "../../src/stream/openExperiments.ts";

const at = 1_803_859_200_000;

function reading(experiment: number, post: number): JournalEvent {
  return {
    type: "outcomeCaptured",
    id: `e${experiment}/${post}`,
    at,
    experimentId: `e${experiment}`,
    snapshot: { postId: `p${post}`, ageHours: 24, capturedAtMs: at, recordedAt: at, metrics: { reach: post } },
  };
}

const ended = (experiment: number): JournalEvent => ({
  type: "experimentEnded",
  id: `end/${experiment}`,
  at,
  experimentId: `e${experiment}`,
  state: "stopped",
});

const silent = { markOf: () => null, judge: () => undefined };

describe("memory of a stream", () => {
  test("100,000 posts of experiments that end leave nothing behind", () => {
    const experiments = openExperiments(silent);
    let most = 0;
    for (let experiment = 0; experiment < 5_000; experiment++) {
      for (let post = 0; post < 20; post++) experiments.take(reading(experiment, post));
      most = Math.max(most, experiments.size);
      experiments.take(ended(experiment));
    }
    expect([most, experiments.size]).toEqual([1, 0]);
  });

  test("a late fact does not open an ended experiment again", () => {
    const experiments = openExperiments(silent);
    experiments.take(reading(1, 1));
    experiments.take(ended(1));
    experiments.take(reading(1, 2));
    expect(experiments.size).toBe(0);
  });

  test("facts whose brief never comes are dropped, the oldest experiment first", () => {
    const experiments = openExperiments(silent);
    for (let experiment = 0; experiment < 10_050; experiment++) experiments.take(reading(experiment, 1));
    expect(experiments.size).toBe(10_000);
  });
});
