// An approval is about exactly these hashes: an edit of content or plan leaves it without effect (law L1).
import { z } from "zod";
import { refuse } from "./issue.ts";
import { contentHashSchema, idSchema, instantMsSchema, labelSchema } from "./scalars.ts";

/** Who has to agree before anything is published: nobody, a reviewer, or a person for each step. */
export const approvalLevels = ["auto", "review", "manual"] as const;
export const approvalLevelSchema = z.enum(approvalLevels);
export type ApprovalLevel = z.infer<typeof approvalLevelSchema>;

export const approvalSchema = z
  .strictObject({
    approvalId: idSchema,
    experimentId: idSchema,
    briefHash: contentHashSchema,
    planHash: contentHashSchema,
    contentHashes: z.array(contentHashSchema).min(1),
    decision: z.enum(["approve", "requestChanges", "reject", "hold"]),
    approver: labelSchema,
    role: z.enum(["operator", "client", "legal", "rule"]),
    atMs: instantMsSchema,
    comment: z.string().min(1).exactOptional(),
    expiresAtMs: instantMsSchema,
  })
  .superRefine((approval, context) => {
    if ((approval.decision === "reject" || approval.decision === "requestChanges") && approval.comment === undefined)
      refuse(context, ["comment"], `${approval.decision} needs a comment`, "Say what is wrong.");
    if (approval.expiresAtMs <= approval.atMs)
      refuse(context, ["expiresAtMs"], "the approval expires before it is given", "Let expiresAtMs be later than atMs.");
  });
export type Approval = z.infer<typeof approvalSchema>;

/** True if this approval lets exactly this content of exactly this plan out at this instant. */
export function approves(approval: Approval, subject: { planHash: string; contentHash: string }, atMs: number): boolean {
  return (
    approval.decision === "approve" &&
    approval.planHash === subject.planHash &&
    approval.contentHashes.includes(subject.contentHash) &&
    approval.atMs <= atMs &&
    atMs < approval.expiresAtMs
  );
}
