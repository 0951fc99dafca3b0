// A plan as `expos plan` prints it: the document for programs, and the week with its heading and notes for people.
import type { Brief, Plan, Variant } from "../../domain/index.ts";
import { type AskedApproval, approvalLines } from "./askedApproval.ts";
import { weekView } from "./weekView.ts";

export interface PlanPrint {
  readonly brief: Brief;
  readonly plan: Plan;
  readonly variants: readonly Variant[];
  readonly approval: AskedApproval;
  /** What stands in the way of approving it now. */
  readonly collisions: readonly string[];
  readonly storeFolder?: string;
  readonly calendarFile?: string;
}

/** What programs read. `posts` carry the probability of the arm they got. */
export function planDocument({ plan, approval, collisions }: Pick<PlanPrint, "plan" | "approval" | "collisions">): unknown {
  return {
    experimentId: plan.experimentId,
    seed: plan.seed,
    layer: plan.layers[0]!,
    layers: plan.layers,
    planHash: plan.planHash,
    looks: plan.looks,
    approval,
    posts: plan.posts.map(({ postId, variantId, block, slot, surface, lane, account, assignment, makeUpFor }) => ({
      postId,
      variantId,
      block,
      ...slot,
      surface,
      lane,
      account,
      probability: assignment.probabilities[variantId]!,
      assignment,
      ...(makeUpFor !== undefined && { makeUpFor }),
    })),
    ...(plan.refused !== undefined && { refused: plan.refused }),
    notes: [...plan.notes, ...collisions],
  };
}

export function planText(print: PlanPrint): string {
  const { brief, plan, approval, collisions } = print;
  return [
    heading(print),
    weekView(plan, brief, variantName(brief)),
    approvalLines(approval).join("\n"),
    ...listed("Notes", [...plan.notes, ...collisions]),
    closing(print),
  ].join("\n\n");
}

/** Why there is no plan; and what was noted on the way, such as events of a calendar that do not count. */
export function refusalText({ brief, plan }: Pick<PlanPrint, "brief" | "plan">): string {
  const issues = plan.refused!.map(({ code, path, message, fix }) => `${code} at ${path}\n  ${message}\n  fix:  ${fix}`);
  return [`No plan for: ${brief.name}`, ...issues, ...listed("Notes", plan.notes)].join("\n\n");
}

/** The name that people gave a variant, else its id. */
export function variantName(brief: Brief): (variantId: string) => string {
  const names = new Map([[brief.control.id, brief.control.name], ...brief.testVariants.map(({ id, name }) => [id, name] as const)]);
  return (variantId) => names.get(variantId) ?? variantId;
}

function heading({ plan, brief, variants }: PlanPrint): string {
  const blocks = new Set(plan.posts.map(({ block }) => block)).size;
  const arms = variants.map(({ variantId, role }) => `${variantName(brief)(variantId)} (${role})`).join(", ");
  return [
    brief.name,
    `${brief.experimentType} experiment on ${brief.variableUnderTest}, ${brief.surfaces.join(", ")}, ${brief.accounts.map(({ id }) => id).join(", ")}`,
    `${plan.posts.length} ${brief.experimentType === "engagement" ? "suggested replies" : "posts"} in ${blocks} blocks: ${arms}; at every position each arm has probability 1/${variants.length}`,
    `The decision rule may speak after ${plan.looks.join(", ")} blocks.`,
  ].join("\n");
}

function closing({ plan, storeFolder, calendarFile }: PlanPrint): string {
  return [
    `Experiment ${plan.experimentId}, seed ${plan.seed}, layer ${plan.layers.join(", ")}`,
    `Plan ${plan.planHash}`,
    ...(calendarFile === undefined ? [] : [`Calendar written: ${calendarFile}`]),
    storeFolder === undefined
      ? "Nothing was kept: name a folder with --store to have this plan approved."
      : `Kept in ${storeFolder}. Approve it: expos approve ${plan.experimentId} --by NAME --store ${storeFolder}`,
  ].join("\n");
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[title, ...lines.map((line) => `  ${line}`)].join("\n")];
}
