// The events of an account: fields, sender, meaning.
import { z } from "zod";
import { accountSignals, accountSignalSchema, errorClassSchema, laneHealthSchema, lanes, laneSchema } from "../../domain/index.ts";
import { publishFailureLimits } from "./attempts.ts";
import type { AccountContext } from "./types.ts";
import { eventSpec, pick, type Draws } from "../eventSpec.ts";

const laneRecordSchema = z.strictObject({ health: laneHealthSchema, failures: z.number() });

/** An account at rest, as its row keeps it. */
export const accountContextSchema = z.strictObject({
  accountId: z.string(),
  experiments: z.array(z.string()),
  signal: accountSignalSchema.nullable(),
  restUntilMs: z.number().nullable(),
  clearedBy: z.string().nullable(),
  lanes: z.strictObject({ api: laneRecordSchema, browser: laneRecordSchema, hybrid: laneRecordSchema }),
  attempts: z.array(z.enum(["worked", "failed"])).max(publishFailureLimits.ofAttempts),
}) satisfies z.ZodType<AccountContext>;

const experiment = (_: unknown, rng: Draws) => ({ experimentId: pick(rng, ["e1", "e2", "e3"]) });
const someLane = (rng: Draws) => ({ lane: pick(rng, lanes) });
const names = ["", "ana"];
const reasons = ["it timed out", ""];
const failures = ["transient", "media_invalid", "absent"] as const;
const signedBy = { fitting: () => ({ by: "operator" }), other: (rng: Draws) => ({ by: pick(rng, names) }) };

export const accountEvents = [
  eventSpec(
    "attached",
    { experimentId: z.string() },
    { sender: "row", meaning: "an experiment runs on this account", fitting: experiment },
  ),
  eventSpec("detached", { experimentId: z.string() }, { sender: "row", meaning: "it does no more", fitting: experiment }),
  eventSpec(
    "signal",
    { signal: accountSignalSchema, lane: laneSchema.exactOptional(), windowMs: z.number().nonnegative().exactOptional() },
    {
      sender: "platform",
      meaning: "the platform says something about the account",
      fitting: (_, rng) => ({ signal: pick(rng, accountSignals) }),
      other: (rng) => ({
        signal: pick(rng, accountSignals),
        ...pick(rng, [{}, someLane(rng)]),
        ...pick(rng, [{}, { windowMs: 900_000 }]),
      }),
    },
  ),
  eventSpec(
    "suspended",
    { reason: z.string() },
    { sender: "platform", meaning: "the platform closed the account", fitting: (_, rng) => ({ reason: pick(rng, reasons) }) },
  ),
  eventSpec("reinstated", { by: z.string() }, { sender: "operator", meaning: "a person got the account back", ...signedBy }),
  eventSpec("cleared", { by: z.string() }, { sender: "operator", meaning: "a person has looked; all is well", ...signedBy }),
  eventSpec(
    "laneFailed",
    { lane: laneSchema, errorClass: z.union([errorClassSchema, z.literal("absent")]) },
    {
      sender: "row",
      meaning: "a post's one attempt in this lane came to nothing",
      fitting: (_, rng) => ({ lane: "api", errorClass: pick(rng, failures) }),
      other: (rng) => ({ ...someLane(rng), errorClass: pick(rng, failures) }),
    },
  ),
  eventSpec(
    "laneWorked",
    { lane: laneSchema },
    { sender: "row", meaning: "a post's one attempt in this lane went out", fitting: () => ({ lane: "api" }), other: someLane },
  ),
  eventSpec(
    "laneHeld",
    { lane: laneSchema, reason: z.string() },
    {
      sender: "operator",
      meaning: "nothing goes out in this lane",
      fitting: (_, rng) => ({ ...someLane(rng), reason: "the token is revoked" }),
    },
  ),
  eventSpec(
    "laneOpened",
    { lane: laneSchema, by: z.string() },
    {
      sender: "operator",
      meaning: "a person opens the lane again",
      fitting: (_, rng) => ({ ...someLane(rng), by: "operator" }),
      other: (rng) => ({ ...someLane(rng), by: pick(rng, names) }),
    },
  ),
] as const;
