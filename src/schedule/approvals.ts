// Whether people have agreed to exactly this: approvals count for the content and plan hashes they name and nothing else (law L1), a hold beats every
// approval, and an edit re-opens (preflight note 2.7).
import { type Approval, type ApprovalLevel, approves, type Escalation, type Variant } from "../domain/index.ts";
import { type ApprovalFacts, type ApprovalPoint, approvalPointsOf, levelOf } from "./approvalPoints.ts";

export interface ApprovalSubject extends ApprovalFacts {
  readonly planHash: string;
  /** Control first, with the hashes of what would be published now. */
  readonly variants: readonly Pick<Variant, "variantId" | "contentHash" | "content">[];
  /** Escalations of the experiment that are not resolved. */
  readonly escalations: readonly Pick<Escalation, "raisedAtMs" | "state">[];
}

export type ApprovalStatus = "approved" | "waiting" | "changesRequested" | "rejected" | "held";

export interface ApprovalState {
  readonly status: ApprovalStatus;
  /** Who has to agree: the brief's level, or a stronger one that the rules ask for. */
  readonly level: ApprovalLevel;
  /** The rules that ask for a person, and whether they are met. */
  readonly points: readonly (ApprovalPoint & { readonly met: boolean })[];
  /** Each variant with those whose approval covers it now. */
  readonly variants: readonly { readonly variantId: string; readonly contentHash: string; readonly approvedBy: readonly string[] }[];
  /** Why not, for people; empty if approved. */
  readonly reasons: readonly string[];
  /** When the first approval lapses that this rests on; null if it rests on none. */
  readonly expiresAtMs: number | null;
}

/**
 * Judges all words given so far. Pure; the order of the list does not matter.
 *
 * A person's hold, rejection or request for changes stands until the same person approves later. A hold stands whatever is edited, until it expires;
 * rejections and requests are about their hashes, so an edit answers them.
 * @param approvals of this experiment, any order. @param atMs the present: later words are not known yet, expired ones lapse.
 */
export function approvalState(subject: ApprovalSubject, approvals: readonly Approval[], atMs: number): ApprovalState {
  const { planHash, variants } = subject;
  const open = subject.escalations.filter(({ state }) => state !== "resolved");
  const points = approvalPointsOf(subject, open.length > 0);
  const hashes = new Set(variants.map(({ contentHash }) => contentHash));
  const standing = standingWords(approvals.filter((word) => word.atMs <= atMs));

  const holds = standing.filter(({ decision, expiresAtMs }) => decision === "hold" && atMs < expiresAtMs);
  const isAboutThis = (word: Approval): boolean => word.planHash === planHash && word.contentHashes.some((hash) => hashes.has(hash));
  const against = (decision: Approval["decision"]): Approval[] =>
    standing.filter((word) => word.decision === decision && isAboutThis(word));

  const lastEscalationMs = Math.max(-Infinity, ...open.map(({ raisedAtMs }) => raisedAtMs));
  const isEach = points.some(({ obligations }) => obligations.includes("approvalOfEachVariant"));
  const counts = (word: Approval, contentHash: string): boolean =>
    word.role !== "rule" &&
    approves(word, { planHash, contentHash }, atMs) &&
    (!isEach || word.contentHashes.length === 1) &&
    word.atMs >= lastEscalationMs;
  const covering = variants.map(({ contentHash }) => standing.filter((word) => counts(word, contentHash)));
  const isCovered = covering.every((words) => words.length > 0);
  const needsPerson = points.length > 0;

  const [rejected, changes] = [against("reject"), against("requestChanges")];
  const status =
    holds.length > 0
      ? "held"
      : rejected.length > 0
        ? "rejected"
        : changes.length > 0
          ? "changesRequested"
          : !needsPerson || isCovered
            ? "approved"
            : "waiting";
  return {
    status,
    level: levelOf(points),
    points: points.map((point) => ({ ...point, met: isCovered })),
    variants: variants.map(({ variantId, contentHash }, at) => ({
      variantId,
      contentHash,
      approvedBy: [...new Set(covering[at]!.map(({ approver }) => approver))],
    })),
    reasons: [
      ...holds.map(({ approver, comment }) => `${approver} holds it${comment === undefined ? "" : `: ${comment}`}`),
      ...rejected.map(({ approver, comment }) => `${approver} rejected it: ${comment!}`),
      ...changes.map(({ approver, comment }) => `${approver} asks for changes: ${comment!}`),
      ...(needsPerson && !isCovered ? points.map(({ reason }) => reason) : []),
      ...(isCovered ? [] : staleReasons(standing, subject, isEach, atMs)),
    ],
    expiresAtMs:
      needsPerson && isCovered ? Math.min(...covering.map((words) => Math.max(...words.map(({ expiresAtMs }) => expiresAtMs)))) : null,
  };
}

/** What each person still means: what they approved since their last word against, or that word, where nothing came after it. */
function standingWords(approvals: readonly Approval[]): Approval[] {
  return [...Map.groupBy(approvals, ({ role, approver }) => `${role}/${approver}`).values()].flatMap((words) => {
    const against = words.filter(({ decision }) => decision !== "approve");
    const lastMs = Math.max(-Infinity, ...against.map(({ atMs }) => atMs));
    // An approval at the same instant as a word against does not lift it.
    const since = words.filter(({ atMs }) => atMs > lastMs);
    return since.length > 0 ? since : against.filter(({ atMs }) => atMs === lastMs);
  });
}

/** Approvals that were given and do not count: a person should know why. */
function staleReasons(standing: readonly Approval[], { planHash, variants }: ApprovalSubject, isEach: boolean, atMs: number): string[] {
  const hashes = variants.map(({ contentHash }) => contentHash);
  return standing
    .filter(({ decision, role }) => decision === "approve" && role !== "rule")
    .flatMap((word) => {
      const by = `the approval by ${word.approver}`;
      if (word.expiresAtMs <= atMs) return [`${by} has expired`];
      if (word.planHash !== planHash) return [`${by} was for another plan`];
      if (!word.contentHashes.some((hash) => hashes.includes(hash))) return [`${by} was for other content`];
      if (isEach && word.contentHashes.length > 1) return [`${by} covers several variants at once, and each needs its own`];
      return [];
    });
}
