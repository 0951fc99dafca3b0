// The events of a variant: fields, sender, meaning.
import { z } from "zod";
import { guardVerdicts, guardVerdictSchema, verdicts, verdictSchema } from "../../domain/index.ts";
import { eventSpec, pick, type Draws } from "../eventSpec.ts";
import type { Row } from "../row.ts";
import type { VariantContext } from "./machine.ts";

const text = z.string();

/** A variant at rest, as its row keeps it. */
export const variantContextSchema = z.strictObject({
  variantId: text,
  experimentId: text,
  isControl: z.boolean(),
  contentHash: text.nullable(),
  approvedHash: text.nullable(),
  approver: text.nullable(),
  verdict: guardVerdictSchema.nullable(),
  revisions: z.number(),
  reason: text.nullable(),
}) satisfies z.ZodType<VariantContext>;

const contextOf = (row: Row) => row.snapshot.context as unknown as VariantContext;
const hashes = ["", "h1", "h2", "h3"];
const names = ["", "ana"];
const someHash = (rng: Draws) => ({ contentHash: pick(rng, hashes) });
const someName = (rng: Draws) => ({ by: pick(rng, names) });
const because = (rng: Draws) => ({ reason: pick(rng, ["", "the hook promises too much"]) });
const sameContent = (row: Row) => ({ contentHash: contextOf(row).contentHash ?? "h1" });

export const variantEvents = [
  eventSpec(
    "generated",
    { contentHash: text },
    { sender: "creator", meaning: "the content is made", fitting: () => ({ contentHash: "h1" }), other: someHash },
  ),
  eventSpec(
    "guarded",
    { contentHash: text, verdict: guardVerdictSchema, reason: text },
    {
      sender: "guards",
      meaning: "the guards have spoken about this content",
      fitting: (row) => ({ ...sameContent(row), verdict: "pass", reason: "" }),
      other: (rng) => ({ ...someHash(rng), verdict: pick(rng, guardVerdicts), ...because(rng) }),
    },
  ),
  eventSpec(
    "approved",
    { by: text, contentHash: text },
    {
      sender: "operator",
      meaning: "a person approves exactly this content",
      fitting: (row) => ({ by: "operator", ...sameContent(row) }),
      other: (rng) => ({ ...someName(rng), ...someHash(rng) }),
    },
  ),
  eventSpec(
    "rejected",
    { by: text, reason: text },
    {
      sender: "operator",
      meaning: "a person refuses to have it published",
      fitting: () => ({ by: "operator", reason: "rejected" }),
      other: (rng) => ({ ...someName(rng), ...because(rng) }),
    },
  ),
  eventSpec(
    "edited",
    { by: text, contentHash: text },
    {
      sender: "operator",
      meaning: "its content is another now",
      fitting: (row) => ({ by: "operator", contentHash: contextOf(row).contentHash === "h2" ? "h3" : "h2" }),
      other: (rng) => ({ ...someName(rng), ...someHash(rng) }),
    },
  ),
  eventSpec(
    "activated",
    { contentHashes: z.array(text) },
    {
      sender: "row",
      meaning: "the experiment runs, with exactly these contents",
      fitting: (row) => ({ contentHashes: ["h0", sameContent(row).contentHash] }),
      other: (rng) => ({ contentHashes: pick(rng, [[], ["h1"], ["h2", "h3"]]) }),
    },
  ),
  eventSpec("paused", { reason: text }, { sender: "row", meaning: "the experiment was paused", fitting: (_, rng) => because(rng) }),
  eventSpec(
    "resumed",
    { by: text },
    { sender: "row", meaning: "a person resumed the experiment", fitting: () => ({ by: "operator" }), other: someName },
  ),
  eventSpec("retired", { reason: text }, { sender: "row", meaning: "the experiment has ended", fitting: (_, rng) => because(rng) }),
  eventSpec(
    "won",
    { by: text, verdict: verdictSchema },
    {
      sender: "row",
      meaning: "the experiment shipped it",
      fitting: () => ({ by: "operator", verdict: "pass" }),
      other: (rng) => ({ ...someName(rng), verdict: pick(rng, verdicts) }),
    },
  ),
] as const;
