// `simulate`: one experiment from brief to remembered result, in virtual time, with the machines, guards, plan, checks and rules of production
// against a synthetic account. Same seed and scenario, same journal, byte for byte (law L8).
import { briefHash, canonicalJson, contentHash, sha256Hex } from "../canon/index.ts";
import { decisionPolicyHash, defaultDecisionPolicy } from "../decision/index.ts";
import {
  checkTypeRequirements,
  type Brief,
  type Decision,
  decisionPresetOf,
  DomainError,
  type ExperimentReport,
  isRegulated,
  type JournalEvent,
  needsPerson,
  type ValidityReport,
  type Variant,
} from "../domain/index.ts";
import { defaultValidityPolicy, validityPolicyHash } from "../erm/index.ts";
import { makeVariants } from "../intake/index.ts";
import {
  accountMachine,
  type ApprovalNeed,
  createHost,
  emptySystem,
  experimentMachine,
  type HostOptions,
  type Hosts,
  postMachine,
  type SystemStep,
  systemStart,
  systemStep,
  variantMachine,
} from "../machines/index.ts";
import { createSimulatedPlatform } from "../platforms/index.ts";
import { createIdSource, createRng } from "../random/index.ts";
import { experimentReport } from "../report/index.ts";
import { compilePlan, resolveWallTime } from "../schedule/index.ts";
import { carryOut, noticed } from "./desk/carryOut.ts";
import { deadLettered } from "./desk/deadLetters.ts";
import { afterReading, afterSettled } from "./desk/evaluating.ts";
import { placePost } from "./desk/planning.ts";
import { dueAtSlot } from "./desk/publishing.ts";
import { createEventQueue } from "./eventQueue.ts";
import { ordinaryHistory } from "./history.ts";
import { experimentKey, experimentOf, type Run } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { type SimSummary, summaryOf } from "./summary.ts";
import { type Violation, violationsIn } from "./violations.ts";
import { createWorld } from "./world.ts";

export interface SimOptions {
  /** A non-empty string. */
  readonly seed: string;
  /** What steps the machines; `pure` if left out. The journal is the same on each (law L8). */
  readonly host?: HostOptions["kind"];
  /** Called with every journal event as it is written. */
  readonly onEvent?: (event: JournalEvent) => void;
}

export interface SimResult {
  readonly journal: readonly JournalEvent[];
  /** The journal as text: one canonical JSON document a line. */
  readonly journalText: string;
  /** SHA-256 of `journalText`. */
  readonly journalDigest: string;
  readonly decision: Decision;
  readonly validity: ValidityReport;
  readonly report: ExperimentReport;
  readonly summary: SimSummary;
  /** What must never happen and did; empty unless the product is broken. */
  readonly violations: readonly Violation[];
  /** What was really written on the simulated platform, for checks of law L2. */
  readonly published: readonly { readonly attemptKey: string; readonly publishedMs: number }[];
}

/** Time between the brief and the first instant of its window; nine in the morning for a window that opens at midnight. */
const leadMs = 63 * 3_600_000;
/** No experiment needs so many events; a loop would. */
const eventsMax = 100_000;

/** Events come from the desks, whose types the compiler checks. */
function hostsOf(kind: HostOptions["kind"]): Hosts {
  const options = { kind, events: "trusted" } as const;
  return {
    experiment: createHost(experimentMachine, options) as Hosts[string],
    variant: createHost(variantMachine, options) as Hosts[string],
    post: createHost(postMachine, options) as Hosts[string],
    account: createHost(accountMachine, options) as Hosts[string],
  };
}

/**
 * @throws DomainError `brief-not-ok` if the brief does not fit its experiment type, `plan-refused` if its window cannot hold the plan.
 */
export function simulate(scenario: Scenario, { seed, host = "pure", onEvent }: SimOptions): SimResult {
  const { brief } = scenario;
  const hosts = hostsOf(host);
  refuseBadBrief(scenario);
  const rng = createRng(seed).fork(["scenario", scenario.name]);
  const windowMs = {
    from: resolveWallTime(brief.runWindow.start, brief.runWindow.zone).instantMs,
    until: resolveWallTime(brief.runWindow.end, brief.runWindow.zone).instantMs,
  };
  const startMs = windowMs.from - leadMs;
  const experimentId = createIdSource({ rng: rng.fork("experimentId"), now: () => startMs })();
  const variants = makeVariants(brief, experimentId);
  const plan = compilePlan({ experimentId, brief, variants, otherPosts: [] }, createRng(seed));
  if (plan.refused !== undefined) {
    const issue = plan.refused[0]!;
    throw new DomainError({ code: "plan-refused", path: issue.path, message: issue.message, fix: issue.fix, value: issue.code });
  }

  const world = createWorld({ brief, variants, testEffect: scenario.testEffect, faults: scenario.faults, windowMs }, rng.fork("world"));
  const queue = createEventQueue<() => void>();
  let system = emptySystem;
  const nextId = createIdSource({ rng: rng.fork("ids"), now: () => run.nowMs });
  const run: Run = {
    experimentId,
    brief,
    briefHash: briefHash(brief),
    policyHash: contentHash([validityPolicyHash(defaultValidityPolicy), decisionPolicyHash(defaultDecisionPolicy)]),
    rng,
    variants,
    platform: createSimulatedPlatform(world),
    windowMs,
    history: ordinaryHistory(world, brief, scenario.historyPosts ?? 0, windowMs.from),
    nowMs: startMs,
    plan,
    preflight: null,
    layers: new Map(),
    posts: new Map(),
    snapshots: [],
    accountEvents: [],
    tripped: new Set(),
    validity: null,
    decision: null,
    journal: [],
    record(event) {
      const whole = { ...event, id: nextId(), at: run.nowMs };
      run.journal.push(whole);
      onEvent?.(whole);
    },
    send(key, event, delayMs = 0) {
      const id = nextId();
      queue.push(run.nowMs + delayMs, () => took(systemStep(hosts, system, { key, event: { ...event, id, at: run.nowMs } })));
    },
    later: (atMs, work) => queue.push(atMs, work),
    state: (key) => system.entries.get(key)?.row.snapshot.value,
    context: (key) => system.entries.get(key)?.row.snapshot.context ?? {},
    newId: () => nextId(),
    start: (machine, input) => took(systemStart(hosts, system, machine, input, run.nowMs)),
    desks: {
      slotDue: (postId) => dueAtSlot(run, postId),
      place: (post) => placePost(run, post),
      settled: (post) => afterSettled(run, post),
      read: () => afterReading(run),
    },
  };

  function took(step: SystemStep): void {
    ({ system } = step);
    for (const delivery of step.deliveries) if (delivery.changed) noticed(run, delivery);
    for (const letter of step.deadLetters) deadLettered(run, letter);
    for (const effect of step.effects) carryOut(run, effect);
  }

  run.record({ type: "briefAccepted", experimentId, brief, briefHash: run.briefHash });
  run.start("account", { accountId: brief.accounts[0]!.id });
  run.start("experiment", {
    experimentId,
    type: brief.experimentType,
    approvalLevel: brief.approvalLevel,
    preset: decisionPresetOf(brief),
    needs: approvalNeedsOf(brief, variants),
    layer: plan.layers[0]!,
    account: brief.accounts[0]!.id,
    windowStartMs: windowMs.from,
    windowEndMs: windowMs.until,
  });
  run.send(experimentKey(run), { type: "submitted" });
  for (let next = queue.pop(), count = 0; next !== undefined; next = queue.pop(), count++) {
    if (count > eventsMax)
      throw new DomainError({
        code: "run-endless",
        path: scenario.name,
        message: `The run did not end within ${eventsMax} events.`,
        fix: "Report this with its seed.",
        value: seed,
      });
    run.nowMs = next.atMs;
    next.item();
  }

  const [validity, decision] = [run.validity!, run.decision!];
  const journalText = run.journal.map((event) => `${canonicalJson(event)}\n`).join("");
  return {
    journal: run.journal,
    journalText,
    journalDigest: sha256Hex(journalText),
    decision,
    validity,
    report: experimentReport({
      experiment: experimentOf(run),
      posts: [...run.posts.values()],
      snapshots: run.snapshots,
      validity,
      decision,
      asOf: run.journal.at(-1)!.at,
    }),
    summary: summaryOf(run),
    violations: violationsIn(run.journal),
    published: run.platform.posts().map(({ request, publishedMs }) => ({ attemptKey: request.attemptKey, publishedMs })),
  };
}

/** The points at which a person agrees whatever the approval level says (first brief 6.3). */
function approvalNeedsOf(brief: Brief, variants: readonly Variant[]): ApprovalNeed[] {
  return [
    ...(isRegulated(brief) ? (["regulated"] as const) : []),
    ...(brief.changesOfferOrClaim ? (["claims"] as const) : []),
    ...(variants.some(({ content }) => needsPerson(content.lane)) ? (["browserLane"] as const) : []),
  ];
}

function refuseBadBrief({ brief }: Scenario): void {
  const issue = checkTypeRequirements(brief)[0];
  if (issue !== undefined)
    throw new DomainError({ code: "brief-not-ok", path: issue.path, message: issue.message, fix: issue.fix, value: issue.code });
}
