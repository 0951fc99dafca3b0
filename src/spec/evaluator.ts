// Chooses the arm of an experiment for a context, in the order of assignment note 2.4: lookup, forced, lifecycle and window, holdout, layer, stored
// assignment, allocation, store. Choosing is pure but for the store; exposure is reported where the arm is shown (exposure.ts).
import { ExpressionError, type HashVersion } from "../canon/index.ts";
import { DomainError, holderAt, type Layer } from "../domain/index.ts";
import { type CompiledExperiment, compileExperiment, type CompiledRule, type UnitDraws } from "./compiled.ts";
import { type ExperimentContext, type Unit, unitOf } from "./context.ts";
import type { Evaluation, EvaluationDetail, EvaluationIssue, EvaluationReason, TraceStep } from "./evaluation.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { drawPropensity, targetedPropensity } from "./propensity.ts";
import type { AssignmentKey, AssignmentStore, StoredAssignment } from "./store.ts";
import type { PolicyRef, RegisteredExperiment, RegisteredVariant, Version } from "./types.ts";

export interface EvaluatorConfig {
  readonly registry: { get(name: string, version?: Version | null): RegisteredExperiment | undefined };
  /** Allows a rule's policy; passes only on `true`. Gets the caller's own context. */
  readonly policyChecker?: ((policy: PolicyRef, context: ExperimentContext) => boolean | Promise<boolean>) | undefined;
  /** Replaces the safe expressions; truthiness decides, an exception is no match. */
  readonly expressionEvaluator?: ((expression: string, context: ExperimentContext) => unknown) | undefined;
  readonly store?: AssignmentStore | undefined;
  /** Hash of specs that name none; default `m3-1`. */
  readonly hash?: HashVersion | undefined;
  /** Who holds a layer now; without it an experiment is taken to hold what it declares. */
  readonly layers?: ((layerId: string) => Layer | undefined) | undefined;
  /** Whether an experiment runs; without it, or on undefined, it does. */
  readonly lifecycle?: ((experiment: RegisteredExperiment) => Lifecycle | undefined) | undefined;
  /** QA: the id of the arm this context is shown, whatever else holds. */
  readonly forcedVariant?: ((context: ExperimentContext) => string | null | undefined) | undefined;
  /** The clock for windows and stored times, epoch ms; `context.nowMs` wins. */
  readonly now?: (() => number) | undefined;
  /** Told of everything that went wrong without stopping an assignment. */
  readonly onIssue?: ((issue: EvaluationIssue) => void) | undefined;
  /** `reject` makes a failing policy check reject the call; default `skip` the rule. */
  readonly onPolicyError?: "skip" | "reject" | undefined;
  /** True if only `chooseVariantSync` is called: an asynchronous store or checker is then refused here. */
  readonly sync?: boolean | undefined;
}

export interface EvaluationRequest {
  /** Explain every step. */
  readonly trace?: boolean | undefined;
  /** Give P(arm | context); asks the policies of all rules. */
  readonly propensity?: boolean | undefined;
}

export class ExperimentEvaluator {
  readonly #config: EvaluatorConfig;
  readonly #compiled = new WeakMap<RegisteredExperiment, CompiledExperiment>();

  /** @throws DomainError `sync-with-async` if `sync` is set and the store or the checker answers with promises. */
  constructor(config: EvaluatorConfig) {
    this.#config = config;
    if (config.sync === true) {
      refuseAsyncStore(config);
      if (Object.prototype.toString.call(config.policyChecker) === "[object AsyncFunction]") throw asyncRefusal("policyChecker");
    }
  }

  /**
   * The arm for a context, or null for an unknown experiment or version. Never rejects, unless `onPolicyError` is `reject`: what goes wrong is
   * reported through `onIssue` and fails closed. The same context gives the same arm in any process.
   */
  chooseVariant(context: ExperimentContext, request?: EvaluationRequest): Promise<Evaluation | null> {
    try {
      const call = this.#open(context, request, false);
      if (call === null) return Promise.resolve(null);
      const outcome = this.#attempt(call);
      return outcome instanceof Pending ? this.#resume(call, outcome) : Promise.resolve(outcome);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The same without a promise. A checker that answers with a promise makes its rule not match, and is reported.
   * @throws DomainError `sync-with-async` if the store is asynchronous.
   */
  chooseVariantSync(context: ExperimentContext, request?: EvaluationRequest): Evaluation | null {
    if (this.#config.store !== undefined) refuseAsyncStore(this.#config);
    const call = this.#open(context, request, true);
    return call === null ? null : (this.#attempt(call) as Evaluation);
  }

  #open(context: ExperimentContext | null | undefined, request: EvaluationRequest | undefined, sync: boolean): Call | null {
    if (typeof context !== "object" || context === null) return null;
    try {
      const spec = this.#config.registry.get(context.experiment, context.version);
      return spec === undefined ? null : new Call(this.#compile(spec), context, request, sync);
    } catch (error) {
      const fix = "Repair the registry; let it give out registered experiments.";
      this.#tell({ code: "host-failed", experiment: "", path: "registry", message: "looking the experiment up failed", fix, error });
      return null;
    }
  }

  #compile(spec: RegisteredExperiment): CompiledExperiment {
    const known = this.#compiled.get(spec);
    if (known !== undefined) return known;
    const made = compileExperiment(spec, { hash: this.#config.hash, external: this.#config.expressionEvaluator !== undefined });
    this.#compiled.set(spec, made);
    return made;
  }

  /** Waits for what the host answers later, then runs the same pure steps again with the answers known. */
  async #resume(call: Call, first: Pending): Promise<Evaluation> {
    let outcome: Evaluation | Pending = first;
    while (outcome instanceof Pending) {
      await outcome.settled;
      call.restart();
      outcome = this.#attempt(call);
    }
    return outcome;
  }

  /** One pass over all steps; ends in an evaluation, or in something to wait for. */
  #attempt(call: Call): Evaluation | Pending {
    let outcome: Evaluation | Pending;
    try {
      outcome = this.#decide(call);
      if (!(outcome instanceof Pending) && this.#config.store !== undefined) outcome = this.#keep(call, outcome);
    } catch (error) {
      if (error instanceof PolicyRejection) throw error.refusal;
      call.report({ code: "evaluation-failed", path: "", message: "the evaluation threw", fix: "Read error; pass plain data.", error });
      outcome = this.#control(call, null, "failed");
    }
    if (!(outcome instanceof Pending) && call.issues !== null) for (const issue of call.issues) this.#tell(issue);
    return outcome;
  }

  #decide(call: Call): Evaluation | Pending {
    const { compiled, context } = call;
    const { spec } = compiled;

    if (this.#config.forcedVariant !== undefined) {
      const forced = this.#forced(call, this.#config.forcedVariant);
      if (forced !== undefined) return forced;
    }

    const stopped = this.#stopped(call);
    if (stopped !== undefined) return this.#control(call, unitOf(spec, context), stopped);

    const unit = unitOf(spec, context);
    if (call.trace !== null)
      call.traced("unit", unit !== null, () => (unit === null ? "the context holds no unit" : `unit ${unit.type} ${unit.id}`));
    const draws = unit === null ? null : compiled.drawsOf(unit.type);

    if (spec.holdout !== undefined || spec.layer !== undefined) {
      if (unit === null || draws === null) return this.#control(call, null, "missing-unit");
      const excluded = this.#excluded(call, unit, draws);
      if (excluded !== undefined) return excluded;
    }

    if (this.#config.store !== undefined && unit !== null) {
      const stored = this.#stored(call, this.#config.store, unit);
      if (stored !== undefined) return stored;
    }
    return spec.allocation.type === "targeted"
      ? this.#targeted(call, unit, draws)
      : this.#drawn(call, unit, draws, spec.allocation.type, "arm");
  }

  #forced(call: Call, forcedVariant: NonNullable<EvaluatorConfig["forcedVariant"]>): Evaluation | undefined {
    const { compiled, context } = call;
    const id = call.ask("forcedVariant", () => forcedVariant(context));
    if (id === undefined || id === null) return undefined;
    const variant = compiled.spec.variants.find((candidate) => candidate.id === id);
    if (variant === undefined) {
      const ids = compiled.spec.variants.map((candidate) => candidate.id).join(", ");
      call.report({
        code: "forced-variant-unknown",
        path: "forcedVariant",
        message: `no variant has the id ${JSON.stringify(id)}`,
        fix: `Force one of ${ids}.`,
      });
      return undefined;
    }
    call.traced("forced", true, () => `${variant.id} is forced`);
    const reason = variant === compiled.control ? "control" : "targeted";
    return this.#result(call, variant, reason, { unit: unitOf(compiled.spec, context), detail: "forced", propensity: { [variant.id]: 1 } });
  }

  /** Lifecycle and window. */
  #stopped(call: Call): EvaluationDetail | undefined {
    const { spec } = call.compiled;
    const { lifecycle, now } = this.#config;
    if (lifecycle !== undefined) {
      const state = call.ask("lifecycle", () => lifecycle(spec)) ?? "active";
      call.traced("lifecycle", state === "active", () => `the experiment is ${state}`);
      if (state !== "active") return state;
    }
    const { window } = spec;
    if (window === undefined) return undefined;
    const nowMs = call.context.nowMs ?? (now === undefined ? undefined : call.ask("now", now));
    if (nowMs === undefined)
      call.report({
        code: "clock-missing",
        path: "window",
        message: "the experiment has a window and nobody says what time it is",
        fix: "Give the evaluator `now`, or the context `nowMs` (epoch milliseconds).",
      });
    const inside = nowMs !== undefined && nowMs >= (window.startMs ?? -Infinity) && nowMs < (window.endMs ?? Infinity);
    call.traced("window", inside, () => `${nowMs ?? "unknown time"} against [${window.startMs ?? "-∞"}, ${window.endMs ?? "∞"})`);
    return inside ? undefined : "outside-window";
  }

  #excluded(call: Call, unit: Unit, draws: UnitDraws): Evaluation | undefined {
    const { holdout, layer } = call.compiled.spec;
    if (holdout !== undefined && draws.holdout !== undefined) {
      const { share = defaultHoldoutShare } = holdout;
      const bucket = draws.holdout(unit.id);
      call.holdoutTwin = bucket >= share && bucket < 2 * share;
      call.traced("holdout", bucket >= share, () => `${holdout.id}: [0, ${share}) is held out`, { bucket });
      if (bucket < share) return this.#control(call, unit, "holdout", bucket);
    }
    if (layer !== undefined && draws.layer !== undefined) {
      const bucket = draws.layer(unit.id);
      const inside = this.#holds(call, bucket);
      call.traced("layer", inside, () => `${layer.id} at ${bucket}`, { bucket });
      if (!inside) return this.#control(call, unit, "layer", bucket);
    }
    return undefined;
  }

  #holds(call: Call, bucket: number): boolean {
    const { layer } = call.compiled.spec;
    const { layers } = this.#config;
    const state = layers === undefined ? undefined : call.ask("layers", () => layers(layer!.id));
    if (state !== undefined) return holderAt(state, bucket) === call.compiled.experiment.name;
    return layer!.ranges?.some(({ from, to }) => bucket >= from && bucket < to) ?? true;
  }

  /** A stored arm outlives changes of weights, percentages, arms and expressions, but not of its rule's policy. */
  #stored(call: Call, store: AssignmentStore, unit: Unit): Evaluation | Pending | undefined {
    const { compiled } = call;
    const stored = call.askStore("get", () => store.get(keyOf(compiled, unit)));
    if (stored === undefined || stored instanceof Pending) return stored;
    const variant = compiled.spec.variants.find(({ id }) => id === stored.variantId);
    const rule = stored.ruleId === undefined ? undefined : compiled.rules.find(({ id }) => id === stored.ruleId);
    if (variant === undefined || (stored.ruleId !== undefined && rule === undefined)) {
      call.traced("stored", false, () => `stored ${variant === undefined ? `arm ${stored.variantId}` : `rule ${stored.ruleId}`} is gone`);
      return this.#control(call, unit, "stored-gone");
    }
    const allowed = rule === undefined || this.#allows(call, rule);
    if (allowed instanceof Pending) return allowed;
    call.traced("stored", allowed, () => (allowed ? `${variant.id} was dealt first` : "the policy of the stored rule denies"));
    if (!allowed) return this.#control(call, unit, "stored-denied");
    const reason = rule !== undefined ? "targeted" : compiled.spec.allocation.type === "sticky" ? "sticky" : "random";
    return this.#result(call, variant, reason, { unit, detail: "stored", inExperiment: true, ruleId: rule?.id });
  }

  #targeted(call: Call, unit: Unit | null, draws: UnitDraws | null): Evaluation | Pending {
    const { compiled } = call;
    const eligible: CompiledRule[] | null = call.wantsPropensity ? [] : null;
    let hit: CompiledRule | undefined;
    let hitBucket: number | null = null;
    for (const rule of compiled.rules) {
      const matches = this.#matches(call, rule);
      const bucket = matches && rule.gate !== undefined && draws !== null ? draws.gates[rule.index]!(unit!.id) : null;
      const admitted = rule.gate === undefined || (bucket !== null && bucket < rule.gate);
      if (!matches || (!admitted && !call.wantsPropensity)) {
        if (call.trace !== null) call.traced("rule", false, () => missText(rule, matches), { ruleId: rule.id, bucket });
        continue;
      }
      const allowed = this.#allows(call, rule);
      if (allowed instanceof Pending) return allowed;
      if (allowed) eligible?.push(rule);
      const passed = allowed && admitted && hit === undefined;
      if (call.trace !== null)
        call.traced(
          "rule",
          passed,
          () => (allowed ? (admitted ? `gives ${rule.variant.id}` : missText(rule, true)) : "the policy denies"),
          {
            ruleId: rule.id,
            bucket,
          },
        );
      if (!passed) continue;
      hit = rule;
      hitBucket = bucket;
      if (!call.wantsPropensity) break;
    }
    const fallback = compiled.spec.allocation.type === "targeted" ? compiled.spec.allocation.fallback : undefined;
    const propensity = eligible === null ? undefined : targetedPropensity(compiled, eligible, fallback ?? "control", unit !== null);
    if (hit !== undefined)
      return this.#result(call, hit.variant, "targeted", { unit, inExperiment: true, ruleId: hit.id, bucket: hitBucket, propensity });
    if (fallback === "random") return this.#drawn(call, unit, draws, "random", "fallback", propensity);
    call.traced("fallback", true, () => "no rule matched: control");
    return this.#result(call, compiled.control, "control", { unit, inExperiment: true, propensity });
  }

  #drawn(
    call: Call,
    unit: Unit | null,
    draws: UnitDraws | null,
    reason: "random" | "sticky",
    purpose: "arm" | "fallback",
    propensity?: Readonly<Record<string, number>>,
  ): Evaluation {
    if (unit === null || draws === null) return this.#control(call, null, "missing-unit", null, propensity);
    const { compiled } = call;
    const bucket = draws[purpose](unit.id);
    const variant = compiled.armAt(bucket);
    if (call.trace !== null) call.traced("draw", variant !== undefined, () => `${purpose}: ${variant?.id ?? "not covered"}`, { bucket });
    if (variant === undefined) return this.#control(call, unit, "not-covered", bucket, propensity);
    return this.#result(call, variant, reason, {
      unit,
      inExperiment: true,
      bucket,
      propensity: propensity ?? (call.wantsPropensity ? drawPropensity(compiled) : undefined),
    });
  }

  /** Whether a rule's expression holds; any failure is no match. */
  #matches(call: Call, rule: CompiledRule): boolean {
    if (rule.expressionText === "") return true;
    const { expressionEvaluator } = this.#config;
    try {
      const value =
        expressionEvaluator === undefined
          ? rule.expression!.evaluate(call.context)
          : expressionEvaluator(rule.expressionText, call.context);
      if (!isThenable(value)) return Boolean(value);
      settleQuietly(value);
      throw new TypeError("the expression evaluator answered with a promise");
    } catch (error) {
      const path = `allocation.rules[${rule.index}].expression`;
      const details =
        error instanceof ExpressionError
          ? { message: error.message, fix: error.fix, position: error.position }
          : { message: "the expression evaluator failed", fix: "Let it answer true or false at once." };
      call.report({ code: "expression-failed", path, ...details, error });
      return false;
    }
  }

  /** Whether a rule's policy allows: only `true` does. */
  #allows(call: Call, { rule, index }: CompiledRule): boolean | Pending {
    const { policy } = rule;
    if (policy === undefined) return true;
    const known = call.policyAnswers?.[index];
    if (known !== undefined) return this.#judge(call, index, known);
    const { policyChecker } = this.#config;
    let answer: PolicyAnswer;
    if (policyChecker === undefined) answer = { failed: "policy-checker-missing" };
    else {
      try {
        const value: unknown = policyChecker(policy, call.context);
        if (!isThenable(value)) answer = { value };
        else if (call.sync) {
          settleQuietly(value);
          answer = { failed: "policy-check-async" };
        } else
          return new Pending(
            Promise.resolve(value).then(
              (settled) => call.answerPolicy(index, { value: settled }),
              (error: unknown) => call.answerPolicy(index, { failed: "policy-check-failed", error }),
            ),
          );
      } catch (error) {
        answer = { failed: "policy-check-failed", error };
      }
    }
    call.answerPolicy(index, answer);
    return this.#judge(call, index, answer);
  }

  #judge(call: Call, index: number, answer: PolicyAnswer): boolean {
    if (answer.failed === undefined && typeof answer.value === "boolean") return answer.value;
    const code = answer.failed ?? ("policy-answer-invalid" as const);
    const issue = {
      code,
      path: `allocation.rules[${index}].policy`,
      ...policyFaults[code],
      ...("error" in answer && { error: answer.error }),
    };
    if (this.#config.onPolicyError === "reject")
      throw new PolicyRejection(new DomainError({ ...issue }, "error" in answer ? { cause: answer.error } : undefined));
    call.report(issue);
    return false;
  }

  /** Keeps what was drawn; if another writer was first, its arm stands. */
  #keep(call: Call, outcome: Evaluation): Evaluation | Pending {
    const { unit, detail, reason, inExperiment } = outcome;
    // Control for want of a matching rule is not dealt: a growing gate may still admit the unit.
    if (unit === null || !inExperiment || detail !== undefined || reason === "control") return outcome;
    const nowMs = call.context.nowMs ?? (this.#config.now === undefined ? undefined : call.ask("now", this.#config.now));
    const value: StoredAssignment = {
      variantId: outcome.variant.id,
      ...(outcome.ruleId !== undefined && { ruleId: outcome.ruleId }),
      specVersion: outcome.experiment.version,
      hashVersion: outcome.hashVersion,
      timeMs: nowMs ?? null,
    };
    const standing = call.askStore("put", () => this.#config.store!.putIfAbsent(keyOf(call.compiled, unit), value));
    if (standing instanceof Pending) return standing;
    if (standing === undefined || (standing.variantId === value.variantId && standing.ruleId === value.ruleId)) return outcome;
    call.restart();
    call.storeAnswers = { get: { value: standing } };
    return this.#decide(call);
  }

  #control(
    call: Call,
    unit: Unit | null,
    detail: EvaluationDetail,
    bucket: number | null = null,
    propensity?: Readonly<Record<string, number>>,
  ): Evaluation {
    const { control } = call.compiled;
    return this.#result(call, control, "control", { unit, detail, bucket, propensity: propensity ?? { [control.id]: 1 } });
  }

  #result(
    call: Call,
    variant: RegisteredVariant,
    reason: EvaluationReason,
    { unit, detail, inExperiment = false, ruleId, bucket = null, propensity }: ResultParts,
  ): Evaluation {
    const { compiled } = call;
    if (unit !== null) Object.freeze(unit);
    const evaluation: Evaluation = {
      variant,
      reason,
      detail,
      // What was shown to nobody in particular cannot be joined with an outcome.
      inExperiment: inExperiment && unit !== null,
      experiment: compiled.experiment,
      unit,
      bucket,
      ruleId,
      hashVersion: compiled.hashVersion,
      assignmentId: unit === null ? null : compiled.drawsOf(unit.type).assignmentPrefix + unit.id,
      holdoutTwin: call.holdoutTwin,
    };
    if (call.trace === null && !call.wantsPropensity) return Object.freeze(evaluation);
    return Object.freeze({
      ...evaluation,
      ...(call.trace !== null && { trace: Object.freeze(call.trace) }),
      ...(call.wantsPropensity && propensity !== undefined && { propensity: Object.freeze(propensity) }),
    });
  }

  /** A sink that throws stops nothing. */
  #tell(issue: EvaluationIssue): void {
    try {
      this.#config.onIssue?.(issue);
    } catch {
      // The sink is where failures go; there is nobody left to tell.
    }
  }
}

/** Share of units a holdout keeps out, and of its measurement twin (GrowthBook's convention). */
const defaultHoldoutShare = 0.05;

interface ResultParts {
  readonly unit: Unit | null;
  readonly detail?: EvaluationDetail | undefined;
  readonly inExperiment?: boolean;
  readonly ruleId?: string | undefined;
  readonly bucket?: number | null;
  readonly propensity?: Readonly<Record<string, number>> | undefined;
}

type PolicyAnswer =
  | { readonly failed?: undefined; readonly value: unknown }
  | { readonly failed: "policy-checker-missing" | "policy-check-failed" | "policy-check-async"; readonly error?: unknown };

const policyFaults = {
  "policy-checker-missing": {
    message: "the rule has a policy and the evaluator has no policyChecker",
    fix: "Give the evaluator a policyChecker; without one the rule never matches.",
  },
  "policy-check-failed": { message: "the policy check failed", fix: "Let the checker answer true or false." },
  "policy-answer-invalid": { message: "the policy checker answered neither true nor false", fix: "Let the checker answer true or false." },
  "policy-check-async": {
    message: "the policy checker answered with a promise in a synchronous call",
    fix: "Call chooseVariant, or give a synchronous checker.",
  },
} as const;

/** Carries an opted-in rejection past the net that keeps evaluations from throwing. */
class PolicyRejection extends Error {
  readonly refusal: DomainError;

  constructor(refusal: DomainError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Something the host answers later. */
class Pending {
  readonly settled: Promise<void>;

  constructor(settled: Promise<void>) {
    this.settled = settled;
  }
}

type ReportedIssue = Omit<EvaluationIssue, "experiment">;

/** One call: the answers got so far, so that the pure steps can run again after each wait, and what there is to report. */
class Call {
  readonly compiled: CompiledExperiment;
  readonly context: ExperimentContext;
  readonly sync: boolean;
  readonly wantsPropensity: boolean;
  trace: TraceStep[] | null;
  issues: EvaluationIssue[] | null = null;
  policyAnswers: PolicyAnswer[] | null = null;
  storeAnswers: { get?: StoreAnswer; put?: StoreAnswer } = noAnswers;
  holdoutTwin = false;

  constructor(compiled: CompiledExperiment, context: ExperimentContext, request: EvaluationRequest | undefined, sync: boolean) {
    this.compiled = compiled;
    this.context = context;
    this.sync = sync;
    this.trace = request?.trace === true ? [] : null;
    this.wantsPropensity = request?.propensity === true;
  }

  restart(): void {
    if (this.trace !== null) this.trace = [];
    this.issues = null;
  }

  report(issue: ReportedIssue): void {
    this.issues ??= [];
    this.issues.push({ experiment: this.compiled.experiment.name, ...issue });
  }

  traced(step: TraceStep["step"], passed: boolean, message: () => string, more?: { ruleId?: string; bucket?: number | null }): void {
    if (this.trace === null) return;
    this.trace.push({
      step,
      passed,
      message: message(),
      ...(more?.ruleId !== undefined && { ruleId: more.ruleId }),
      ...(typeof more?.bucket === "number" && { bucket: more.bucket }),
    });
  }

  answerPolicy(index: number, answer: PolicyAnswer): void {
    this.policyAnswers ??= [];
    this.policyAnswers[index] = answer;
  }

  /** A function of the host's configuration; if it throws, that is reported and it has said nothing. */
  ask<T>(path: string, question: () => T): T | undefined {
    try {
      return question();
    } catch (error) {
      this.report({ code: "host-failed", path, message: `${path} threw`, fix: `Let ${path} answer without throwing.`, error });
      return undefined;
    }
  }

  /** What the store says; undefined if it says nothing, fails (reported), or cannot be waited for (reported). */
  askStore(slot: "get" | "put", question: () => unknown): StoredAssignment | undefined | Pending {
    const known = this.storeAnswers[slot];
    if (known !== undefined) return this.#heard(known);
    try {
      const value = question();
      if (!isThenable(value)) return this.#heard(this.#remember(slot, { value: value as StoredAssignment | undefined }));
      if (!this.sync)
        return new Pending(
          Promise.resolve(value).then(
            (settled) => void this.#remember(slot, { value: settled as StoredAssignment | undefined }),
            (error: unknown) => void this.#remember(slot, { failed: "store-failed", error }),
          ),
        );
      settleQuietly(value);
      return this.#heard(this.#remember(slot, { failed: "store-async" }));
    } catch (error) {
      return this.#heard(this.#remember(slot, { failed: "store-failed", error }));
    }
  }

  #remember(slot: "get" | "put", answer: StoreAnswer): StoreAnswer {
    this.storeAnswers = { ...this.storeAnswers, [slot]: answer };
    return answer;
  }

  #heard(answer: StoreAnswer): StoredAssignment | undefined {
    if (answer.failed === undefined) return answer.value ?? undefined;
    this.report({ code: answer.failed, path: "store", ...storeFaults[answer.failed], ...("error" in answer && { error: answer.error }) });
    return undefined;
  }
}

type StoreAnswer =
  | { readonly failed?: undefined; readonly value: StoredAssignment | undefined }
  | { readonly failed: "store-failed" | "store-async"; readonly error?: unknown };

const noAnswers: Readonly<Record<string, never>> = Object.freeze({});

const storeFaults = {
  "store-failed": { message: "the assignment store failed", fix: "Repair the store; units are dealt by hash meanwhile." },
  "store-async": {
    message: "the assignment store answered with a promise in a synchronous call",
    fix: "Call chooseVariant, or give a synchronous store.",
  },
} as const;

function missText(rule: CompiledRule, matches: boolean): string {
  return matches ? `outside the gate of ${rule.gate}` : "the expression does not hold";
}

function keyOf({ experiment, bucketingVersion }: CompiledExperiment, unit: Unit): AssignmentKey {
  return { experiment: experiment.name, bucketingVersion, unitType: unit.type, unitId: unit.id };
}

function refuseAsyncStore({ store }: EvaluatorConfig): void {
  if (store?.mode === "async") throw asyncRefusal("store");
}

function asyncRefusal(path: "store" | "policyChecker"): DomainError {
  return new DomainError({
    code: "sync-with-async",
    path,
    message: `a synchronous evaluation cannot wait for an asynchronous ${path}`,
    fix: `Call chooseVariant, or give a synchronous ${path}.`,
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** A promise nobody waits for must not end the process when it rejects. */
function settleQuietly(promise: PromiseLike<unknown>): void {
  Promise.resolve(promise).catch(() => undefined);
}
