import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentHash } from "../../src/canon/index.ts";
import type { Approval, GuardBlock } from "../../src/domain/index.ts";
import { makeVariants } from "../../src/intake/index.ts";
import { approvalPoints, approvalPointsOf, approvalState, type ApprovalSubject } from "../../src/schedule/index.ts";
import { exampleBrief } from "../domain/briefs.ts";
import { assertProperty } from "../support/property.ts";

const brief = exampleBrief("batch-hook");
const variants = makeVariants(brief, "e1");
const planHash = contentHash("plan");
const subject: ApprovalSubject = { brief, planHash, variants, escalations: [], guardVerdict: "pass", riskBlocks: [] };
const nowMs = 1_000_000;
const block: GuardBlock = {
  guardBlockId: "b1",
  clientId: brief.clientId,
  experimentName: brief.name,
  layers: ["aurora-coffee/instagram.reels/hook"],
  guard: "RiskScan",
  variantId: "question",
  contentHash: variants[1]!.contentHash,
  ruleIds: ["risk.guarantee"],
  textHashes: [contentHash("text")],
  atMs: 0,
};

function word(decision: Approval["decision"], change: Partial<Approval> = {}): Approval {
  return {
    approvalId: "a",
    experimentId: "e1",
    briefHash: contentHash("brief"),
    planHash,
    contentHashes: variants.map((variant) => variant.contentHash),
    decision,
    approver: "Ana",
    role: "operator",
    atMs: nowMs - 1000,
    expiresAtMs: nowMs + 1000,
    ...(decision === "reject" || decision === "requestChanges" ? { comment: "No." } : {}),
    ...change,
  };
}
const statusOf = (words: readonly Approval[], of: ApprovalSubject = subject, atMs = nowMs) => approvalState(of, words, atMs).status;

describe("a person has to approve", () => {
  const points = (change: Partial<typeof brief>, lane: "api" | "browser" | "hybrid" = "api", escalated = false) =>
    approvalPointsOf(
      {
        brief: { ...brief, approvalLevel: "auto", ...change },
        variants: variants.map(({ content }) => ({ content: { ...content, lane } })),
        guardVerdict: "pass",
        riskBlocks: [],
      },
      escalated,
    ).map(({ ruleId }) => ruleId);

  test("in a regulated industry, for another offer or claim, where a person publishes, and after an escalation, whatever the level", () => {
    expect(points({})).toEqual([]);
    expect(points({ clientTags: ["regulated", "finance"] })).toEqual(["approval.regulated-industry"]);
    expect(points({ changesOfferOrClaim: true })).toEqual(["approval.offer-or-claim"]);
    expect(points({}, "browser")).toEqual(["approval.person-in-lane"]);
    expect(points({}, "hybrid")).toEqual(["approval.person-in-lane"]);
    expect(points({}, "api", true)).toEqual(["approval.escalation"]);
    expect(points({ approvalLevel: "review" })).toEqual(["approval.level.review"]);
    expect(points({ approvalLevel: "manual", clientTags: ["regulated"] }, "browser", true).length).toBe(5);
  });

  test("where a guard found what only a person can judge, and for each variant where RiskScan has blocked before", () => {
    const asked = (more: Partial<ApprovalSubject>) =>
      approvalState({ ...subject, brief: { ...brief, approvalLevel: "auto" }, ...more }, [], nowMs);
    for (const guardVerdict of ["pass", "warn"] as const)
      expect(asked({ guardVerdict })).toMatchObject({ level: "auto", status: "approved" });
    for (const guardVerdict of ["unverified", "review"] as const)
      expect(asked({ guardVerdict })).toMatchObject({ level: "review", status: "waiting", points: [{ ruleId: "approval.guards" }] });
    expect(asked({ riskBlocks: [block] })).toMatchObject({
      level: "manual",
      status: "waiting",
      points: [{ ruleId: "approval.risk-block", reason: expect.stringContaining("question (risk.guarantee)") }],
    });
  });

  test("L1: after a block no list of words approves a variant that nobody approved on its own", () =>
    assertProperty(
      fc.property(
        fc.array(
          fc.record({
            hashes: fc.constantFrom([0], [1], [0, 1]),
            approver: fc.constantFrom("Ana", "Rita"),
            role: fc.constantFrom("operator" as const, "client" as const, "rule" as const),
          }),
          { maxLength: 6 },
        ),
        (given) => {
          const words = given.map(({ hashes, approver, role }) =>
            word("approve", { contentHashes: hashes.map((at) => variants[at]!.contentHash), approver, role }),
          );
          const isEach = [0, 1].every((at) => given.some(({ hashes, role }) => role !== "rule" && hashes.length === 1 && hashes[0] === at));
          expect(approvalState({ ...subject, riskBlocks: [block] }, words, nowMs).status).toBe(isEach ? "approved" : "waiting");
        },
      ),
    ));

  test("and each rule says from where it comes and what to do", () => {
    for (const rule of approvalPoints.rules)
      expect(rule).toMatchObject({ source: expect.stringMatching(/first brief|preflight note/), fix: expect.any(String) });
  });
});

describe("an approval", () => {
  test("of level auto is nobody's, of level review is one person's", () => {
    expect(statusOf([], { ...subject, brief: { ...brief, approvalLevel: "auto" } })).toBe("approved");
    expect(statusOf([])).toBe("waiting");
    expect(statusOf([word("approve")])).toBe("approved");
    expect(statusOf([word("approve", { role: "rule", approver: "auto" })])).toBe("waiting");
  });

  test("of level manual is given to each variant on its own", () => {
    const manual = { ...subject, brief: { ...brief, approvalLevel: "manual" as const } };
    expect(statusOf([word("approve")], manual)).toBe("waiting");
    expect(approvalState(manual, [word("approve")], nowMs).reasons.join()).toContain("covers several variants at once");
    const each = variants.map((variant) => word("approve", { contentHashes: [variant.contentHash] }));
    expect(statusOf(each.slice(1), manual)).toBe("waiting");
    expect(statusOf(each, manual)).toBe("approved");
  });

  test("L1: does not survive an edit of content or plan, nor its own expiry, and counts from when it was given", () => {
    const edited = {
      ...subject,
      variants: variants.map((variant, at) => (at === 1 ? { ...variant, contentHash: contentHash("edited") } : variant)),
    };
    expect(statusOf([word("approve")], edited)).toBe("waiting");
    expect(statusOf([word("approve")], { ...subject, planHash: contentHash("other plan") })).toBe("waiting");
    expect(approvalState({ ...subject, planHash: contentHash("other plan") }, [word("approve")], nowMs).reasons).toContain(
      "the approval by Ana was for another plan",
    );
    expect(statusOf([word("approve")], subject, nowMs + 1000)).toBe("waiting");
    expect(statusOf([word("approve")], subject, nowMs - 1001)).toBe("waiting");
    expect(approvalState(subject, [word("approve")], nowMs).expiresAtMs).toBe(nowMs + 1000);
  });

  test("from before an escalation is asked for again", () => {
    const escalated = { ...subject, escalations: [{ raisedAtMs: nowMs - 500, state: "open" as const }] };
    expect(statusOf([word("approve")], escalated)).toBe("waiting");
    expect(statusOf([word("approve", { atMs: nowMs - 400 })], escalated)).toBe("approved");
    expect(statusOf([word("approve")], { ...subject, escalations: [{ raisedAtMs: nowMs - 500, state: "resolved" }] })).toBe("approved");
  });
});

describe("a word against", () => {
  const later = { atMs: nowMs - 10 };

  test("of any person stands above the approval of another, whichever came first", () => {
    for (const [decision, status] of [
      ["hold", "held"],
      ["reject", "rejected"],
      ["requestChanges", "changesRequested"],
    ] as const) {
      const against = word(decision, { approver: "Client", role: "client" });
      expect(statusOf([against, word("approve", later)])).toBe(status);
      expect(statusOf([word("approve"), { ...against, ...later }])).toBe(status);
      expect(statusOf([against, word("approve", { approver: "Client", role: "client", ...later })])).toBe("approved");
    }
  });

  test("that holds beats everything and outlasts edits, until it expires; a rejection is answered by an edit", () => {
    const other = { planHash: contentHash("older plan") };
    expect(statusOf([word("hold", { approver: "Client", ...other }), word("approve")])).toBe("held");
    expect(statusOf([word("hold", { approver: "Client", expiresAtMs: nowMs }), word("approve")])).toBe("approved");
    expect(statusOf([word("reject", { approver: "Client", ...other }), word("approve")])).toBe("approved");
    expect(statusOf([word("reject", { approver: "Client" }), word("hold", { approver: "Legal" })])).toBe("held");
  });
});

test("L1: approved means that every variant has a living human word for exactly its hash and plan, and nobody objects", () =>
  assertProperty(
    fc.property(
      fc.array(
        fc.record({
          decision: fc.constantFrom("approve" as const, "approve" as const, "approve" as const, "hold" as const, "reject" as const),
          approver: fc.constantFrom("Ana", "Client"),
          role: fc.constantFrom("operator" as const, "rule" as const),
          planHash: fc.constantFrom(planHash, planHash, contentHash("other")),
          contents: fc.subarray([0, 1, 2], { minLength: 1 }),
          atMs: fc.integer({ min: nowMs - 50, max: nowMs + 5 }),
          lastsMs: fc.integer({ min: 1, max: 100 }),
        }),
        { maxLength: 8 },
      ),
      (drawn) => {
        const hashes = [...variants.map((variant) => variant.contentHash), contentHash("foreign")];
        const words = drawn.map(({ contents, lastsMs, ...own }) =>
          word(own.decision, { ...own, contentHashes: contents.map((at) => hashes[at]!), expiresAtMs: own.atMs + lastsMs }),
        );
        const state = approvalState(subject, words, nowMs);
        expect(approvalState(subject, words.toReversed(), nowMs).status).toBe(state.status);
        const covers = (hash: string) =>
          words.some(
            (each) =>
              each.decision === "approve" &&
              each.role === "operator" &&
              each.planHash === planHash &&
              each.contentHashes.includes(hash) &&
              each.atMs <= nowMs &&
              nowMs < each.expiresAtMs,
          );
        const isAllowed = variants.every((variant) => covers(variant.contentHash));
        expect(state.status === "approved" && !isAllowed).toBe(false);
        expect(state.reasons.length === 0).toBe(state.status === "approved");
      },
    ),
    { numRuns: 500 },
  ));
