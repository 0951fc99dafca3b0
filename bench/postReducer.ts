// The rival of bench/hosts.bench.ts: the life of a post as somebody would write it by hand, one immutable switch, same rows and effects as the hosts.
// hosts.bench.ts compares the two before it measures, so that a change of the machine is noticed here.
import type { EffectRecord, HostStep, MachineEvent, PostContext, PostError, PostEvent, PostInput, Row } from "../src/machines/index.ts";
import { blockers, nextActions, postTries } from "../src/machines/index.ts";

const none = Object.freeze({});
const minuteMs = 60_000;
const waits: Readonly<Record<string, readonly [name: string, delayMs: (context: PostContext, at: number) => number]>> = {
  sending: ["sendTimeout", () => 5 * minuteMs],
  submitted: ["answerTimeout", () => 5 * minuteMs],
  accepted: ["pollInterval", () => minuteMs],
  processing: ["pollInterval", () => minuteMs],
  platformScheduled: ["platformTimeout", ({ platformAtMs }, at) => Math.max(0, (platformAtMs ?? at) - at) + 15 * minuteMs],
  awaitingUser: ["userTimeout", ({ latestMs }, at) => Math.max(30 * minuteMs, latestMs - at)],
  ambiguous: ["reconcileInterval", () => 10 * minuteMs],
  manualResolution: ["resolutionTimeout", () => 24 * 60 * minuteMs],
  finalising: ["finaliseInterval", () => 2 * minuteMs],
  live: ["lookInterval", () => 15 * minuteMs],
};

export function startPost(input: PostInput, at: number): { row: Row; effects: EffectRecord[] } {
  const context: PostContext = {
    postId: input.postId,
    experimentId: input.experimentId,
    account: input.account,
    lane: input.lane ?? "api",
    contentHash: input.contentHash,
    attemptKey: input.attemptKey,
    slotMs: input.slotMs,
    latestMs: input.latestMs,
    sentAtMs: null,
    handle: null,
    platformAtMs: null,
    platformPostId: null,
    publishedMs: null,
    defects: [],
    tries: 0,
    errorClass: null,
    reason: null,
  };
  return {
    row: {
      key: `post/${input.postId}`,
      machine: "post",
      version: 1,
      rev: 0,
      lastAt: at,
      snapshot: { status: "active", value: "scheduled", context: context as never, children: none, historyValue: none },
      timers: [],
    },
    effects: [],
  };
}

export function reducePost(row: Row, sent: MachineEvent): HostStep {
  if (row.snapshot.status === "done") return { row, effects: [], changed: false };
  const { timer } = sent;
  if (timer !== undefined && !row.timers.some(({ timerId, armedRev }) => timerId === timer.id && armedRev === timer.armedRev))
    return { row, effects: [], changed: false };
  const at = Math.max(sent.at, row.lastAt);
  const event = sent as unknown as PostEvent;
  const context = row.snapshot.context as unknown as PostContext;
  const fresh = { ...context, tries: 0 };
  const again = { ...context, tries: context.tries + 1 };
  const fired = timer !== undefined;
  switch (row.snapshot.value) {
    case "scheduled":
      if (event.type === "prepared") {
        const { guards, contentHash, approvedHashes, quotaReserved } = event.preparation;
        const reasons = [
          guards === "block" && "a guard blocks this content",
          contentHash !== context.contentHash && "the content changed after it was planned",
          !approvedHashes.includes(context.contentHash) && "nobody approved exactly this content",
          !quotaReserved && "no quota is reserved",
        ].filter((reason) => reason !== false);
        return reasons.length === 0
          ? moved(row, at, "prepared", context, [])
          : moved(row, at, "held", { ...context, reason: reasons.join("; ") }, []);
      }
      return beforeSlot(row, at, context, event);
    case "prepared":
      return beforeSlot(row, at, context, event);
    case "held":
      switch (event.type) {
        case "released":
          return moved(row, at, "scheduled", context, []);
        case "due":
          return at > context.latestMs ? moved(row, at, "cancelled", context, []) : { row, effects: [], changed: false };
        case "cancel":
          return moved(row, at, "cancelled", { ...context, reason: event.reason }, []);
        default:
          return { row, effects: [], changed: false };
      }
    case "sending":
      if (fired) return moved(row, at, "ambiguous", fresh, []);
      return event.type === "submitted" ? moved(row, at, "submitted", context, []) : answered(row, at, context, event, "sending");
    case "submitted":
      return fired ? moved(row, at, "ambiguous", fresh, []) : answered(row, at, context, event, "submitted");
    case "accepted":
      if (fired) return moved(row, at, "processing", again, [check(again)]);
      if (event.type === "processing") return moved(row, at, "processing", fresh, []);
      return event.type === "accepted" ? { row, effects: [], changed: false } : answered(row, at, context, event, "accepted");
    case "processing":
      if (fired)
        return context.tries < postTries.polls
          ? moved(row, at, "processing", again, [check(again)])
          : moved(row, at, "ambiguous", fresh, []);
      return event.type === "accepted" ? { row, effects: [], changed: false } : answered(row, at, context, event, "processing");
    case "platformScheduled":
      if (fired) return moved(row, at, "ambiguous", fresh, []);
      switch (event.type) {
        case "processed":
        case "refused":
        case "unknown":
          return answered(row, at, context, event, "platformScheduled");
        case "withdrawn":
          return moved(row, at, "cancelled", { ...context, reason: event.type }, []);
        case "hold":
        case "cancel":
          return stayed(row, at, { ...context, reason: event.reason }, [
            { type: "withdraw", params: { postId: context.postId, handle: context.handle ?? "" } },
          ]);
        default:
          return { row, effects: [], changed: false };
      }
    case "awaitingUser":
      if (fired) return moved(row, at, "ambiguous", fresh, []);
      switch (event.type) {
        case "confirmed":
          if (event.by === "") return { row, effects: [], changed: false };
          return moved(row, at, "finalising", { ...fresh, platformPostId: event.platformPostId }, [worked(context)]);
        case "declined":
          if (event.by === "") return { row, effects: [], changed: false };
          return moved(row, at, "rejected", { ...context, errorClass: "declined", reason: event.reason }, []);
        case "processed":
        case "refused":
          return answered(row, at, context, event, "awaitingUser");
        case "hold":
        case "cancel":
          return moved(row, at, "ambiguous", { ...fresh, reason: event.reason }, [askOperator(context, "doNotPublish")]);
        default:
          return { row, effects: [], changed: false };
      }
    case "ambiguous":
      if (fired)
        return context.tries < postTries.reads
          ? moved(row, at, "ambiguous", again, [])
          : moved(row, at, "manualResolution", fresh, [askPerson(context)]);
      switch (event.type) {
        case "found":
          return moved(row, at, "finalising", { ...fresh, platformPostId: event.platformPostId }, [worked(context)]);
        case "absent":
          return moved(row, at, "rejected", { ...context, errorClass: "absent" }, [failed(context, "absent")]);
        case "several":
          return moved(row, at, "manualResolution", fresh, [askPerson(context)]);
        default:
          return { row, effects: [], changed: false };
      }
    case "manualResolution":
      if (fired)
        return context.tries < postTries.reminders
          ? moved(row, at, "manualResolution", again, [askPerson(context)])
          : moved(row, at, "rejected", { ...context, errorClass: "ambiguous" }, []);
      if (event.type !== "resolved" || event.by === "") return { row, effects: [], changed: false };
      return event.platformPostId === undefined
        ? moved(row, at, "rejected", { ...context, errorClass: "absent" }, [failed(context, "absent")])
        : moved(row, at, "finalising", { ...fresh, platformPostId: event.platformPostId }, [worked(context)]);
    case "finalising":
      if (fired)
        return context.tries < postTries.finalises
          ? moved(row, at, "finalising", again, [])
          : moved(row, at, "live", { ...fresh, publishedMs: context.sentAtMs, defects: ["permalink"] }, []);
      switch (event.type) {
        case "finalised":
          return moved(row, at, "live", { ...fresh, publishedMs: event.publishedMs, defects: event.defects ?? [] }, []);
        case "gone":
          return moved(row, at, "takenDown", context, []);
        default:
          return { row, effects: [], changed: false };
      }
    case "live":
      if (fired)
        return context.tries < postTries.looks
          ? moved(row, at, "live", again, [])
          : moved(row, at, "manualResolution", fresh, [askPerson(context)]);
      switch (event.type) {
        case "visible":
          return moved(row, at, context.defects.length > 0 ? "publishedWithDefects" : "verified", context, [
            { type: "expose", params: { postId: context.postId, publishedMs: context.publishedMs ?? at, url: event.url } },
          ]);
        case "gone":
          return moved(row, at, "takenDown", context, []);
        default:
          return { row, effects: [], changed: false };
      }
    case "verified":
    case "publishedWithDefects":
      return event.type === "gone" ? moved(row, at, "takenDown", context, []) : { row, effects: [], changed: false };
    default:
      return { row, effects: [], changed: false };
  }
}

function beforeSlot(row: Row, at: number, context: PostContext, event: PostEvent): HostStep {
  switch (event.type) {
    case "due": {
      const reasons = blockers(context, event.clearance, at);
      if (at > context.latestMs) return moved(row, at, "missed", { ...context, reason: reasons.join("; ") }, []);
      return reasons.length === 0
        ? moved(row, at, "sending", { ...context, sentAtMs: at }, [])
        : moved(row, at, "held", { ...context, reason: reasons.join("; ") }, []);
    }
    case "hold":
      return moved(row, at, "held", { ...context, reason: event.reason }, []);
    case "cancel":
      return moved(row, at, "cancelled", { ...context, reason: event.reason }, []);
    default:
      return { row, effects: [], changed: false };
  }
}

/** What the platform may say to a write or to a poll. */
function answered(row: Row, at: number, context: PostContext, event: PostEvent, state: string): HostStep {
  const fresh = { ...context, tries: 0 };
  switch (event.type) {
    case "accepted":
      return moved(row, at, "accepted", { ...fresh, handle: event.handle }, []);
    case "platformScheduled":
      return moved(row, at, "platformScheduled", { ...context, handle: event.handle, platformAtMs: event.publishAtMs }, []);
    case "processed":
      return moved(row, at, "finalising", { ...fresh, platformPostId: event.platformPostId }, [worked(context)]);
    case "userNeeded":
      return moved(row, at, "awaitingUser", context, []);
    case "unknown":
      return moved(row, at, "ambiguous", { ...fresh, reason: event.reason }, []);
    case "refused": {
      if (event.errorClass === "ambiguous") return moved(row, at, "ambiguous", { ...fresh, errorClass: "ambiguous" }, []);
      if (event.errorClass === "processing")
        return state === "processing" ? { row, effects: [], changed: false } : moved(row, at, "processing", fresh, []);
      const signal = event.signal ?? nextActions.classes[event.errorClass].signal;
      return moved(row, at, "rejected", { ...context, errorClass: event.errorClass }, [
        {
          type: "tell",
          params: {
            to: signal === null ? [] : [`account/${context.account}`],
            event: {
              type: "signal",
              signal: signal ?? "",
              lane: context.lane,
              ...(event.windowMs !== undefined && { windowMs: event.windowMs }),
            },
          },
        },
        failed(context, event.errorClass),
      ]);
    }
    default:
      return { row, effects: [], changed: false };
  }
}

/** A change of state: the old state's timer goes, the new one's effects and timer come. */
function moved(row: Row, at: number, value: string, context: PostContext, own: EffectRecord[]): HostStep {
  const rev = row.rev + 1;
  const effects: EffectRecord[] = [];
  const left = waits[row.snapshot.value];
  if (left !== undefined) effects.push({ type: "cancel", params: { id: `xstate.after.${left[0]}.post.${row.snapshot.value}` } });
  effects.push(...own, ...entered(value, context));
  let timers: Row["timers"] = [];
  const wait = waits[value];
  if (wait !== undefined) {
    const id = `xstate.after.${wait[0]}.post.${value}`;
    const delayMs = wait[1](context, at);
    effects.push({ type: "arm", params: { id, delayMs, event: { type: id } } });
    timers = [{ timerId: id, event: { type: id }, dueAt: at + delayMs, armedRev: rev }];
  }
  const status = value === "takenDown" || value === "rejected" || value === "missed" || value === "cancelled" ? "done" : "active";
  return { row: rowAfter(row, rev, at, status, value, context, timers), effects, changed: true };
}

function stayed(row: Row, at: number, context: PostContext, effects: EffectRecord[]): HostStep {
  return { row: rowAfter(row, row.rev + 1, at, "active", row.snapshot.value, context, row.timers), effects, changed: true };
}

function rowAfter(
  { key, machine, version }: Row,
  rev: number,
  at: number,
  status: "active" | "done",
  value: string,
  context: PostContext,
  timers: Row["timers"],
): Row {
  return {
    key,
    machine,
    version,
    rev,
    lastAt: at,
    snapshot: { status, value, context: context as never, children: none, historyValue: none },
    timers,
  };
}

function entered(value: string, context: PostContext): EffectRecord[] {
  const { postId, attemptKey, contentHash } = context;
  switch (value) {
    case "sending":
      return [{ type: "publish", params: { postId, attemptKey, contentHash } }];
    case "awaitingUser":
      return [askOperator(context, "publish")];
    case "ambiguous":
      return [{ type: "reconcile", params: { postId, attemptKey, sentAtMs: context.sentAtMs ?? context.slotMs, tries: context.tries } }];
    case "finalising":
      return [{ type: "finalise", params: { postId, platformPostId: context.platformPostId ?? "" } }];
    case "live":
      return [{ type: "verify", params: { postId, platformPostId: context.platformPostId ?? "" } }];
    case "verified":
    case "publishedWithDefects":
    case "takenDown":
    case "rejected":
    case "missed":
    case "cancelled":
      return [
        { type: "settled", params: { postId, status: value, errorClass: context.errorClass } },
        { type: "tell", params: { to: [`experiment/${context.experimentId}`], event: { type: "postSettled", postId, status: value } } },
      ];
    default:
      return [];
  }
}

function check({ postId, attemptKey, handle }: PostContext): EffectRecord {
  return { type: "check", params: { postId, attemptKey, handle: handle ?? "" } };
}

/** The account hears once how the attempt ended. */
function worked({ platformPostId, account, lane }: PostContext): EffectRecord {
  return { type: "tell", params: { to: platformPostId === null ? [`account/${account}`] : [], event: { type: "laneWorked", lane } } };
}

function failed({ platformPostId, account, lane }: PostContext, errorClass: PostError): EffectRecord {
  return {
    type: "tell",
    params: { to: platformPostId === null ? [`account/${account}`] : [], event: { type: "laneFailed", lane, errorClass } },
  };
}

function askOperator({ postId, attemptKey }: PostContext, task: "publish" | "doNotPublish"): EffectRecord {
  return { type: "askOperator", params: { postId, attemptKey, task } };
}

function askPerson({ postId }: PostContext): EffectRecord {
  return {
    type: "notify",
    params: {
      severity: "escalation",
      subject: postId,
      reason: "cannot tell whether this post was published: look at the account, then resolve it by hand",
    },
  };
}
