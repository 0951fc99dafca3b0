// Before anything is published: variants, guards, plan, approval, layer, slots. The approver of a rehearsal is named as what it is.
import { contentHash } from "../../canon/index.ts";
import {
  emptyLayer,
  isDomainError,
  type Post,
  type PreflightReport,
  releaseLayer,
  reserveLayer,
  type Variant,
  worstGuardVerdict,
} from "../../domain/index.ts";
import { checkDifferences } from "../../intake/index.ts";
import { preflight } from "../../preflight/index.ts";
import { type EffectOf, experimentKey, type Run, variantKey, variantRowId } from "../run.ts";

const minuteMs = 60_000;
/** Until somebody approves. */
const answerMs = 120 * minuteMs;

export const demoApprover = "demo approver (stands in for a person)";

export function generate(run: Run): void {
  run.later(run.nowMs + 5 * minuteMs, () => {
    checkDifferences(run.brief, run.variants);
    run.record({ type: "variantsMade", experimentId: run.experimentId, variants: [...run.variants] });
    for (const { variantId, role, contentHash: hash } of run.variants) {
      run.start("variant", { variantId: variantRowId(run, variantId), experimentId: run.experimentId, isControl: role === "control" });
      run.send(variantKey(run, variantId), { type: "generated", contentHash: hash });
    }
    run.send(experimentKey(run), {
      type: "variantsReady",
      contentHashes: run.variants.map((variant) => variant.contentHash),
      variantIds: run.variants.map(({ variantId }) => variantRowId(run, variantId)),
    });
  });
}

export function runPreflight(run: Run): void {
  run.later(run.nowMs + minuteMs, () => {
    const { brief, variants, plan, experimentId } = run;
    const report = preflight({
      experimentId,
      brief,
      variants,
      account: { id: brief.accounts[0]!.id, platform: brief.accounts[0]!.platform, openSignals: [] },
      recentPosts: [],
      budgets: {},
      ...(plan.posts[0] !== undefined && { firstSlotMs: plan.posts[0].slot.startMs }),
      nowMs: run.nowMs,
    });
    run.preflight = report;
    run.record({ type: "preflightDone", experimentId, preflight: report });
    if (report.verdict === "block") {
      run.send(experimentKey(run), { type: "preflighted", verdict: "block", reason: blockOf(report) });
      for (const variant of variants) tellGuarded(run, report, variant);
      return;
    }
    run.record({ type: "planCompiled", experimentId, plan });
    run.send(experimentKey(run), {
      type: "preflighted",
      verdict: report.verdict,
      reason: report.verdict,
      planHash: plan.planHash,
      postIds: plan.posts.map(({ postId }) => postId),
      unitsPerArm: variants.map(({ variantId }) => plan.posts.filter((post) => post.variantId === variantId).length),
    });
    for (const variant of variants) tellGuarded(run, report, variant);
  });
}

/** What the guards said about one variant, or about all together. */
function tellGuarded(run: Run, report: PreflightReport, { variantId, contentHash: hash }: Variant): void {
  const issues = report.guards.flatMap((guard) => guard.issues).filter((issue) => (issue.variantId ?? variantId) === variantId);
  const verdict = worstGuardVerdict(issues.map((issue) => issue.verdict));
  const reason = verdict === "block" ? blockOf(report) : verdict;
  run.send(variantKey(run, variantId), { type: "guarded", contentHash: hash, verdict, reason });
}

function blockOf({ guards }: PreflightReport): string {
  const { ruleId, message } = guards.flatMap(({ issues }) => issues).find(({ verdict }) => verdict === "block")!;
  return `${ruleId}: ${message}`;
}

/** Whoever approves the brief approves each of its contents. */
export function approveVariant(run: Run, { variantId, contentHash: hash }: EffectOf<"requestVariantApproval">): void {
  run.later(run.nowMs + answerMs, () => run.send(`variant/${variantId}`, { type: "approved", by: demoApprover, contentHash: hash }));
}

export function requestApproval(run: Run, { contentHashes, planHash }: EffectOf<"requestApproval">): void {
  run.later(run.nowMs + answerMs, () => {
    run.record({
      type: "approvalGiven",
      experimentId: run.experimentId,
      approval: {
        approvalId: run.newId(),
        experimentId: run.experimentId,
        briefHash: run.briefHash,
        planHash,
        contentHashes,
        decision: "approve",
        approver: demoApprover,
        role: "operator",
        atMs: run.nowMs,
        expiresAtMs: run.windowMs.until,
      },
    });
    run.send(experimentKey(run), { type: "approved", approver: demoApprover, role: "operator", contentHashes, planHash });
  });
}

export function reserve(run: Run, { experimentId }: EffectOf<"reserve">): void {
  try {
    const held = run.plan.layers.map((id) => reserveLayer(run.layers.get(id) ?? emptyLayer(id), { experimentId, atMs: run.nowMs }));
    for (const layer of held) {
      run.layers.set(layer.layerId, layer);
      const { ranges } = layer.holds.find((hold) => hold.experimentId === experimentId)!;
      run.record({ type: "layerReserved", experimentId, layerId: layer.layerId, ranges });
    }
    run.send(experimentKey(run), { type: "layerReserved" });
  } catch (error) {
    if (!isDomainError(error)) throw error;
    run.send(experimentKey(run), { type: "layerBusy", holder: error.message });
  }
}

export function release(run: Run, { experimentId }: EffectOf<"release">): void {
  for (const [id, layer] of run.layers) {
    const freed = releaseLayer(layer, experimentId);
    if (freed === layer) continue;
    run.layers.set(id, freed);
    run.record({ type: "layerReleased", experimentId, layerId: id });
  }
}

export function placeSlots(run: Run): void {
  for (const planned of run.plan.posts) placePost(run, { ...planned, attempts: [], status: "scheduled" });
  run.later(run.windowMs.from, () => {
    run.record({ type: "experimentStarted", experimentId: run.experimentId, policyHash: run.policyHash });
    run.send(experimentKey(run), { type: "windowOpened" });
  });
  run.later(run.windowMs.until, () => run.send(experimentKey(run), { type: "windowClosed" }));
}

/** A planned post becomes a row that waits for its slot. */
export function placePost(run: Run, post: Post): void {
  const { attempts: _attempts, status: _status, ...planned } = post;
  run.posts.set(post.postId, post);
  run.record({ type: "postScheduled", experimentId: run.experimentId, post: planned });
  run.start("post", {
    postId: post.postId,
    experimentId: run.experimentId,
    account: post.account,
    contentHash: post.contentHash!,
    attemptKey: attemptKey(post),
    slotMs: post.slot.startMs,
    latestMs: post.slot.startMs + latenessMaxMs,
  });
  run.later(post.slot.startMs, () => run.desks.slotDue(post.postId));
  // Whoever is held past this point has left its slot: the same event, too late, makes it missed.
  run.later(post.slot.startMs + latenessMaxMs + 1, () => run.desks.slotDue(post.postId));
}

/** Half an hour keeps a post inside its slot cell and bin. */
const latenessMaxMs = 30 * minuteMs;

/** Names the slot's one write: H(post, content, slot, attempt), and a slot has one attempt (platforms note 2.1). */
function attemptKey(post: Post): string {
  return contentHash([post.postId, post.contentHash!, post.slot.startMs, 1]);
}
