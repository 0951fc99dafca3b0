// An experiment in the file store, as plan, approve, reject and layers see it: what was planned, what people said, who holds the layers.
import { blockSubject, briefHash, canonicalJson } from "../../canon/index.ts";
import {
  type Approval,
  type Brief,
  DomainError,
  type Escalation,
  type Experiment,
  experimentStates,
  type GuardBlock,
  type Plan,
  type Post,
  type PreflightReport,
  riskBlocksOf,
  type Variant,
} from "../../domain/index.ts";
import { openFileStore } from "../../adapters/index.ts";
import { type ApprovalFacts, type ApprovalState, approvalState, type Store, type Stored, type Write } from "../../schedule/index.ts";

/** Where the commands keep experiments unless told otherwise. */
export const storeFolderDefault = ".expos";

/** Runs something on the store of a folder and closes it. */
export async function withStore<Result>(folder: string, run: (store: Store) => Promise<Result>): Promise<Result> {
  const store = openFileStore(folder);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

export interface KnownExperiment {
  readonly experiment: Stored<Experiment>;
  readonly plan: Stored<Plan>;
  /** In the brief's order, control first. */
  readonly variants: readonly Variant[];
  readonly approvals: readonly Approval[];
  readonly escalations: readonly Escalation[];
  readonly posts: readonly Stored<Post>[];
  /** What the guards said of this content. */
  readonly guardVerdict: ApprovalFacts["guardVerdict"];
  readonly riskBlocks: readonly GuardBlock[];
}

/** @throws DomainError `experiment-unknown` with those that are there. */
export async function readExperiment(store: Store, experimentId: string): Promise<KnownExperiment> {
  const experiment = await store.get("experiment", experimentId);
  const plan = await store.get("plan", experimentId);
  if (experiment === undefined || plan === undefined) {
    const known = (await store.list("experiment")).map(({ id }) => id);
    throw new DomainError({
      code: "experiment-unknown",
      path: "experiment",
      message: `no experiment here is called ${experimentId}`,
      fix:
        known.length === 0 ? "Plan one first: expos plan FILE --seed TEXT --store FOLDER." : `Use one of ${known.slice(-10).join(", ")}.`,
      value: experimentId,
    });
  }
  const { brief } = experiment.value;
  const ids = [brief.control.id, ...brief.testVariants.map(({ id }) => id)];
  const variants = await Promise.all(ids.map((id) => store.get("variant", variantKey(experimentId, id))));
  const isOwn = <Value extends { experimentId?: string }>({ value }: Stored<Value>): boolean => value.experimentId === experimentId;
  const known = variants.flatMap((stored) => (stored === undefined ? [] : [stored.value]));
  return {
    experiment,
    plan,
    variants: known,
    // What no guard has seen is never a silent pass.
    guardVerdict: (await store.get("preflight", experimentId))?.value.verdict ?? "unverified",
    riskBlocks: await riskBlocksIn(store, brief, known),
    approvals: (await store.list("approval")).filter(isOwn).map(({ value }) => value),
    escalations: (await store.list("escalation")).filter(isOwn).map(({ value }) => value),
    posts: (await store.list("post")).filter(isOwn),
  };
}

export function stateOf({ experiment, plan, approvals, ...known }: KnownExperiment, atMs: number): ApprovalState {
  return approvalState({ brief: experiment.value.brief, planHash: plan.value.planHash, ...known }, approvals, atMs);
}

/** What RiskScan has blocked of this experiment before, under whatever id. */
export async function riskBlocksIn(store: Store, brief: Brief, variants: readonly Pick<Variant, "content">[]): Promise<GuardBlock[]> {
  const subject = blockSubject(
    brief,
    variants.map(({ content }) => content),
  );
  return riskBlocksOf(
    subject,
    (await store.list("guardBlock")).map(({ value }) => value),
  );
}

/**
 * The writes that keep a plan for approval; none if it is there already, unchanged.
 * @throws DomainError `experiment-launched` if the experiment is beyond approval: its plan is not changed under it.
 */
export async function planWrites(
  store: Store,
  brief: Brief,
  plan: Plan,
  variants: readonly Variant[],
  report: PreflightReport,
): Promise<Write[]> {
  const { experimentId, layers, planHash } = plan;
  const [experiment, before] = [await store.get("experiment", experimentId), await store.get("plan", experimentId)];
  const isSame = before !== undefined && canonicalJson(before.value) === canonicalJson(plan);
  const judged = await store.get("preflight", experimentId);
  const judgement: Write = { kind: "preflight", id: experimentId, rev: judged?.rev ?? 0, value: report };
  // Planned again, the guards may know more: a file was there, a rule pack is newer.
  if (isSame) return judged?.value.verdict === report.verdict ? [] : [judgement];
  if (experiment !== undefined && experimentStates.indexOf(experiment.value.state) > experimentStates.indexOf("approval"))
    throw new DomainError({
      code: "experiment-launched",
      path: "experiment",
      message: `${experimentId} is ${experiment.value.state}, and its plan would change`,
      fix: `Ask for changes first (expos reject ${experimentId} --changes), or plan with another seed.`,
      value: experimentId,
    });
  const stored = await Promise.all(variants.map(({ variantId }) => store.get("variant", variantKey(experimentId, variantId))));
  return [
    {
      kind: "experiment",
      id: experimentId,
      rev: experiment?.rev ?? 0,
      value: {
        experimentId,
        brief,
        state: "approval",
        layers,
        briefHash: briefHash(brief),
        planHash,
        policyHash: null,
        startMs: null,
        endMs: null,
      },
    },
    { kind: "plan", id: experimentId, rev: before?.rev ?? 0, value: plan },
    judgement,
    ...variants.map((variant, at): Write => ({
      kind: "variant",
      id: variantKey(experimentId, variant.variantId),
      rev: stored[at]?.rev ?? 0,
      value: variant,
    })),
  ];
}

function variantKey(experimentId: string, variantId: string): string {
  return `${experimentId}/${variantId}`;
}
