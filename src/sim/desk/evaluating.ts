// The evaluator: guardrails after every fact, validity at any time, the decision when the rule may speak; and what every ending owes.
import type { Decision, ExperimentEnding, Learning, Post, ValidityReport } from "../../domain/index.ts";
import { decide, guardrailBreaches, type Review, testArmFigures } from "../../decision/index.ts";
import { actsAnyTime, checkValidity, decisionAgeHours, type ValidityInput } from "../../erm/index.ts";
import { planMakeUp } from "../../schedule/index.ts";
import { type EffectOf, experimentKey, experimentOf, reasonOf, type Run, variantRowId } from "../run.ts";

const hourMs = 3_600_000;
/** What a timer that ran out means to a person. */
const nobodyAnswered = "nobody answered in time";

export const demoReviewer = "demo reviewer (rules alone, stands in for a person)";

/** A post has ended, well or badly. */
export function afterSettled(run: Run, post: Post): void {
  if (!isLive(run)) return;
  if (post.status === "rejected" || post.status === "missed") makeUp(run, post);
  watch(run);
  actOnChecks(run);
}

/** A reading has come in. */
export function afterReading(run: Run): void {
  if (!isLive(run)) return;
  watch(run);
  actOnChecks(run);
}

/** The window is over: the verdict waits for the last post to reach the decision age. */
export function windowClosed(run: Run): void {
  const published = [...run.posts.values()].flatMap(({ publishedMs }) => publishedMs ?? []);
  const ripeMs = Math.max(run.nowMs, ...published.map((ms) => ms + decisionAgeHours(run.brief) * hourMs)) + 3 * hourMs;
  run.later(ripeMs, () => {
    if (run.state(experimentKey(run)) !== "verifying") return;
    const { validity, decision } = evaluate(run, true);
    checkpoint(run, validity, decision, true);
  });
}

/** A person looks for what the numbers cannot show; this one only knows the flags of the posts. */
export function requestReview(run: Run): void {
  run.later(run.nowMs + 2 * hourMs, () => {
    const posts = [...run.posts.values()];
    const confounders = [
      ...(posts.some(({ boosted }) => boosted === true) ? ["boost"] : []),
      ...(posts.some(({ crossPosted }) => crossPosted === true) ? ["crossPost"] : []),
    ];
    const review: Review = { reviewer: demoReviewer, confounders, acknowledged: [] };
    run.record({
      type: "reviewGiven",
      experimentId: run.experimentId,
      reviewer: demoReviewer,
      outcome: confounders.length === 0 ? "confirm" : "downgrade",
      confounders,
    });
    const { validity, decision } = evaluate(run, true, review);
    run.send(experimentKey(run), {
      type: "reviewed",
      reviewer: demoReviewer,
      role: "operator",
      confounders,
      verdict: validity.verdict,
      proposal: decision.kind,
      reason: decision.reasons[0]!.message,
      ...(decision.winner !== undefined && { winner: variantRowId(run, decision.winner) }),
    });
  });
}

/** Paused: what is known now is written down for whoever has to answer. */
export function paused(run: Run): void {
  const reason = reasonOf(run, experimentKey(run), "paused");
  run.record({ type: "experimentPaused", experimentId: run.experimentId, reason });
  evaluate(run, false);
}

export function notify(run: Run, { severity, subject, reason: told }: EffectOf<"notify">): void {
  if (severity !== "escalation") return;
  const reason = told.startsWith("xstate.after") ? nobodyAnswered : told;
  const isRepeat = run.journal.some(
    (event) => event.type === "escalationRaised" && event.at === run.nowMs && event.escalation.message.endsWith(reason),
  );
  if (isRepeat) return;
  run.record({
    type: "escalationRaised",
    experimentId: run.experimentId,
    escalation: {
      escalationId: run.newId(),
      experimentId: run.experimentId,
      reason: escalationReason(run, reason),
      message: `${subject === run.experimentId ? "The experiment" : subject}: ${reason}`,
      actions: ["acknowledge", "resume", "stop"],
      raisedAtMs: run.nowMs,
      state: "open",
      evidence: {},
    },
  });
}

/** Every ending is reported, also one before anything was published. */
export function report(run: Run): void {
  if (run.decision === null || run.validity === null) stoppedBeforeLaunch(run);
  run.record({ type: "experimentEnded", experimentId: run.experimentId, state: run.state(experimentKey(run)) as ExperimentEnding });
}

export function writeMemory(run: Run): void {
  const [validity, decision] = [run.validity!, run.decision!];
  const isInvalid = validity.verdict === "invalid";
  const effects = isInvalid || validity.verdict === "insufficient" ? [] : learnedEffects(run);
  run.record({
    type: "learningWritten",
    experimentId: run.experimentId,
    learning: {
      learningId: run.newId(),
      experimentId: run.experimentId,
      clientId: run.brief.clientId,
      surface: run.brief.surfaces[0]!,
      variableUnderTest: run.brief.variableUnderTest,
      validity: validity.verdict,
      decision: decision.kind,
      statement: statementOf(run, decision),
      effects,
      informationalOnly: isInvalid,
      atMs: run.nowMs,
    },
  });
}

/** One sentence that a later brief can use. */
function statementOf({ brief }: Run, { kind, winner, evidence, reasons }: Decision): string {
  const arm = evidence.arms.find(({ variantId }) => variantId === winner);
  if (arm === undefined || arm.shrunkenLogLift === null) return `${kind}: ${reasons[0]!.message}`;
  const lift = Math.round(100 * Math.expm1(arm.shrunkenLogLift));
  return `${brief.variableUnderTest} on ${brief.surfaces.join(", ")}: ${winner} beat ${brief.control.id} by about ${lift} % on the index (${kind})`;
}

function learnedEffects(run: Run): Learning["effects"] {
  return testArmFigures(inputOf(run)).flatMap(({ variantId, logLift, standardError, blocks }) =>
    logLift === null || standardError === null || standardError === 0 ? [] : [{ variantId, logLift, standardError, blocks }],
  );
}

function isLive(run: Run): boolean {
  return ["running", "paused", "verifying"].includes(run.state(experimentKey(run)) ?? "");
}

function makeUp(run: Run, failed: Post): void {
  if (run.state(experimentKey(run)) !== "running") return;
  const takenMs = [...[...run.posts.values()].map(({ slot }) => slot.startMs), ...run.history.posts.map(({ publishedMs }) => publishedMs)];
  const post = planMakeUp(run.brief, run.plan, failedAsPlanned(failed), takenMs, run.nowMs, run.rng);
  if (post === undefined) return;
  run.plan = { ...run.plan, posts: [...run.plan.posts, post] };
  run.desks.place({ ...post, attempts: [], status: "scheduled" });
}

function failedAsPlanned(post: Post) {
  const { postId, experimentId, variantId, isControl, contentHash, account, surface, lane, block, slot, assignment, makeUpFor } = post;
  return {
    postId,
    ...(experimentId !== undefined && { experimentId }),
    variantId,
    isControl,
    ...(contentHash !== undefined && { contentHash }),
    account,
    surface,
    lane,
    block,
    slot,
    assignment,
    ...(makeUpFor !== undefined && { makeUpFor }),
  };
}

/** Guardrails over everything so far; each acts once. */
function watch(run: Run): void {
  const breaches = guardrailBreaches(run.brief.guardrails, {
    posts: [...run.posts.values()],
    snapshots: run.snapshots,
    accountEvents: run.accountEvents,
    asOf: run.nowMs,
  });
  for (const { guardrail, value, action, postIds } of breaches) {
    const key = `${guardrail.id}/${action}`;
    if (run.tripped.has(key)) continue;
    run.tripped.add(key);
    run.record({ type: "guardrailBreached", experimentId: run.experimentId, guardrail, value, action, postIds: [...postIds] });
    run.send(experimentKey(run), {
      type: "guardrailTripped",
      guardrailId: guardrail.id,
      action,
      reason: `guardrail ${guardrail.id}: ${guardrail.statistic} is ${Number(value.toPrecision(3))}`,
    });
  }
}

/** Invalidity by facts may speak at any time, by p-values only at looks; a check that asks to pause without accusing anybody pauses once (E10). */
function actOnChecks(run: Run): void {
  const { checks } = checkValidity(inputOf(run));
  if (checks.some((check) => check.verdict === "invalid" && actsAnyTime(check)) && run.validity?.verdict !== "invalid") {
    const evaluated = evaluate(run, false);
    checkpoint(run, evaluated.validity, evaluated.decision, false);
    return;
  }
  const asking = checks.find(({ checkId, verdict, action }) => verdict === "warn" && action === "pause" && !run.tripped.has(checkId));
  if (asking === undefined) return;
  run.tripped.add(asking.checkId);
  run.send(experimentKey(run), {
    type: "guardrailTripped",
    guardrailId: asking.checkId,
    action: "pause",
    reason: `guardrail ${asking.checkId}: ${asking.explanation}`,
  });
}

function inputOf(run: Run): ValidityInput {
  return {
    experiment: experimentOf(run),
    plan: run.plan,
    posts: [...run.posts.values()],
    snapshots: [...run.history.snapshots, ...run.snapshots],
    accountEvents: run.accountEvents,
    ...(run.history.posts.length > 0 && { history: run.history.posts }),
    asOf: run.nowMs,
  };
}

function evaluate(
  run: Run,
  isFinal: boolean,
  review?: Review,
  amend = (decision: Decision): Decision => decision,
): { validity: ValidityReport; decision: Decision } {
  const input = inputOf(run);
  const validity = checkValidity(input);
  const decision = amend(decide({ ...input, validity, looks: run.plan.looks, isFinal, ...(review !== undefined && { review }) }));
  run.validity = validity;
  run.decision = decision;
  const posts = [...run.posts.values()];
  run.record({
    type: "checkpoint",
    experimentId: run.experimentId,
    asOf: run.nowMs,
    blocksComplete: decision.evidence.blocks,
    postsPublished: posts.filter(({ publishedMs }) => publishedMs !== undefined).length,
    postsFailed: posts.filter(({ status }) => status === "rejected").length,
    snapshots: run.snapshots.length,
    look: decision.evidence.look,
  });
  run.record({ type: "validityChecked", experimentId: run.experimentId, validity });
  run.record({ type: "decided", experimentId: run.experimentId, decision });
  return { validity, decision };
}

/** Machines are told the verdict, never the metrics. */
function checkpoint(run: Run, validity: ValidityReport, decision: Decision, final: boolean): void {
  run.send(experimentKey(run), {
    type: "checkpoint",
    verdict: validity.verdict,
    proposal: decision.kind,
    final,
    reason: decision.reasons[0]!.message,
  });
}

/** Nothing was published: there is nothing to compare, and the guards say why. */
function stoppedBeforeLaunch(run: Run): void {
  const blocks = (run.preflight?.guards ?? []).flatMap(({ guard, issues }) =>
    issues
      .filter(({ verdict }) => verdict === "block")
      .map(({ ruleId, message, variantId }) => ({
        rule: ruleId,
        outcome: "against" as const,
        message: `${guard} on ${variantId ?? "the plan"}: ${message}`,
      })),
  );
  evaluate(run, true, undefined, (decision) => ({
    ...decision,
    kind: "stop",
    reasons: [...blocks, { rule: "launch", outcome: "note", message: "nothing was published" }],
    next: { suggestion: "Change the content as the guards say, then submit the brief again." },
  }));
}

function escalationReason(run: Run, reason: string) {
  if (run.accountEvents.some(({ signal }) => signal === reason)) return "survivalSignal";
  if (reason.startsWith("cannot tell")) return "ambiguousPost";
  if (reason.startsWith("guardrail ")) return "guardrailBreach";
  if (reason.includes("publish attempts")) return "publishFailures";
  if (reason === nobodyAnswered) return "approvalTimeout";
  if (run.validity?.verdict === "invalid") return "invalid";
  return run.preflight?.verdict === "block" ? "preflightBlock" : "machineFault";
}
