// One person's word about one experiment: written down, bound to the hashes of now, and followed by what it changes (layers, posts, state), all at once.
import { randomUUID } from "node:crypto";
import { type Approval, approvalSchema, DomainError, type Experiment, parseWith, type Plan, type Post } from "../../domain/index.ts";
import {
  type ApprovalState,
  checkZoneRules,
  releaseWrites,
  reserveWrites,
  resolveWallTime,
  type Store,
  transact,
  type Write,
} from "../../schedule/index.ts";
import type { CommandResult } from "../command.ts";
import { type KnownExperiment, readExperiment, stateOf, withStore } from "./experimentStore.ts";

export interface WordArguments {
  readonly experimentId: string;
  readonly by: string;
  readonly role: string;
  readonly comment?: string;
  /** Variant ids; all where left out. */
  readonly variants?: readonly string[];
  /** Instant such as 2027-03-15T00:00Z; left out, the end of the run window's last day. */
  readonly expires?: string;
  readonly store: string;
}

/**
 * @param nowMs the present, epoch milliseconds.
 * @throws DomainError `experiment-unknown`, `experiment-launched`, `approval-invalid`, `variant-unknown`, `layer-overlap`; nothing is written then.
 */
export async function giveWord(decision: Approval["decision"], words: WordArguments, nowMs: number): Promise<CommandResult> {
  return withStore(words.store, (store) =>
    transact(store, async () => {
      const known = await readExperiment(store, words.experimentId);
      requireOpen(known.experiment.value);
      const zoneNotes = decision === "approve" ? soundZones(known.plan.value) : [];
      const approval = approvalOf(decision, words, known, nowMs);
      const after = { ...known, approvals: [...known.approvals, approval] };
      const state = stateOf(after, nowMs);
      const consequences = await consequencesOf(store, after, decision, state, nowMs);
      const experiment = consequences.find((write) => write.kind === "experiment")?.value ?? known.experiment.value;
      return {
        writes: [{ kind: "approval", id: approval.approvalId, rev: 0, value: approval }, ...consequences],
        answer: result(experiment, approval, state, zoneNotes),
      };
    }),
  );
}

/** Before launch anything may still be said; later the engine's own pause and stop are the way. */
function requireOpen({ experimentId, state }: Experiment): void {
  if (state === "approval" || state === "scheduled") return;
  throw new DomainError({
    code: "experiment-launched",
    path: "experiment",
    message: `${experimentId} is ${state}, and an approval is about what has not begun`,
    fix: "Plan a new experiment.",
    value: experimentId,
  });
}

/** Nobody agrees to a time that is not what it was. @throws DomainError `zone-rules-changed`. @returns what to know where only the version changed. */
function soundZones({ posts }: Plan): readonly string[] {
  const { moved, notes } = checkZoneRules(posts, process.versions.tz!);
  const [first] = moved;
  if (first === undefined) return notes;
  const more = moved.length > 1 ? ` (and ${moved.length - 1} more slots)` : "";
  throw new DomainError({ ...first, message: `${first.message}${more}` });
}

function approvalOf(
  decision: Approval["decision"],
  words: WordArguments,
  { experiment, plan, variants }: KnownExperiment,
  nowMs: number,
): Approval {
  const { by, role, comment, expires } = words;
  const wanted = words.variants ?? variants.map(({ variantId }) => variantId);
  const contentHashes = wanted.map((id) => {
    const variant = variants.find(({ variantId }) => variantId === id);
    if (variant !== undefined) return variant.contentHash;
    throw new DomainError({
      code: "variant-unknown",
      path: "--variant",
      message: `${experiment.id} has no variant ${id}`,
      fix: `Use one of ${variants.map(({ variantId }) => variantId).join(", ")}.`,
      value: id,
    });
  });
  const { end, zone } = experiment.value.brief.runWindow;
  // Noon exists on every day of every zone.
  const windowEndMs = resolveWallTime(`${end.slice(0, 10)}T12:00`, zone).instantMs + 12 * 3_600_000;
  return parseWith(
    approvalSchema,
    {
      approvalId: randomUUID(),
      experimentId: experiment.id,
      briefHash: experiment.value.briefHash,
      planHash: plan.value.planHash,
      contentHashes,
      decision,
      approver: by,
      role,
      atMs: nowMs,
      ...(comment !== undefined && { comment }),
      expiresAtMs: expires === undefined ? windowEndMs : instantOf(expires),
    },
    { code: "approval-invalid" },
  );
}

function instantOf(text: string): number {
  const instantMs = /Z|[+-]\d\d:\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(instantMs)) return instantMs;
  throw new DomainError({
    code: "instant-invalid",
    path: "--expires",
    message: `"${text}" is no instant`,
    fix: "Write it with its offset, such as 2027-03-15T00:00Z.",
    value: text,
  });
}

/** Approved: layers and slots. Held: nothing goes out, the layers stay. Rejected or to be changed: layers are freed, nothing of it goes out. */
async function consequencesOf(
  store: Store,
  { experiment, plan, posts }: KnownExperiment,
  decision: Approval["decision"],
  { status }: ApprovalState,
  nowMs: number,
): Promise<Write[]> {
  const { experimentId, layers } = experiment.value;
  const moved = (state: Experiment["state"]): Write[] =>
    experiment.value.state === state
      ? []
      : [{ kind: "experiment", id: experimentId, rev: experiment.rev, value: { ...experiment.value, state } }];
  const postsAs = (postStatus: Post["status"]): Write[] =>
    posts
      .filter(({ value }) => value.status !== postStatus)
      .map(({ id, rev, value }) => ({ kind: "post", id, rev, value: { ...value, status: postStatus } }));

  if (status === "approved") {
    const known = new Set(posts.map(({ id }) => id));
    const fresh = plan.value.posts.filter(({ postId }) => !known.has(postId));
    return [
      ...(await reserveWrites(store, { experimentId, layers, atMs: nowMs })),
      ...moved("scheduled"),
      ...postsAs("scheduled"),
      ...fresh.map((post): Write => ({ kind: "post", id: post.postId, rev: 0, value: { ...post, attempts: [], status: "scheduled" } })),
    ];
  }
  if (decision === "reject" || decision === "requestChanges")
    return [
      ...(await releaseWrites(store, experimentId)),
      ...moved(decision === "reject" ? "stopped" : "approval"),
      ...postsAs("cancelled"),
    ];
  return status === "held" ? postsAs("held") : [];
}

function result(
  { experimentId, brief, state, layers }: Experiment,
  approval: Approval,
  judged: ApprovalState,
  notes: readonly string[],
): CommandResult {
  const { status, level, variants, reasons, points, expiresAtMs } = judged;
  return {
    document: { experimentId, state, decision: approval.decision, approval: judged, layers, notes },
    text: [
      `${brief.name} (${experimentId})`,
      `${approval.approver} said: ${approval.decision}${approval.comment === undefined ? "" : `, "${approval.comment}"`}`,
      `Approval: ${status}, level ${level}. Experiment: ${state}${state === "scheduled" ? `, holding ${layers.join(", ")}` : ""}.`,
      ...variants.map(
        ({ variantId, approvedBy }) =>
          `  ${variantId}: ${approvedBy.length === 0 ? "not approved" : `approved by ${approvedBy.join(", ")}`}`,
      ),
      ...[...new Set(reasons)].map((reason) => `  ${reason}`),
      ...points.filter(({ met }) => met).map(({ reason }) => `  answered: ${reason}`),
      ...notes,
      ...(expiresAtMs === null ? [] : [`Valid until ${new Date(expiresAtMs).toISOString()}`]),
    ].join("\n"),
  };
}
