// The journey of an experiment as a person reads it: one sentence for each thing that mattered, in the client's time.
import { type JournalEvent, type JournalEventOf, type JournalEventType, weekdayOf } from "../../domain/index.ts";
import { wallTimeAt } from "../../schedule/index.ts";
import { plural } from "../numbers.ts";

export interface JourneyLine {
  readonly atMs: number;
  /** Such as `mon 2027-03-01 12:31`, in the zone of the run window. */
  readonly time: string;
  readonly text: string;
}

/** Events of one kind that happen together are told together; readings are counted at the end. */
export function journey(journal: readonly JournalEvent[]): JourneyLine[] {
  const zone = zoneOf(journal);
  const lines = groups(journal).flatMap((events) => {
    const text = sentence(events, journal, zone);
    return text === undefined ? [] : [{ atMs: events[0]!.at, time: timeText(events[0]!.at, zone), text }];
  });
  return lines;
}

export function zoneOf(journal: readonly JournalEvent[]): string {
  return journal.find((event) => event.type === "briefAccepted")?.brief.runWindow.zone ?? "UTC";
}

export function timeText(atMs: number, zone: string): string {
  const wallTime = wallTimeAt(atMs, zone);
  return `${weekdayOf(wallTime)} ${wallTime.replace("T", " ")}`;
}

const toldTogether: ReadonlySet<JournalEventType> = new Set(["postScheduled", "postHeld", "postCancelled"]);

function groups(journal: readonly JournalEvent[]): JournalEvent[][] {
  const found: JournalEvent[][] = [];
  for (const event of journal) {
    const open = found.findLast(([first]) => first!.type === event.type && first!.at === event.at);
    if (open !== undefined && toldTogether.has(event.type)) open.push(event);
    else found.push([event]);
  }
  return found;
}

function sentence(events: readonly JournalEvent[], journal: readonly JournalEvent[], zone: string): string | undefined {
  const event = events[0]!;
  switch (event.type) {
    case "briefAccepted":
      return `The brief "${event.brief.name}" is accepted: ${event.brief.variableUnderTest} on ${event.brief.surfaces.join(", ")}.`;
    case "variantsMade":
      return `${plural(event.variants.length, "variant")} made (${event.variants.map(({ variantId }) => variantId).join(", ")}); they differ in the ${variableOf(journal)} alone.`;
    case "preflightDone":
      return `Preflight says ${event.preflight.verdict}: ${event.preflight.guards.map(({ guard, verdict }) => `${guard} ${verdict}`).join(", ")}.`;
    case "planCompiled":
      return planSentence(event, zone);
    case "approvalGiven":
      return `${event.approval.approver} approves plan and content, hash by hash.`;
    case "layerReserved":
      return `The layer ${event.layerId} is reserved: no other experiment may run in it.`;
    case "postScheduled":
      return event.post.makeUpFor === undefined
        ? `${plural(events.length, "post")} placed in their slots.`
        : `A make-up for the lost post is placed at ${timeText(event.post.slot.startMs, zone)}.`;
    case "experimentStarted":
      return "The run window opens; thresholds are frozen.";
    case "postPublished":
      return `Block ${blockOf(event.postId, journal)}: ${variantOf(event.postId, journal)} is live${event.defects.length === 0 ? "." : `, but ${event.defects.join(", ")} was not applied.`}`;
    case "postFailed":
      return `Block ${blockOf(event.postId, journal)}: ${variantOf(event.postId, journal)} is refused (${event.errorClass}); it is not sent again.`;
    case "postAmbiguous":
      return `Block ${blockOf(event.postId, journal)}: no answer for ${variantOf(event.postId, journal)}; it is looked for, not sent again.`;
    case "postReconciled":
      return `Reading the account settles it: the post is ${event.found === "published" ? "there" : event.found === "absent" ? "not there" : "there more than once"}.`;
    case "postHeld":
      return `${plural(events.length, "post")} held: ${event.reason}.`;
    case "postCancelled":
      return `${plural(events.length, "post")} cancelled, unpublished.`;
    case "postMissed":
      return `Block ${blockOf(event.postId, journal)}: a slot was missed.`;
    case "accountSignal":
      return `The account raises ${event.signal}: ${event.message}.`;
    case "guardrailBreached":
      return `Guardrail ${event.guardrail.id} is breached (${Number(event.value.toPrecision(3))} ${event.guardrail.comparator} ${event.guardrail.threshold}): ${event.action}.`;
    case "escalationRaised":
      return `Escalated to a person: ${event.escalation.message}.`;
    case "experimentPaused":
      return "The experiment pauses before the next publish; only a person may resume it.";
    case "experimentResumed":
      return `${event.by} resumes the experiment.`;
    case "validityChecked":
      return `Validity: ${event.validity.verdict}.`;
    case "decided":
      return `Decision: ${event.decision.kind}${event.decision.winner === undefined ? "" : ` ${event.decision.winner}`}.`;
    case "reviewGiven":
      return `${event.reviewer} ${event.outcome === "confirm" ? "finds no confounder" : `finds ${event.confounders.join(", ")}`}.`;
    case "experimentEnded":
      return `The experiment ends ${event.state}.`;
    case "layerReleased":
      return "The layer is free again.";
    case "learningWritten":
      return event.learning.informationalOnly
        ? "The reason is remembered, the outcomes are not."
        : `Remembered: ${event.learning.statement.replace(/\.$/, "")}.`;
    default:
      return undefined;
  }
}

function planSentence({ plan }: JournalEventOf<"planCompiled">, zone: string): string {
  const blocks = new Set(plan.posts.map(({ block }) => block)).size;
  const [first, last] = [plan.posts[0], plan.posts.at(-1)];
  return first === undefined || last === undefined
    ? "There is no plan."
    : `Planned: ${plural(plan.posts.length, "post")} in ${plural(blocks, "block")}, every arm once in each, order drawn, from ${timeText(first.slot.startMs, zone)} to ${timeText(last.slot.startMs, zone)}.`;
}

function variableOf(journal: readonly JournalEvent[]): string {
  return journal.find((event) => event.type === "briefAccepted")?.brief.variableUnderTest ?? "variable under test";
}

function plannedOf(postId: string, journal: readonly JournalEvent[]) {
  return journal.find((event) => event.type === "postScheduled" && event.post.postId === postId) as
    | JournalEventOf<"postScheduled">
    | undefined;
}

function blockOf(postId: string, journal: readonly JournalEvent[]): string {
  return plannedOf(postId, journal)?.post.block ?? "?";
}

function variantOf(postId: string, journal: readonly JournalEvent[]): string {
  return plannedOf(postId, journal)?.post.variantId ?? "a post";
}
