import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, type DecisionInput, judgeUnits, type Unit } from "../../src/decision/index.ts";
import { contentHash } from "../../src/canon/index.ts";
import type { Brief, OutcomeSnapshot, Post, Proxy, ValidityReport } from "../../src/domain/index.ts";
import { createRng } from "../../src/random/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { assertProperty } from "../support/property.ts";
import { shareOf, threeErrors } from "./statistics/world.ts";

const startMs = Date.parse("2027-03-01T12:00Z");
const hourMs = 3_600_000;
const accepted: Proxy = { metric: "accepted_as_is", kind: "operational", direction: "increase", scale: "binary", weight: 1 };

/** Units of two arms in blocks, `perBlock` of each, with the outcome that `outcome` gives. */
function unitsOf(blocks: number, perBlock: number, outcome: (isTest: boolean, block: number, at: number) => number): Unit[] {
  return Array.from({ length: blocks }, (_, block) =>
    ["thanks", "question"].flatMap((variantId) =>
      Array.from({ length: perBlock }, (_, at) => ({
        unitId: `${block}/${variantId}/${at}`,
        variantId,
        block: `b${block}`,
        outcomes: [outcome(variantId === "question", block, at)],
      })),
    ),
  ).flat();
}
const judge = (units: readonly Unit[], alpha = 0.05, proxies = [accepted]) =>
  judgeUnits(units, ["thanks", "question"], proxies, alpha, createRng("units"))[0]!;

describe("binary and ordinal outcomes of units in blocks", () => {
  test("one binary outcome in one block is Fisher's exact test", () => {
    // 5 of 5 against 1 of 5: P(X >= 5) = C(6,5) / C(10,5) = 6 / 252.
    const arm = judge(unitsOf(1, 5, (isTest, _, at) => (isTest || at === 0 ? 1 : 0)));
    expect(arm.p).toBeCloseTo(6 / 252, 12);
    expect(arm).toMatchObject({ units: 5, controlUnits: 5, blocks: 1, crossed: true, leads: ["accepted_as_is"] });
  });

  test("the order of units changes nothing, and a better outcome never raises p", async () => {
    await assertProperty(
      fc.property(fc.array(fc.nat(2), { minLength: 12, maxLength: 12 }), fc.nat(11), (outcomes, at) => {
        const units = unitsOf(3, 2, (isTest, block, index) => outcomes[block * 4 + (isTest ? 2 : 0) + index]!);
        const one = judge(units);
        const reversed = judge(units.toReversed());
        expect(reversed.p === null).toBe(one.p === null);
        expect(reversed.p ?? 0).toBeCloseTo(one.p ?? 0, 12);
        const better = units.map((unit, index) =>
          index === at && unit.variantId === "question" ? { ...unit, outcomes: [unit.outcomes[0]! + 1] } : unit,
        );
        const ordinal = { ...accepted, scale: "ordinal" as const };
        const [before, after] = [judge(units, 0.05, [ordinal]), judge(better, 0.05, [ordinal])];
        expect(after.p ?? 0).toBeLessThanOrEqual((before.p ?? 1) + 1e-12);
      }),
    );
  });

  test("without any effect it crosses in at most its level, whatever is missing", () => {
    const rng = createRng("null units");
    const runs = 400;
    const share = shareOf(
      runs,
      () =>
        judge(
          unitsOf(3, 3, () => (rng.next() < 0.5 ? 1 : 0)).map((unit) => (rng.next() < 0.1 ? { ...unit, outcomes: [null] } : unit)),
          0.1,
        ).crossed,
    );
    expect(share).toBeLessThan(0.1 + threeErrors(0.1, runs));
    expect(share).toBeGreaterThan(0);
  });

  test("a block with one arm alone says nothing; nothing that varies gives no p", () => {
    const alone = unitsOf(1, 3, (isTest) => (isTest ? 1 : 0)).filter(({ variantId }) => variantId === "question");
    expect(judge(alone)).toMatchObject({ p: null, blocks: 0, crossed: false });
    expect(judge(unitsOf(3, 2, () => 1))).toMatchObject({ p: null, crossed: false });
  });
});

interface Told {
  readonly metrics: Record<string, number>;
  readonly post?: Partial<Post>;
}

/** A finished engagement or lane experiment of `blocks` blocks with one unit of each arm. */
function experimentOf(
  brief: Brief,
  blocks: number,
  tell: (isTest: boolean, block: number) => Told,
  more: Partial<DecisionInput> = {},
): DecisionInput {
  const posts: Post[] = [];
  const snapshots: OutcomeSnapshot[] = [];
  const arms = [brief.control.id, brief.testVariants[0]!.id];
  for (let block = 0; block < blocks; block++)
    arms.forEach((variantId, arm) => {
      const slotMs = startMs + (2 * block + arm) * 24 * hourMs;
      const { metrics, post } = tell(arm === 1, block);
      const postId = `u${block}-${arm}`;
      posts.push({
        postId,
        variantId,
        isControl: arm === 0,
        account: brief.accounts[0]!.id,
        surface: brief.surfaces[0]!,
        lane: variantId === "api" ? "api" : "browser",
        block: `b${block}`,
        slot: { startMs: slotMs, zone: "UTC", wallTime: new Date(slotMs).toISOString().slice(0, 16), cell: "c" },
        assignment: { mode: "blocked", probabilities: { [arms[0]!]: 0.5, [arms[1]!]: 0.5 }, key: `k${block}` },
        attempts: [{ attemptNo: 1, atMs: slotMs, outcome: "published" }],
        publishedMs: slotMs + 60_000,
        status: "verified",
        ...post,
      });
      const capturedAtMs = slotMs + (brief.decisionAgeHours ?? 48) * hourMs;
      snapshots.push({ postId, ageHours: brief.decisionAgeHours ?? 48, capturedAtMs, recordedAt: capturedAtMs, metrics });
    });
  const asOf = startMs + 90 * 24 * hourMs;
  const policyHash = contentHash("policy");
  const validity: ValidityReport = { verdict: "pass", checks: [], comparablePostIds: [], excluded: [], asOf, policyHash };
  const layers = ["a/b/c"];
  const planHash = contentHash("plan");
  return {
    experiment: {
      experimentId: "e",
      brief,
      state: "verifying",
      layers,
      briefHash: contentHash("b"),
      planHash,
      policyHash: null,
      startMs,
      endMs: null,
    },
    plan: {
      experimentId: "e",
      seed: "s",
      layers,
      planHash,
      posts: posts.map(({ attempts: _a, publishedMs: _p, status: _s, ...planned }) => planned),
      looks: [blocks],
      notes: [],
    },
    posts,
    snapshots,
    asOf,
    validity,
    looks: [blocks],
    isFinal: true,
    review: { reviewer: "ana", by: "person", confounders: [], acknowledged: [] },
    ...more,
  };
}

describe("an engagement experiment", () => {
  const brief = exampleBrief("engagement-reply");
  const better = (isTest: boolean, block: number): Told => ({
    metrics: { accepted_as_is: isTest || block % 3 === 0 ? 1 : 0, meaningful_reply: isTest ? 1 : 0, reply_depth: isTest ? 2 : block % 2 },
  });

  test("ships the reply that does better in the exact test, counting replies", () => {
    const decision = decide(experimentOf(brief, 12, better));
    expect(decision).toMatchObject({ kind: "ship", winner: "question", evidence: { rule: "replies", blocks: 12 } });
    expect(decision.evidence.arms[0]!.p).toBeLessThan(0.01);
  });

  test("without a difference it goes on; with too few replies it is insufficient; without readings too", () => {
    const same = (_: boolean, block: number): Told => ({
      metrics: { accepted_as_is: block % 2, meaningful_reply: block % 3 === 0 ? 1 : 0, reply_depth: block % 4 },
    });
    const mixed = (isTest: boolean, block: number): Told => better(isTest === (block % 2 === 0), block);
    expect(decide(experimentOf(brief, 12, mixed)).kind).toBe("iterate");
    expect(decide(experimentOf(brief, 12, same)).kind).toBe("insufficient");
    expect(decide(experimentOf(brief, 5, better)).kind).toBe("insufficient");
    expect(decide({ ...experimentOf(brief, 12, better), snapshots: [] }).kind).toBe("insufficient");
  });
});

describe("a lane experiment", () => {
  const brief = exampleBrief("lane-reliability");
  const attempt = (block: number, outcome: "published" | "failed", operatorMinutes: number) => [
    {
      attemptNo: 1,
      atMs: startMs + block * hourMs,
      outcome,
      operatorMinutes,
      ...(outcome === "failed" && { errorClass: "processing" as const }),
    },
  ];

  test("ships the lane that takes less of people's time and gets live sooner", () => {
    const decision = decide(
      experimentOf(brief, 10, (isTest, block) => ({
        metrics: {},
        post: {
          attempts: attempt(block, "published", isTest ? 1 : 12 + block),
          publishedMs: startMs + (2 * block + (isTest ? 1 : 0)) * 24 * hourMs + (isTest ? 60_000 : 900_000),
        },
      })),
    );
    expect(decision).toMatchObject({ kind: "ship", winner: "api", evidence: { rule: "attempts", blocks: 10 } });
    expect(decision.evidence.arms[0]!.leads).toEqual(["minutes_to_live", "operator_minutes"]);
  });

  test("failures of one arm beyond its threshold are harm and stop it, with the error classes told", () => {
    const decision = decide(
      experimentOf(brief, 10, (isTest, block) => ({
        metrics: {},
        post: {
          attempts: attempt(block, isTest && block % 2 === 0 ? "failed" : "published", 1),
          ...(isTest && block % 2 === 0 && { status: "rejected" as const }),
        },
      })),
    );
    expect(decision.kind).toBe("stop");
    expect(decision.reasons[0]).toMatchObject({ rule: "harm", message: expect.stringContaining("api: failureShare is 0.5") });
    expect(decision.evidence.notes).toContainEqual({ rule: "errorClasses", message: "failed attempts of api: 5 processing" });
  });
});
