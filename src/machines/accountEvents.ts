// The events of an account: fields, sender, meaning.
import { z } from "zod";
import { accountSignals, accountSignalSchema } from "../domain/index.ts";
import type { AccountContext } from "./account.ts";
import { eventSpec, pick, type Draws } from "./eventSpec.ts";

/** An account at rest, as its row keeps it. */
export const accountContextSchema = z.strictObject({
  accountId: z.string(),
  experiments: z.array(z.string()),
  signal: accountSignalSchema.nullable(),
}) satisfies z.ZodType<AccountContext>;

const experiment = (_: unknown, rng: Draws) => ({ experimentId: pick(rng, ["e1", "e2", "e3"]) });

export const accountEvents = [
  eventSpec(
    "attached",
    { experimentId: z.string() },
    { sender: "operator", meaning: "an experiment runs on this account", fitting: experiment },
  ),
  eventSpec("detached", { experimentId: z.string() }, { sender: "operator", meaning: "it does no more", fitting: experiment }),
  eventSpec(
    "signal",
    { signal: accountSignalSchema },
    {
      sender: "platform",
      meaning: "the platform says something about the account",
      fitting: (_, rng) => ({ signal: pick(rng, accountSignals) }),
    },
  ),
  eventSpec(
    "cleared",
    { by: z.string() },
    {
      sender: "operator",
      meaning: "a person has looked; all is well",
      fitting: () => ({ by: "operator" }),
      other: (rng) => ({ by: pick(rng, ["", "ana"]) }),
    },
  ),
] as const;
