import { contentHash } from "../../src/canon/index.ts";
import type { Brief, OutcomeSnapshot, Post } from "../../src/domain/index.ts";
import type { ValidityInput } from "../../src/erm/index.ts";
import { exampleBrief } from "./briefs.ts";

const startMs = Date.parse("2027-03-01T12:00Z");
const hourMs = 3_600_000;

export interface Finished {
  readonly blocks?: number;
  /** Metrics of a post; null is missing. */
  readonly metrics?: (block: number, isTest: boolean) => Record<string, number | null>;
  readonly post?: (post: Post, block: number, isTest: boolean) => Post;
  readonly ageHours?: (block: number, isTest: boolean) => number;
  readonly brief?: Brief;
}

/** The defaults: every post out on time and read, a little noise that depends on the block alone, no difference between the arms. */
export function finishedExperiment({
  blocks = 8,
  metrics = (block) => ({
    reach: 2000 + 100 * block,
    views: 2500 + 100 * block,
    reels_skip_rate: 0.4,
    comments: 20 + block,
    shares: 30 + block,
  }),
  post = (same) => same,
  ageHours = () => 168,
  brief = exampleBrief(),
}: Finished = {}): ValidityInput {
  const posts: Post[] = [];
  const planned: Post[] = [];
  const snapshots: OutcomeSnapshot[] = [];
  for (let block = 0; block < blocks; block++)
    for (const isTest of [false, true]) {
      const slotMs = startMs + (2 * block + (isTest ? 1 : 0)) * 24 * hourMs;
      const bare: Post = {
        postId: `p${block}${isTest ? "t" : "c"}`,
        experimentId: "e1",
        variantId: isTest ? "question" : "control",
        isControl: !isTest,
        contentHash: contentHash(isTest ? "test" : "control"),
        account: brief.accounts[0]!.id,
        surface: "instagram.reels",
        lane: "api",
        block: String(block),
        slot: { startMs: slotMs, zone: "UTC", wallTime: new Date(slotMs).toISOString().slice(0, 16), cell: "noon" },
        assignment: { mode: "blocked", probabilities: { control: 0.5, question: 0.5 }, key: `k/${block}` },
        attempts: [{ attemptNo: 1, atMs: slotMs, outcome: "published" }],
        publishedMs: slotMs + 60_000,
        status: "verified",
      };
      planned.push(bare);
      const done = post(bare, block, isTest);
      posts.push(done);
      if (done.publishedMs === undefined) continue;
      const age = ageHours(block, isTest);
      const capturedAtMs = done.publishedMs + age * hourMs;
      snapshots.push({ postId: done.postId, ageHours: age, capturedAtMs, recordedAt: capturedAtMs, metrics: metrics(block, isTest) });
    }
  const planHash = contentHash("plan");
  return {
    experiment: {
      experimentId: "e1",
      brief: { ...brief, exposurePlan: { ...brief.exposurePlan, postsPerVariant: blocks } },
      state: "verifying",
      layers: ["aurora-coffee/instagram.reels/hook"],
      briefHash: contentHash("brief"),
      planHash,
      policyHash: null,
      startMs,
      endMs: null,
    },
    plan: {
      experimentId: "e1",
      seed: "s",
      layers: ["aurora-coffee/instagram.reels/hook"],
      planHash,
      posts: planned.map(({ attempts: _a, publishedMs: _p, status: _s, ...plannedPost }) => plannedPost),
      looks: [blocks],
      notes: [],
    },
    posts,
    snapshots,
    asOf: startMs + 60 * 24 * hourMs,
  };
}
