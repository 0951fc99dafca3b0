// A million posts through the stream of validity verdicts: what is kept is bounded by the experiments that are open, never by what has passed.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Subject } from "rxjs";
import { expect, test } from "vitest";
import type { JournalEvent } from "../../src/domain/index.ts";
import { checkValidity, type ValidityInput } from "../../src/erm/index.ts";
import { validity } from "../../src/stream/index.ts";
import { finishedExperiment } from "../support/finishedExperiment.ts";

const postsPerExperiment = 20;
const experiments = 1_000_000 / postsPerExperiment;
/** Only some are judged: what is tested is what is kept, and judging a finished experiment costs a millisecond. */
const judgedEvery = 200;

/** The journal of one experiment, its id and those of its posts in each event. */
function journalOf({ experiment, plan, posts, snapshots, asOf }: ValidityInput, number: number): JournalEvent[] {
  const experimentId = `e${number}`;
  let count = 0;
  const common = (at: number) => ({ id: `${experimentId}/${count++}`, at, experimentId });
  const at = plan.posts[0]!.slot.startMs - 1;
  return [
    { type: "briefAccepted", ...common(at), brief: experiment.brief, briefHash: experiment.briefHash },
    { type: "planCompiled", ...common(at), plan },
    ...plan.posts.map((post): JournalEvent => ({ type: "postScheduled", ...common(at), post })),
    ...posts.map((post): JournalEvent => ({
      type: "postPublished",
      ...common(post.publishedMs!),
      postId: post.postId,
      attempt: post.attempts[0]!,
      publishedMs: post.publishedMs!,
      defects: [],
    })),
    ...snapshots.map((snapshot): JournalEvent => ({ type: "outcomeCaptured", ...common(snapshot.recordedAt), snapshot })),
    ...(number % judgedEvery === 0
      ? [
          {
            type: "checkpoint" as const,
            ...common(asOf),
            asOf,
            blocksComplete: postsPerExperiment / 2,
            postsPublished: postsPerExperiment,
            postsFailed: 0,
            snapshots: postsPerExperiment,
            look: 1,
          },
        ]
      : []),
    { type: "experimentEnded", ...common(asOf), state: "iterated" },
  ];
}

test("a million posts leave no more behind than the first hundred thousand, and every verdict asked for is that of the batch", () => {
  setFlagsFromString("--expose_gc");
  const collect = runInNewContext("gc") as () => void;
  const heldBytes = () => (collect(), process.memoryUsage().heapUsed);
  const input = finishedExperiment({ blocks: postsPerExperiment / 2 });
  const batch = checkValidity(input);
  const events = new Subject<JournalEvent>();
  let judged = 0;
  events.pipe(validity()).subscribe((verdict) => {
    expect(verdict.kind === "verdict" && verdict.value.verdict).toBe(batch.verdict);
    judged++;
  });
  let early = 0;
  for (let number = 0; number < experiments; number++) {
    const journal = journalOf(input, number);
    for (const event of journal) events.next(event);
    // A late duplicate does not open the books again.
    events.next(journal[2]!);
    if (number === experiments / 10) early = heldBytes();
  }
  const heldMore = heldBytes() - early;
  process.stderr.write(`  after 100,000 posts ${(early / 1e6).toFixed(0)} MB, after 1,000,000 ${(heldMore / 1e6).toFixed(1)} MB more\n`);
  expect(judged).toBe(experiments / judgedEvery);
  expect(heldMore).toBeLessThan(4e6);
});
