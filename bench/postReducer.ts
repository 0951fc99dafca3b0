// The rival of bench/hosts.bench.ts: the life of a post as somebody would write it by hand, one immutable switch, same rows and effects as the hosts.
// hosts.bench.ts compares the two before it measures, so that a change of the machine is noticed here.
import type { EffectRecord, HostStep, MachineEvent, PostContext, PostEvent, PostInput, Row } from "../src/machines/index.ts";
import { blockers } from "../src/machines/index.ts";

const none = Object.freeze({});
const delays = { sendTimeout: 5 * 60_000, pollInterval: 60_000, reconcileInterval: 10 * 60_000 };
const waits: Readonly<Record<string, keyof typeof delays>> = {
  sending: "sendTimeout",
  accepted: "pollInterval",
  ambiguous: "reconcileInterval",
};

export function startPost(input: PostInput, at: number): { row: Row; effects: EffectRecord[] } {
  const context: PostContext = {
    ...input,
    sentAtMs: null,
    platformPostId: null,
    publishedMs: null,
    defects: [],
    polls: 0,
    reconciles: 0,
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
  switch (row.snapshot.value) {
    case "scheduled":
      switch (event.type) {
        case "due": {
          if (at > context.latestMs) return moved(row, at, "missed", because(context, event, at), []);
          const reasons = blockers(context, event.clearance, at);
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
      switch (event.type as string) {
        case "accepted":
          return moved(row, at, "accepted", context, []);
        case "refused":
          return refused(row, at, context, event as never);
        case "unknown":
          return moved(row, at, "ambiguous", { ...context, reason: (event as { reason: string }).reason }, []);
        case "xstate.after.sendTimeout.post.sending":
          return moved(row, at, "ambiguous", context, []);
        default:
          return { row, effects: [], changed: false };
      }
    case "accepted":
      switch (event.type as string) {
        case "processed":
          return moved(row, at, "finalising", { ...context, platformPostId: (event as { platformPostId: string }).platformPostId }, []);
        case "processing":
          return stayed(row, at, { ...context, polls: context.polls + 1 });
        case "refused":
          return refused(row, at, context, event as never);
        case "unknown":
          return moved(row, at, "ambiguous", { ...context, reason: (event as { reason: string }).reason }, []);
        case "xstate.after.pollInterval.post.accepted":
          return context.polls < 5
            ? moved(row, at, "accepted", { ...context, polls: context.polls + 1 }, [
                { type: "check", params: { postId: context.postId, attemptKey: context.attemptKey } },
              ])
            : moved(row, at, "ambiguous", context, []);
        default:
          return { row, effects: [], changed: false };
      }
    case "ambiguous":
      switch (event.type as string) {
        case "found":
          return moved(row, at, "finalising", { ...context, platformPostId: (event as { platformPostId: string }).platformPostId }, []);
        case "absent":
          return moved(row, at, "rejected", { ...context, errorClass: "absent" }, []);
        case "several":
          return moved(row, at, "manualResolution", context, [askPerson(context)]);
        case "xstate.after.reconcileInterval.post.ambiguous":
          return context.reconciles < 8
            ? moved(row, at, "ambiguous", { ...context, reconciles: context.reconciles + 1 }, [])
            : moved(row, at, "manualResolution", context, [askPerson(context)]);
        default:
          return { row, effects: [], changed: false };
      }
    case "manualResolution":
      if (event.type !== "resolved" || event.by === "") return { row, effects: [], changed: false };
      return event.platformPostId === undefined
        ? moved(row, at, "rejected", { ...context, errorClass: "absent" }, [])
        : moved(row, at, "finalising", { ...context, platformPostId: event.platformPostId }, []);
    case "finalising":
      return event.type === "finalised"
        ? moved(row, at, "live", { ...context, publishedMs: event.publishedMs, defects: event.defects ?? [] }, [])
        : { row, effects: [], changed: false };
    case "live":
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

/** A change of state: the old state's timer goes, the new one's effects and timer come. */
function moved(row: Row, at: number, value: string, context: PostContext, own: EffectRecord[]): HostStep {
  const rev = row.rev + 1;
  const effects: EffectRecord[] = [];
  const left = waits[row.snapshot.value];
  if (left !== undefined) effects.push({ type: "cancel", params: { id: `xstate.after.${left}.post.${row.snapshot.value}` } });
  effects.push(...own, ...entered(value, context));
  let timers: Row["timers"] = [];
  const wait = waits[value];
  if (wait !== undefined) {
    const id = `xstate.after.${wait}.post.${value}`;
    effects.push({ type: "arm", params: { id, delayMs: delays[wait], event: { type: id } } });
    timers = [{ timerId: id, event: { type: id }, dueAt: at + delays[wait], armedRev: rev }];
  }
  const status = value === "takenDown" || value === "rejected" || value === "missed" || value === "cancelled" ? "done" : "active";
  return { row: rowAfter(row, rev, at, status, value, context, timers), effects, changed: true };
}

function stayed(row: Row, at: number, context: PostContext): HostStep {
  return { row: rowAfter(row, row.rev + 1, at, "active", row.snapshot.value, context, row.timers), effects: [], changed: true };
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
    case "ambiguous":
      return [
        {
          type: "reconcile",
          params: { postId, attemptKey, sentAtMs: context.sentAtMs ?? context.slotMs, tries: context.reconciles },
        },
      ];
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

function refused(row: Row, at: number, context: PostContext, event: Extract<PostEvent, { type: "refused" }>): HostStep {
  return moved(row, at, "rejected", { ...context, errorClass: event.errorClass }, [
    {
      type: "tell",
      params: {
        to: event.signal === undefined ? [] : [`account/${context.account}`],
        event: { type: "signal", signal: event.signal ?? "" },
      },
    },
  ]);
}

function because(context: PostContext, event: Extract<PostEvent, { type: "due" }>, at: number): PostContext {
  return { ...context, reason: blockers(context, event.clearance, at).join("; ") };
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
