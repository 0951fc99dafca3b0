import { describe, expect, test } from "vitest";
import { errorClasses, postStatuses } from "../../src/domain/index.ts";
import {
  createHost,
  type Host,
  nextActionOf,
  nextActions,
  nextSteps,
  postMachine,
  type PostState,
  stricter,
} from "../../src/machines/index.ts";
import { rowPerState } from "../support/machineRows.ts";

describe("what to do about a post", () => {
  test("is known for every state of the machine and every class of error", () => {
    expect(Object.keys(nextActions.states).sort()).toEqual(Object.keys(postMachine.states).sort());
    expect(Object.keys(nextActions.classes).sort()).toEqual([...errorClasses].sort());
    expect(Object.keys(postMachine.states)).toEqual(expect.arrayContaining([...postStatuses]));
  });

  test.each([
    ["rejected", "transient", "wait"],
    ["rejected", "quota_exhausted", "replan"],
    ["rejected", "auth_expired", "reconnect"],
    ["rejected", "login_challenge", "openProvider"],
    ["rejected", "spam_block", "coolDown"],
    ["rejected", "content_rejected", "edit"],
    ["rejected", "media_fetch", "retryAfterCheck"],
    ["rejected", "unsupported", "editSettings"],
    ["rejected", null, "makeUp"],
    ["ambiguous", "ambiguous", "reviewDestination"],
    ["processing", null, "wait"],
    ["awaitingUser", null, "publishByHand"],
  ] as const)("in %s after %s is %s", (state, errorClass, action) => {
    expect(nextActionOf(state, errorClass).action).toBe(action);
  });

  test("L2: never says to send again what may be out there: wherever the write may have happened, retry means reading or a person", () => {
    const mayBeOut: PostState[] = ["sending", "submitted", "ambiguous", "manualResolution", "rejected"];
    for (const state of mayBeOut)
      for (const errorClass of [null, ...errorClasses])
        expect(["reconcile", "afterHuman", "never"]).toContain(nextActionOf(state, errorClass).retry);
    expect(stricter("backoff", "never")).toBe("never");
    expect(stricter("reconcile", "poll")).toBe("reconcile");
  });

  test("is part of what an operator is told about a row", () => {
    const host = createHost(postMachine, { kind: "pure" }) as Host;
    const { row } = host.step(rowPerState(postMachine)["sending"]!, { type: "refused", id: "r", at: 1, errorClass: "duplicate_content" });
    expect(nextSteps(postMachine, row).nextAction).toMatchObject({ action: "edit", retry: "never" });
  });
});
