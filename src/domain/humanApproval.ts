// What asks for a person whatever the approval level of a brief says (first brief, section 6.3). Said here once: a brief is checked against it, and the
// approval points of a plan are these and those that only a plan knows.
import type { Brief } from "./brief.ts";
import { type Lane, needsPerson } from "./lane.ts";

interface HumanApprovalFacts extends Pick<Brief, "clientTags" | "changesOfferOrClaim"> {
  readonly lanes: readonly Lane[];
}

interface HumanApprovalCause {
  readonly id: string;
  /** The field that it speaks of. */
  readonly field: string;
  readonly reason: string;
  readonly holds: (facts: HumanApprovalFacts) => boolean;
}

export const humanApprovalCauses: readonly HumanApprovalCause[] = [
  {
    id: "approval.regulated-industry",
    field: "clientTags",
    reason: "the client's industry is regulated",
    holds: isRegulated,
  },
  {
    id: "approval.offer-or-claim",
    field: "changesOfferOrClaim",
    reason: "the test changes an offer or a claim",
    holds: ({ changesOfferOrClaim }) => changesOfferOrClaim,
  },
  {
    id: "approval.person-in-lane",
    field: "lane",
    reason: "a person takes part in publishing (browser or hybrid lane)",
    holds: ({ lanes }) => lanes.some(needsPerson),
  },
];

export function isRegulated({ clientTags }: Pick<Brief, "clientTags">): boolean {
  return clientTags.includes("regulated");
}

/** The reasons for which a human has to approve this brief whatever its approval level says; empty if there is none. */
export function humanApprovalReasons(brief: Pick<Brief, "clientTags" | "changesOfferOrClaim" | "control" | "testVariants">): string[] {
  const lanes = [brief.control.content.lane, ...brief.testVariants.flatMap((variant) => variant.patch.lane ?? [])];
  return humanApprovalCauses.filter(({ holds }) => holds({ ...brief, lanes })).map(({ reason }) => reason);
}
