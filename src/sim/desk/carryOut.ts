// What a step of the system means outside of it: new states in posts and journal, effects at the desk that carries them out.
import { DomainError, type PostStatus, postStatuses } from "../../domain/index.ts";
import type { Delivery, SystemEffect } from "../../machines/index.ts";
import { reasonOf, type Run } from "../run.ts";
import { notify, paused, report, requestReview, windowClosed, writeMemory } from "./evaluating.ts";
import { approveVariant, generate, placeSlots, release, requestApproval, reserve, runPreflight } from "./planning.ts";
import { check, expose, finalise, publish, reconcile, settled, verify } from "./publishing.ts";

/** What the rows' new states mean for posts and journal. */
export function noticed(run: Run, { key, to, from, event }: Delivery): void {
  const [machine, id] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
  if (machine === "experiment" && to !== from) {
    if (to === "paused") run.later(run.nowMs, () => paused(run));
    if (from === "paused" && to === "running")
      run.record({ type: "experimentResumed", experimentId: run.experimentId, by: String(event["by"]) });
    if (to === "verifying") windowClosed(run);
  }
  const post = machine === "post" ? run.posts.get(id) : undefined;
  if (post === undefined || to === from) return;
  if ((postStatuses as readonly string[]).includes(to)) run.posts.set(id, { ...post, status: to as PostStatus });
  const reason = reasonOf(run, key, to);
  const { experimentId } = run;
  if (to === "held") run.record({ type: "postHeld", experimentId, postId: id, reason });
  if (to === "cancelled") run.record({ type: "postCancelled", experimentId, postId: id, reason });
  if (to === "missed") run.record({ type: "postMissed", experimentId, postId: id });
}

export function carryOut(run: Run, effect: SystemEffect): void {
  switch (effect.type) {
    case "arm": {
      const { id, delayMs, event } = effect.params;
      const { key, rev } = effect;
      run.send(key, { ...event, timer: { id, armedRev: rev } }, delayMs);
      return;
    }
    case "cancel":
      // A cancelled timer is gone from its row and no longer fires.
      return;
    case "generate":
      return generate(run);
    case "preflight":
      return runPreflight(run);
    case "guardVariant":
      // The guards look at variants and plan together, when the experiment asks for its preflight.
      return;
    case "requestVariantApproval":
      return approveVariant(run, effect.params);
    case "requestApproval":
      return requestApproval(run, effect.params);
    case "reserve":
      return reserve(run, effect.params);
    case "release":
      return release(run, effect.params);
    case "placeSlots":
    case "offerReplies":
      // In a rehearsal the person who sends a suggestion does so at its slot.
      return placeSlots(run);
    case "publish":
      return publish(run, effect.params);
    case "check":
      return check(run, effect.params);
    case "reconcile":
      return reconcile(run, effect.params);
    case "finalise":
      return finalise(run, effect.params);
    case "verify":
      return verify(run, effect.params);
    case "expose":
      return expose(run, effect.params);
    case "settled":
      return settled(run, effect.params);
    case "notify":
      return notify(run, effect.params);
    case "requestReview":
      return requestReview(run);
    case "report":
      return report(run);
    case "writeMemory":
      return writeMemory(run);
    default:
      throw new DomainError({
        code: "effect-unknown",
        path: effect.type,
        message: `Nobody carries out ${effect.type}.`,
        fix: "Add it to the desk.",
      });
  }
}
