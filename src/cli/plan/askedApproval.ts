// Who has to approve before anything goes out, and why: what commands say of it before anybody has.
import { type ApprovalFacts, approvalPointsOf, levelOf } from "../../schedule/index.ts";
import type { ApprovalLevel } from "../../domain/index.ts";

export interface AskedApproval {
  readonly level: ApprovalLevel;
  readonly points: readonly { readonly ruleId: string; readonly reason: string; readonly fix: string }[];
}

export function askedApproval(facts: ApprovalFacts): AskedApproval {
  const points = approvalPointsOf(facts, false);
  return { level: levelOf(points), points: points.map(({ ruleId, reason, fix }) => ({ ruleId, reason, fix })) };
}

export function approvalLines({ level, points }: AskedApproval): string[] {
  return [`Approval: ${level}`, ...points.map(({ reason }) => `  ${reason}`)];
}
