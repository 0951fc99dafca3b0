// When a person has to say yes, as rules: the level of the brief, the four approval points of the first brief (6.3; three of them are known from the
// brief and stand in domain/) and what the guards found, which no level switches off.
import { compileRules, type Facts, type RuleSet, ruleSetSchema } from "../canon/index.ts";
import {
  type ApprovalLevel,
  type Brief,
  type GuardBlock,
  type GuardVerdict,
  humanApprovalCauses,
  riskBlockReason,
  type Variant,
} from "../domain/index.ts";

/** What an approval has to be for a rule to be met. */
export const approvalObligations = ["humanApproval", "approvalOfEachVariant", "approvalSinceEscalation"] as const;
export type ApprovalObligation = (typeof approvalObligations)[number];

const source = "first brief, section 6.3";

export const approvalPoints: RuleSet = ruleSetSchema.parse({
  version: "2026-11-22.1",
  asOf: "2026-11-22",
  about: "Who has to approve before anything is published. Approvals are bound to hashes of content and plan; an edit re-opens them.",
  rules: [
    {
      id: "approval.level.review",
      when: { approvalLevel: ["review", "manual"] },
      effect: "require",
      obligations: ["humanApproval"],
      field: "approvalLevel",
      reason: "the brief asks for a review before launch",
      fix: "Let a person approve plan and variants.",
      source: "first brief, section 3, Stage A",
    },
    {
      id: "approval.level.manual",
      when: { approvalLevel: "manual" },
      effect: "require",
      obligations: ["approvalOfEachVariant"],
      field: "approvalLevel",
      reason: "the brief asks for a person at each step",
      fix: "Let a person approve every variant on its own.",
      source: "first brief, section 3, Stage A",
    },
    ...humanApprovalCauses.map(({ id, field, reason }) => ({
      id,
      when: { causes: id },
      effect: "require",
      obligations: ["humanApproval"],
      field,
      reason,
      fix: "Let a person approve plan and variants.",
      source,
    })),
    {
      id: "approval.guards",
      when: { guardVerdict: ["unverified", "review", "block"] },
      effect: "require",
      obligations: ["humanApproval"],
      field: "preflight",
      reason: "a guard found what only a person can judge",
      fix: "Look at what the guards found (expos preflight), then let a person approve plan and variants.",
      source: "preflight note 1",
    },
    {
      id: "approval.risk-block",
      when: { riskBlocked: true },
      effect: "require",
      obligations: ["humanApproval", "approvalOfEachVariant"],
      field: "content",
      reason: "RiskScan blocked this experiment before",
      fix: "Let a person read and approve every variant on its own.",
      source: "preflight note 2.5",
    },
    {
      id: "approval.escalation",
      when: { openEscalation: true },
      effect: "require",
      obligations: ["humanApproval", "approvalSinceEscalation"],
      field: "escalation",
      reason: "something was escalated to a person",
      fix: "Look at the escalation, then let a person approve again.",
      source,
    },
  ],
});

export interface ApprovalPoint {
  readonly ruleId: string;
  readonly reason: string;
  readonly fix: string;
  readonly obligations: readonly ApprovalObligation[];
}

const attributes = ["approvalLevel", "causes", "guardVerdict", "riskBlocked", "openEscalation"];
const matcher = compileRules([approvalPoints], attributes);

/** What the rules look at. */
export interface ApprovalFacts {
  readonly brief: Pick<Brief, "approvalLevel" | "clientTags" | "changesOfferOrClaim">;
  readonly variants: readonly Pick<Variant, "content">[];
  /** What the guards say of exactly this content; pass where nobody asked them. */
  readonly guardVerdict: GuardVerdict;
  /** The blocks of RiskScan that speak of this experiment, whatever was edited since. */
  readonly riskBlocks: readonly GuardBlock[];
}

/** The rules that ask for a person here; empty where nobody has to look. Pure. */
export function approvalPointsOf({ brief, variants, guardVerdict, riskBlocks }: ApprovalFacts, openEscalation: boolean): ApprovalPoint[] {
  const lanes = variants.map(({ content }) => content.lane);
  const facts: Facts = {
    approvalLevel: brief.approvalLevel,
    causes: humanApprovalCauses.filter(({ holds }) => holds({ ...brief, lanes })).map(({ id }) => id),
    guardVerdict,
    riskBlocked: riskBlocks.length > 0,
    openEscalation,
  };
  return matcher.decide({ facts, met: new Set(), needsAllow: false, atMs: 0 }).matched.map(({ id, reason, fix, obligations }) => ({
    ruleId: id,
    reason: id === "approval.risk-block" ? riskBlockReason(riskBlocks) : reason,
    fix,
    obligations: obligations as ApprovalObligation[],
  }));
}

/** The level that the rules make of the brief's own. */
export function levelOf(points: readonly ApprovalPoint[]): ApprovalLevel {
  return points.some(({ obligations }) => obligations.includes("approvalOfEachVariant")) ? "manual" : points.length > 0 ? "review" : "auto";
}
