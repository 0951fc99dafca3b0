// The events of an experiment: fields, sender, meaning.
import { z } from "zod";
import {
  accountSignalSchema,
  approvalLevelSchema,
  decisionPresetSchema,
  experimentTypeSchema,
  postStatusSchema,
  decisionKinds,
  decisionKindSchema,
  guardVerdicts,
  guardVerdictSchema,
  survivalSignals,
  verdicts,
  verdictSchema,
} from "../../domain/index.ts";
import { eventSpec, nothing, pick, type Draws } from "../eventSpec.ts";
import { approvalNeeds, type ExperimentContext, signerRoles } from "./types.ts";
import type { Row } from "../row.ts";

/** An experiment at rest, as its row keeps it. */
export const experimentContextSchema = z.strictObject({
  experimentId: z.string(),
  type: experimentTypeSchema,
  approvalLevel: approvalLevelSchema,
  preset: decisionPresetSchema,
  needs: z.array(z.enum(approvalNeeds)),
  layer: z.string(),
  windowStartMs: z.number(),
  windowEndMs: z.number(),
  window: z.enum(["ahead", "open", "over"]),
  account: z.string(),
  contentHashes: z.array(z.string()),
  variantIds: z.array(z.string()),
  planHash: z.string().nullable(),
  guards: guardVerdictSchema.nullable(),
  approvedHashes: z.array(z.string()),
  approvers: z.array(z.string()),
  postIds: z.array(z.string()),
  settled: z.number(),
  published: z.number(),
  layerHeld: z.boolean(),
  verdict: verdictSchema.nullable(),
  proposal: decisionKindSchema.nullable(),
  reason: z.string().nullable(),
  pauses: z.number(),
  holding: z.boolean(),
}) satisfies z.ZodType<ExperimentContext>;

const contextOf = (row: Row) => row.snapshot.context as unknown as ExperimentContext;
const text = z.string();
const roleSchema = z.enum(signerRoles);
const reasons = ["", "the hook reads worse than control"];
const names = ["", "ana"];
const reason = (rng: Draws) => ({ reason: pick(rng, reasons) });
const signedBy = { fitting: () => ({ by: "operator" }), other: (rng: Draws) => ({ by: pick(rng, names) }) };

export const experimentEvents = [
  eventSpec("submitted", {}, { sender: "operator", meaning: "the brief goes into the works", fitting: nothing }),
  eventSpec(
    "variantsReady",
    { contentHashes: z.array(text), variantIds: z.array(text).exactOptional() },
    {
      sender: "creator",
      meaning: "all variants are made; their rows, if any, control first",
      fitting: () => ({ contentHashes: ["h1", "h2"], variantIds: ["v1", "v2"] }),
      other: (rng) => ({ contentHashes: pick(rng, [[], ["h1"], ["h1", "h1"], ["h3", "h1"]]) }),
    },
  ),
  eventSpec(
    "generationFailed",
    { reason: text },
    { sender: "creator", meaning: "no variants could be made", fitting: (_, rng) => reason(rng) },
  ),
  eventSpec(
    "preflighted",
    {
      verdict: guardVerdictSchema,
      reason: text,
      planHash: text.exactOptional(),
      postIds: z.array(text).exactOptional(),
      unitsPerArm: z.array(z.number()).exactOptional(),
    },
    {
      sender: "guards",
      meaning: "the guards have spoken about variants and plan together; without a block there is a plan",
      fitting: (row) => ({
        verdict: "pass",
        reason: "",
        planHash: "p1",
        postIds: ["x1", "x2"],
        unitsPerArm: contextOf(row).type === "micro" ? [4, 4] : [8, 8],
      }),
      other: (rng) => ({
        verdict: pick(rng, guardVerdicts),
        ...reason(rng),
        ...pick(rng, [{}, { planHash: "p2", postIds: ["x1"] }]),
        ...pick(rng, [{}, { unitsPerArm: pick(rng, [[8, 8], [8, 3], [8]]) }]),
      }),
    },
  ),
  eventSpec("revised", {}, { sender: "operator", meaning: "the content is to be made anew", fitting: nothing }),
  eventSpec("withdrawn", { by: text }, { sender: "operator", meaning: "the brief is given up", ...signedBy }),
  eventSpec(
    "approved",
    { approver: text, role: roleSchema, contentHashes: z.array(text), planHash: text },
    {
      sender: "operator",
      meaning: "a person approves exactly this content and this plan",
      fitting: (row) => ({
        approver: "operator",
        role: "operator",
        contentHashes: contextOf(row).contentHashes.toReversed(),
        planHash: contextOf(row).planHash ?? "",
      }),
      other: (rng) => ({
        approver: pick(rng, names),
        role: pick(rng, signerRoles),
        contentHashes: pick(rng, [[], ["h1"], ["h1", "h2"]]),
        planHash: pick(rng, ["p1", "p2"]),
      }),
    },
  ),
  eventSpec(
    "rejected",
    { approver: text, reason: text },
    {
      sender: "operator",
      meaning: "a person refuses to have it published",
      fitting: () => ({ approver: "operator", reason: "rejected" }),
      other: (rng) => ({ approver: pick(rng, names), ...reason(rng) }),
    },
  ),
  eventSpec("layerReserved", {}, { sender: "layers", meaning: "the layer is this experiment's for its window", fitting: nothing }),
  eventSpec(
    "layerBusy",
    { holder: text },
    { sender: "layers", meaning: "another experiment holds the layer", fitting: () => ({ holder: "e9" }) },
  ),
  eventSpec("windowOpened", {}, { sender: "clock", meaning: "the run's window begins", fitting: nothing }),
  eventSpec(
    "postSettled",
    { postId: text, status: postStatusSchema },
    {
      sender: "row",
      meaning: "a post has come to its end",
      fitting: (row, rng) => ({ postId: pick(rng, contextOf(row).postIds) ?? "x1", status: "verified" }),
      other: (rng) => ({ postId: pick(rng, ["x1", "x7"]), status: pick(rng, ["verified", "missed", "cancelled", "rejected"]) }),
    },
  ),
  eventSpec(
    "survivalSignal",
    { signal: accountSignalSchema },
    { sender: "row", meaning: "the account is in danger", fitting: (_, rng) => ({ signal: pick(rng, survivalSignals) }) },
  ),
  eventSpec(
    "guardrailTripped",
    { guardrailId: text, action: z.enum(["warn", "hold", "pause"]), reason: text },
    {
      sender: "evaluator",
      meaning: "a limit was passed; the account says so of its publish failures by itself",
      fitting: () => ({ guardrailId: "g1", action: "pause", reason: "hides above 2 %" }),
      other: (rng) => ({ guardrailId: "g1", action: pick(rng, ["warn", "hold", "pause"]), ...reason(rng) }),
    },
  ),
  eventSpec("resumed", { by: text }, { sender: "operator", meaning: "a person has looked; the run goes on", ...signedBy }),
  eventSpec("stopRequested", { by: text }, { sender: "operator", meaning: "a person ends the run", ...signedBy }),
  eventSpec("windowClosed", {}, { sender: "clock", meaning: "all slots are past", fitting: nothing }),
  eventSpec(
    "checkpoint",
    { verdict: verdictSchema, proposal: decisionKindSchema, final: z.boolean(), reason: text },
    {
      sender: "evaluator",
      meaning: "validity and decision rule over the facts so far",
      fitting: (row) =>
        row.snapshot.value === "verifying"
          ? { verdict: "pass", proposal: "ship", final: true, reason: "" }
          : { verdict: "pass", proposal: "continue", final: false, reason: "" },
      other: (rng) => ({
        verdict: pick(rng, verdicts),
        proposal: pick(rng, decisionKinds),
        final: rng.next() < 0.5,
        ...reason(rng),
      }),
    },
  ),
  eventSpec(
    "reviewed",
    {
      reviewer: text,
      role: roleSchema,
      confounders: z.array(text),
      verdict: verdictSchema,
      proposal: decisionKindSchema,
      reason: text,
      winner: text.exactOptional(),
    },
    {
      sender: "operator",
      meaning: "a person confirms the result or downgrades it",
      fitting: (row) => ({
        reviewer: "operator",
        role: "operator",
        confounders: [],
        verdict: contextOf(row).verdict ?? "pass",
        proposal: contextOf(row).proposal ?? "iterate",
        reason: "reviewed",
        ...(contextOf(row).variantIds.length > 1 && { winner: contextOf(row).variantIds[1]! }),
      }),
      other: (rng) => ({
        reviewer: pick(rng, names),
        role: pick(rng, signerRoles),
        confounders: pick(rng, [[], ["a holiday"]]),
        verdict: pick(rng, verdicts),
        proposal: pick(rng, ["ship", "abandon", pick(rng, decisionKinds)]),
        ...reason(rng),
        ...pick(rng, [{}, { winner: pick(rng, ["v1", "v2", "v9"]) }]),
      }),
    },
  ),
] as const;
