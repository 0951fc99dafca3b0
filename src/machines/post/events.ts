// The events of a post: fields, sender, meaning.
import { z } from "zod";
import {
  accountSignalSchema,
  errorClasses,
  errorClassSchema,
  guardVerdicts,
  guardVerdictSchema,
  laneHealths,
  laneHealthSchema,
  laneSchema,
  survivalSignals,
} from "../../domain/index.ts";
import { eventSpec, nothing, pick, type Draws } from "../eventSpec.ts";
import type { PostContext } from "./types.ts";
import type { Row } from "../row.ts";

const text = z.string();

/** A post at rest, as its row keeps it. */
export const postContextSchema = z.strictObject({
  postId: text,
  experimentId: text,
  account: text,
  lane: laneSchema,
  contentHash: text,
  attemptKey: text,
  slotMs: z.number(),
  latestMs: z.number(),
  sentAtMs: z.number().nullable(),
  handle: text.nullable(),
  platformAtMs: z.number().nullable(),
  platformPostId: text.nullable(),
  publishedMs: z.number().nullable(),
  defects: z.array(text),
  tries: z.number(),
  errorClass: z.enum([...errorClasses, "absent", "declined"]).nullable(),
  reason: text.nullable(),
}) satisfies z.ZodType<PostContext>;

const clearanceSchema = z.object({
  guards: guardVerdictSchema,
  contentHash: text,
  approvedHashes: z.array(text),
  experimentState: text,
  layerHolder: text.nullable(),
  accountState: text,
  laneHealth: laneHealthSchema,
  holding: z.boolean(),
  blockIsOpen: z.boolean(),
  paceFreeMs: z.number(),
});

const preparationSchema = z.object({
  guards: guardVerdictSchema,
  contentHash: text,
  approvedHashes: z.array(text),
  quotaReserved: z.boolean(),
});

const contextOf = (row: Row) => row.snapshot.context as unknown as PostContext;
const because = (_: unknown, rng: Draws) => ({ reason: pick(rng, ["the account was challenged", ""]) });
const platformPostId = () => ({ platformPostId: "17900000000000001" });
const url = "https://example.org/p/1";

const signedBy = (rng: Draws) => ({ by: pick(rng, ["", "ana"]) });

export const postEvents = [
  eventSpec(
    "prepared",
    { preparation: preparationSchema },
    {
      sender: "guards",
      meaning: "what is known before the slot: guards, approval, quota",
      fitting: (row) => ({
        preparation: {
          guards: "pass",
          contentHash: contextOf(row).contentHash,
          approvedHashes: [contextOf(row).contentHash],
          quotaReserved: true,
        },
      }),
      other: (rng) => ({
        preparation: {
          guards: pick(rng, guardVerdicts),
          contentHash: pick(rng, ["h1", "h2"]),
          approvedHashes: pick(rng, [[], ["h1"], ["h2"]]),
          quotaReserved: rng.next() < 0.5,
        },
      }),
    },
  ),
  eventSpec(
    "due",
    { clearance: clearanceSchema },
    {
      sender: "clock",
      meaning: "the slot has come, with the facts that a publish needs",
      fitting: (row) => ({
        clearance: {
          guards: "pass",
          contentHash: contextOf(row).contentHash,
          approvedHashes: [contextOf(row).contentHash],
          experimentState: "running",
          layerHolder: contextOf(row).experimentId,
          accountState: "healthy",
          laneHealth: "open",
          holding: false,
          blockIsOpen: false,
          paceFreeMs: 0,
        },
      }),
      other: (rng) => ({
        clearance: {
          guards: pick(rng, guardVerdicts),
          contentHash: pick(rng, ["h1", "h2"]),
          approvedHashes: pick(rng, [[], ["h1"], ["h2"]]),
          experimentState: pick(rng, ["running", "paused"]),
          layerHolder: pick(rng, ["e1", "e2", null]),
          accountState: pick(rng, ["healthy", "challenged"]),
          laneHealth: pick(rng, laneHealths),
          holding: rng.next() < 0.5,
          blockIsOpen: rng.next() < 0.5,
          paceFreeMs: pick(rng, [0, 4e12]),
        },
      }),
    },
  ),
  eventSpec("hold", { reason: text }, { sender: "row", meaning: "not now: the experiment was paused", fitting: because }),
  eventSpec("cancel", { reason: text }, { sender: "row", meaning: "never: the experiment has ended", fitting: because }),
  eventSpec("released", {}, { sender: "operator", meaning: "a person lifts the hold", fitting: nothing }),
  eventSpec("submitted", {}, { sender: "platform", meaning: "the write went out whole; no answer yet", fitting: nothing }),
  eventSpec("accepted", { handle: text }, { sender: "platform", meaning: "the platform took the post", fitting: () => ({ handle: "c1" }) }),
  eventSpec(
    "platformScheduled",
    { handle: text, publishAtMs: z.number() },
    {
      sender: "platform",
      meaning: "the platform keeps it and publishes it later",
      fitting: (row) => ({ handle: "c1", publishAtMs: row.lastAt + 3_600_000 }),
    },
  ),
  eventSpec("userNeeded", {}, { sender: "platform", meaning: "a person has to publish or confirm it", fitting: nothing }),
  eventSpec(
    "confirmed",
    { by: text, platformPostId: text },
    {
      sender: "operator",
      meaning: "a person published it: this is its id",
      fitting: () => ({ by: "operator", ...platformPostId() }),
      other: (rng) => ({ ...signedBy(rng), ...platformPostId() }),
    },
  ),
  eventSpec(
    "declined",
    { by: text, reason: text },
    {
      sender: "operator",
      meaning: "a person did not publish it and will not",
      fitting: () => ({ by: "operator", reason: "the sound is gone" }),
      other: (rng) => ({ ...signedBy(rng), ...because(undefined, rng) }),
    },
  ),
  eventSpec("processing", {}, { sender: "platform", meaning: "the platform still works on it", fitting: nothing }),
  eventSpec(
    "processed",
    { platformPostId: text },
    { sender: "platform", meaning: "it is ready to be made public", fitting: platformPostId },
  ),
  eventSpec("withdrawn", {}, { sender: "platform", meaning: "the platform took it back before it went out", fitting: nothing }),
  eventSpec(
    "refused",
    { errorClass: errorClassSchema, signal: accountSignalSchema.exactOptional(), windowMs: z.number().nonnegative().exactOptional() },
    {
      sender: "platform",
      meaning: "the platform said no; a signal if that says something about the account",
      fitting: () => ({ errorClass: "content_rejected" }),
      other: (rng) => ({
        errorClass: pick(rng, ["ambiguous", "processing", pick(rng, errorClasses)]),
        ...pick(rng, [{}, { signal: pick(rng, survivalSignals) }, { windowMs: 900_000 }]),
      }),
    },
  ),
  eventSpec("unknown", { reason: text }, { sender: "platform", meaning: "nobody knows whether it was sent", fitting: because }),
  eventSpec(
    "found",
    { platformPostId: text },
    { sender: "platform", meaning: "reading the account found the post", fitting: platformPostId },
  ),
  eventSpec("absent", {}, { sender: "platform", meaning: "reading proved, after the grace time, that it is not there", fitting: nothing }),
  eventSpec(
    "several",
    { platformPostIds: z.array(text) },
    { sender: "platform", meaning: "reading found more than one that fits", fitting: () => ({ platformPostIds: ["1", "2"] }) },
  ),
  eventSpec(
    "resolved",
    { by: text, platformPostId: text.exactOptional() },
    {
      sender: "operator",
      meaning: "a person looked: with the platform's id it is there, without it is not",
      fitting: () => ({ by: "operator" }),
      other: (rng) => ({ ...signedBy(rng), ...pick(rng, [{}, platformPostId()]) }),
    },
  ),
  eventSpec(
    "finalised",
    { url: text, publishedMs: z.number(), defects: z.array(text).exactOptional() },
    {
      sender: "platform",
      meaning: "it is public, perhaps with fields that did not arrive as sent",
      fitting: (row) => ({ url, publishedMs: row.lastAt }),
      other: () => ({ url, publishedMs: 1, defects: ["cover"] }),
    },
  ),
  eventSpec(
    "visible",
    { url: text, checkedAtMs: z.number() },
    { sender: "platform", meaning: "a reader from outside sees it", fitting: (row) => ({ url, checkedAtMs: row.lastAt }) },
  ),
  eventSpec(
    "gone",
    { checkedAtMs: z.number() },
    { sender: "platform", meaning: "it was there and is no more", fitting: (row) => ({ checkedAtMs: row.lastAt }) },
  ),
] as const;
