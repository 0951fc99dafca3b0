// From slot to exposure: clearance, the one write, reading until it is clear what happened, proof, readings at fixed ages.
import { type Attempt, type ErrorClass, type Post, snapshotAgesHours, surfaces } from "../../domain/index.ts";
import { decisionAgeHours, requiredMetrics } from "../../erm/index.ts";
import type { AccountContext, Clearance, VariantContext } from "../../machines/index.ts";
import { preflightBeforeSubmit } from "../../preflight/index.ts";
import { paceFreeMs } from "../../schedule/index.ts";
import { paceOf } from "../../catalogue/index.ts";
import { accountKey, type EffectOf, experimentKey, hasEnded, type Run, variantKey } from "../run.ts";

const answerMs = 2_000;
/** Reading may show nothing for so long although the post is there (platforms note 2.1, Instagram). */
const reconcileGraceMs = 10 * 60_000;

/** The slot has come: gathers the facts that law L1 asks for and lets the post decide. */
export function dueAtSlot(run: Run, postId: string): void {
  const post = run.posts.get(postId)!;
  run.send(`post/${postId}`, { type: "due", clearance: clearanceOf(run, post) });
}

function clearanceOf(run: Run, post: Post): Clearance {
  const { brief, nowMs } = run;
  const experiment = run.context(experimentKey(run));
  const timely = preflightBeforeSubmit({
    brief,
    variants: run.variants,
    account: { id: post.account, platform: brief.accounts[0]!.platform, openSignals: openSignals(run) },
    recentPosts: [],
    budgets: {},
    nowMs,
  });
  const sent = [...run.posts.values()].filter(({ postId, attempts }) => postId !== post.postId && attempts.length > 0);
  const sentMs = [...sent.map(({ attempts }) => attempts[0]!.atMs), ...run.history.posts.map(({ publishedMs }) => publishedMs)];
  const layer = run.layers.get(run.plan.layers[0]!);
  return {
    guards: worse(run.preflight?.verdict ?? "block", timely.verdict),
    ...contentFacts(run, post),
    experimentState: run.state(experimentKey(run)) ?? "unknown",
    layerHolder: layer?.holds[0]?.experimentId ?? null,
    accountState: run.state(accountKey(run)) ?? "unknown",
    laneHealth: (run.context(accountKey(run)) as unknown as AccountContext).lanes[post.lane].health,
    holding: experiment["holding"] === true,
    blockIsOpen: sent.some(({ block }) => block === post.block),
    paceFreeMs: paceFreeMs(paceOf(post.surface, brief.exposurePlan.cadence), sentMs, nowMs, post.slot.zone),
  };
}

/** The content as its variant has it now, and whether both the experiment's approval and the variant's own are about it while it is tried. */
function contentFacts(run: Run, { variantId }: Post): Pick<Clearance, "contentHash" | "approvedHashes"> {
  const key = variantKey(run, variantId);
  const { contentHash, approvedHash } = run.context(key) as unknown as VariantContext;
  const approvedHashes = run.context(experimentKey(run))["approvedHashes"] as string[];
  return {
    contentHash: contentHash ?? "",
    approvedHashes: run.state(key) === "active" ? approvedHashes.filter((hash) => hash === approvedHash) : [],
  };
}

function worse(one: Clearance["guards"], other: Clearance["guards"]): Clearance["guards"] {
  return other === "block" ? other : one;
}

function openSignals(run: Run) {
  return run.accountEvents.filter(({ clearedAtMs }) => clearedAtMs === null).map(({ signal }) => signal);
}

export function publish(run: Run, { postId, attemptKey, contentHash }: EffectOf<"publish">): void {
  const post = run.posts.get(postId)!;
  const { experimentId } = run;
  update(run, postId, { attempts: [{ attemptNo: 1, atMs: run.nowMs, lane: post.lane, outcome: "pending" }] });
  // The intent is written before the call: after a crash the ledger knows that something may be out there.
  run.record({ type: "postSubmitted", experimentId, postId, attemptNo: 1, attemptKey, contentHash, lane: post.lane });
  const answer = run.platform.submit({
    attemptKey,
    account: post.account,
    surface: post.surface,
    caption: captionOf(run, post),
    contentHash,
    atMs: run.nowMs,
  });
  run.later(run.nowMs + answerMs, () => {
    switch (answer.kind) {
      case "accepted":
        run.send(`post/${postId}`, { type: "accepted", handle: answer.handle });
        return;
      case "refused": {
        const attempt = attemptEnds(run, postId, "failed", answer.errorClass);
        run.record({ type: "postFailed", experimentId, postId, attempt, errorClass: answer.errorClass, message: answer.message });
        if (answer.signal !== undefined) {
          run.accountEvents.push({ account: post.account, signal: answer.signal, atMs: run.nowMs, clearedAtMs: null });
          run.record({
            type: "accountSignal",
            experimentId,
            account: post.account,
            signal: answer.signal,
            lane: post.lane,
            postId,
            message: answer.message,
          });
        }
        run.send(`post/${postId}`, {
          type: "refused",
          errorClass: answer.errorClass,
          ...(answer.signal !== undefined && { signal: answer.signal }),
        });
        return;
      }
      default: {
        const attempt = attemptEnds(run, postId, "ambiguous", "ambiguous");
        run.record({ type: "postAmbiguous", experimentId, postId, attempt, message: answer.message });
        run.send(`post/${postId}`, { type: "unknown", reason: answer.message });
      }
    }
  });
}

/** The handle of the simulated platform is its post id; the post machine asks again until it is processed. */
export function check(run: Run, { postId }: EffectOf<"check">): void {
  const handle = handleOf(run, postId);
  if (handle === undefined) return;
  const answer = run.platform.check({ handle, atMs: run.nowMs });
  if (answer.kind === "processed") run.send(`post/${postId}`, { type: "processed", platformPostId: answer.platformPostId });
  if (answer.kind === "refused") run.send(`post/${postId}`, { type: "refused", errorClass: answer.errorClass });
}

/** Reads what is there; a post is only called absent when the platform has had time to show it. */
export function reconcile(run: Run, { postId, sentAtMs }: EffectOf<"reconcile">): void {
  const post = run.posts.get(postId)!;
  const found = run.platform
    .find({ account: post.account, caption: captionOf(run, post), sinceMs: sentAtMs - 120_000, atMs: run.nowMs })
    .filter((platformPostId) => !isKnown(run, platformPostId));
  const { experimentId } = run;
  if (found.length === 1) {
    run.record({ type: "postReconciled", experimentId, postId, found: "published" });
    run.send(`post/${postId}`, { type: "found", platformPostId: found[0]! });
  } else if (found.length > 1) {
    run.record({ type: "postReconciled", experimentId, postId, found: "several" });
    run.send(`post/${postId}`, { type: "several", platformPostIds: [...found] });
  } else if (run.nowMs - sentAtMs >= reconcileGraceMs) {
    attemptEnds(run, postId, "failed", "ambiguous");
    run.record({ type: "postReconciled", experimentId, postId, found: "absent" });
    run.send(`post/${postId}`, { type: "absent" });
  }
}

export function finalise(run: Run, { postId, platformPostId }: EffectOf<"finalise">): void {
  const { url, publishedMs, defects } = run.platform.finalise({ platformPostId, atMs: run.nowMs });
  const attempt = attemptEnds(run, postId, "published");
  update(run, postId, { publishedMs, ...(defects.length > 0 && { defects: [...defects] }) });
  run.record({ type: "postPublished", experimentId: run.experimentId, postId, attempt, publishedMs, defects: [...defects] });
  run.send(`post/${postId}`, { type: "finalised", url, publishedMs, defects: [...defects] });
}

export function verify(run: Run, { postId, platformPostId }: EffectOf<"verify">): void {
  const { url } = run.platform.finalise({ platformPostId, atMs: run.nowMs });
  const seen = run.platform.look({ platformPostId, atMs: run.nowMs });
  if (seen === "gone") {
    run.record({ type: "postTakenDown", experimentId: run.experimentId, postId, message: "the post is not visible any more" });
    run.send(`post/${postId}`, { type: "gone", checkedAtMs: run.nowMs });
    return;
  }
  update(run, postId, { proof: { url, checkedAtMs: run.nowMs, method: "api" } });
  run.record({ type: "postVerified", experimentId: run.experimentId, postId, proof: { url, checkedAtMs: run.nowMs, method: "api" } });
  run.send(`post/${postId}`, { type: "visible", url, checkedAtMs: run.nowMs });
}

/** From here on the post counts: an exposure, and readings at the declared ages. */
export function expose(run: Run, { postId, publishedMs }: EffectOf<"expose">): void {
  const post = run.posts.get(postId)!;
  run.record({
    type: "exposureRecorded",
    experimentId: run.experimentId,
    exposure: {
      postId,
      experimentId: run.experimentId,
      variantId: post.variantId,
      publishedMs,
      account: post.account,
      surface: post.surface,
      lane: post.lane,
      ...(post.proof !== undefined && { proof: post.proof }),
    },
  });
  const last = decisionAgeHours(run.brief);
  const ages = [...new Set([...snapshotAgesHours.filter((age) => age < last), last])];
  const platformPostId = run.context(`post/${postId}`)["platformPostId"] as string;
  for (const age of ages) run.later(publishedMs + age * 3_600_000, () => readMetrics(run, postId, platformPostId, publishedMs));
}

/** Kept after the answer as the machine keeps it: settled posts move on to guardrails, validity and make-ups. */
export function settled(run: Run, { postId }: EffectOf<"settled">): void {
  run.desks.settled(run.posts.get(postId)!);
}

function readMetrics(run: Run, postId: string, platformPostId: string, publishedMs: number): void {
  if (hasEnded(run)) return;
  const { metrics, missing } = run.platform.readMetrics({ platformPostId, names: metricNames(run), atMs: run.nowMs });
  const snapshot = {
    postId,
    ageHours: (run.nowMs - publishedMs) / 3_600_000,
    capturedAtMs: run.nowMs,
    recordedAt: run.nowMs,
    metrics: { ...metrics },
    ...(Object.keys(missing).length > 0 && { missing: { ...missing } }),
  };
  run.snapshots.push(snapshot);
  run.record({ type: "outcomeCaptured", experimentId: run.experimentId, snapshot });
  run.desks.read();
}

function metricNames(run: Run): string[] {
  const watched = run.brief.guardrails.flatMap(({ source, statistic, per }) =>
    source === "metric" ? [statistic, ...(per === undefined ? [] : [per])] : [],
  );
  return [...new Set([...surfaces[run.brief.surfaces[0]!].exposureMetrics, ...requiredMetrics(run.brief), ...watched])];
}

function update(run: Run, postId: string, change: Partial<Post>): void {
  run.posts.set(postId, { ...run.posts.get(postId)!, ...change });
}

function attemptEnds(run: Run, postId: string, outcome: Attempt["outcome"], errorClass?: ErrorClass): Attempt {
  const [first] = run.posts.get(postId)!.attempts;
  const attempt = { attemptNo: 1, atMs: first!.atMs, lane: first!.lane!, outcome, ...(errorClass !== undefined && { errorClass }) };
  update(run, postId, { attempts: [attempt] });
  return attempt;
}

function captionOf(run: Run, post: Post): string {
  const variant = run.variants.find(({ variantId }) => variantId === post.variantId)!;
  return variant.renderings.find(({ surface }) => surface === post.surface)!.captionAsSent;
}

/** The handle that the platform gave for this post's one submit. */
function handleOf(run: Run, postId: string): string | undefined {
  const { attemptKey } = run.context(`post/${postId}`);
  return run.platform.posts().find(({ request }) => request.attemptKey === attemptKey)?.platformPostId;
}

/** True if another of our posts has this platform post already: the same caption goes out many times. */
function isKnown(run: Run, platformPostId: string): boolean {
  return [...run.posts.keys()].some((postId) => run.context(`post/${postId}`)["platformPostId"] === platformPostId);
}
