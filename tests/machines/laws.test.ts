// The laws on a system of two experiments, their account, posts and variants, in lives at random: lost, doubled, late and reordered events, clocks
// that go back, rows through storage, messages nobody knows. A law about something that never happened proves nothing, so each says what must have.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AccountSignal, isSurvivalSignal } from "../../src/domain/index.ts";
import { nextTimer, type Clearance, type PostContext, type System, type SystemEvent, type SystemStep } from "../../src/machines/index.ts";
import { accountOf, experimentOf, type Life, lifetime, live, postOf, stateOf, variantOf } from "../support/machineSystem.ts";
import { assertProperty } from "../support/property.ts";

interface Moment {
  readonly step: SystemStep;
  readonly system: System;
  readonly sent: SystemEvent;
  readonly before: System;
  readonly life: Life;
}

/**
 * Many lives; `faultsOf` says of every moment what is wrong with it.
 * @returns how often each of `happened` did, by name.
 */
async function inLives<Name extends string>(
  faultsOf: (moment: Moment) => (string | false)[],
  happened: Readonly<Record<Name, (moment: Moment) => boolean>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(happened) as Name[];
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  await assertProperty(
    fc.property(lifetime, (drawn) => {
      const faults: string[] = [];
      live(drawn, (step, sent, before, life) => {
        const moment = { step, system: step.system, sent, before, life };
        for (const name of names) if (happened[name](moment)) counts[name]++;
        faults.push(...faultsOf(moment).filter((fault) => fault !== false));
      });
      expect(faults).toEqual([]);
    }),
    { numRuns: 250 },
  );
  return counts;
}

/** Over twelve seeds the rarest of these happened ten times or more in 250 lives, so that none is ever missed by chance. */
function expectAllHappened(counts: Readonly<Record<string, number>>): void {
  expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
}

const experimentKeys = ["experiment/e1", "experiment/e2"] as const;
const publishesOf = ({ effects }: SystemStep): string[] =>
  effects.flatMap((effect) => (effect.type === "publish" ? [effect.params.postId] : []));
const isAsked = ({ effects }: SystemStep): boolean =>
  effects.some((effect) => effect.type === "notify" && effect.params.severity === "escalation");
const entered = ({ before, system }: Moment, key: string, state: string): boolean =>
  stateOf(system, key) === state && stateOf(before, key) !== state;
const anyEntered =
  (state: string) =>
  (moment: Moment): boolean =>
    experimentKeys.some((key) => entered(moment, key, state));
const publishes = ({ step }: Moment): boolean => publishesOf(step).length > 0;

describe("whatever happens in whatever order", () => {
  test("L1: nothing goes out without guards, approval of its content, layer, pace, a sound account and an open lane", async () => {
    const isClear = ({ contentHash }: PostContext, experimentId: string, { sent, before, life }: Moment): boolean => {
      const facts = sent.event["clearance"] as Clearance;
      const { approvedHashes, contentHashes, planHash, holding } = experimentOf(before, `experiment/${experimentId}`);
      return (
        facts.guards !== "block" &&
        facts.contentHash === contentHash &&
        approvedHashes.includes(contentHash) &&
        [...approvedHashes].sort().join() === [...contentHashes].sort().join() &&
        planHash !== null &&
        stateOf(before, `experiment/${experimentId}`) === "running" &&
        life.layerHolder === experimentId &&
        stateOf(before, "account/a1") === "healthy" &&
        accountOf(before).lanes.api.health !== "held" &&
        (!holding || facts.blockIsOpen) &&
        facts.paceFreeMs <= Math.max(sent.event.at, before.entries.get(sent.key)!.row.lastAt)
      );
    };
    const faultsOf = (moment: Moment) =>
      publishesOf(moment.step).map((postId) => {
        const context = postOf(moment.before, `post/${postId}`);
        return !isClear(context, context.experimentId, moment) && `${postId} went out`;
      });
    const isKept = (because: (moment: Moment) => boolean) => (moment: Moment) =>
      moment.sent.event.type === "due" && stateOf(moment.before, moment.sent.key) === "scheduled" && !publishes(moment) && because(moment);
    expectAllHappened(
      await inLives(faultsOf, {
        publishes,
        accountInTrouble: isKept(({ before }) => stateOf(before, "account/a1") !== "healthy"),
        laneHeld: isKept(({ before }) => accountOf(before).lanes.api.health === "held"),
        notRunning: isKept(({ before }) => stateOf(before, "experiment/e1") !== "running"),
      }),
    );
  });

  test("L1: an experiment runs only what somebody approved as it stands, and a variant is tried only so", async () => {
    const faultsOf = ({ system }: Moment) => [
      ...experimentKeys.map((key) => {
        const { approvedHashes, contentHashes, approvers } = experimentOf(system, key);
        const isApproved = approvers.length > 0 && [...approvedHashes].sort().join() === [...contentHashes].sort().join();
        return ["scheduled", "running"].includes(stateOf(system, key)) && !isApproved && `${key} is not approved`;
      }),
      ...["variant/v0", "variant/v1"].map((key) => {
        const { approvedHash, contentHash, verdict } = variantOf(system, key);
        const isSound = approvedHash !== null && approvedHash === contentHash && verdict !== "block";
        return ["approved", "active", "paused", "winner"].includes(stateOf(system, key)) && !isSound && `${key} is tried unapproved`;
      }),
    ];
    const isActive = (moment: Moment) => entered(moment, "variant/v1", "active");
    const isEdited = ({ step }: Moment) => step.deliveries.some(({ event, changed }) => changed && event.type === "edited");
    expectAllHappened(await inLives(faultsOf, { runs: anyEntered("running"), isActive, isEdited }));
  });

  test("L2: no post is asked to go out twice", async () => {
    const faultsOf = ({ step, before }: Moment) =>
      publishesOf(step).map((postId) => postOf(before, `post/${postId}`).sentAtMs !== null && `${postId} went out again`);
    const isAnswered =
      (state: string) =>
      (moment: Moment): boolean =>
        moment.sent.key.startsWith("post/") && entered(moment, moment.sent.key, state);
    expectAllHappened(await inLives(faultsOf, { publishes, ambiguous: isAnswered("ambiguous"), rejected: isAnswered("rejected") }));
  });

  test("L3: of two experiments that want one layer at most one runs, and only while it holds the layer and its window is open", async () => {
    const faultsOf = ({ system, life }: Moment) => {
      const running = experimentKeys.filter((key) => stateOf(system, key) === "running");
      return [
        running.length > 1 && "two run",
        ...running.map((key) => {
          const { experimentId, layerHeld, window } = experimentOf(system, key);
          return (!layerHeld || window !== "open" || life.layerHolder !== experimentId) && `${key} runs without layer or window`;
        }),
      ];
    };
    const isBusy = ({ step }: Moment) => step.deliveries.some(({ event, changed }) => event.type === "layerBusy" && changed);
    expectAllHappened(await inLives(faultsOf, { runs: anyEntered("running"), pauses: anyEntered("paused"), isBusy }));
  });

  test("L5: what endangers the account or trips a pausing guardrail stops who runs in the same step, asks a person, and a person alone resumes", async () => {
    const isSurvival = ({ step }: Moment): boolean =>
      step.deliveries.some(
        ({ key, event: { type, signal }, changed }) =>
          key === "account/a1" && changed && type === "signal" && isSurvivalSignal(signal as AccountSignal),
      );
    const failsTooOften = (moment: Moment): boolean =>
      entered(moment, "account/a1", "warned") && moment.step.deliveries.some(({ event }) => event.type === "laneFailed");
    const isTripped = ({ step }: Moment): boolean =>
      step.deliveries.some(({ event, changed }) => changed && event.type === "guardrailTripped" && event["action"] === "pause");
    const faultsOf = (moment: Moment) => {
      const { step, system, sent, before } = moment;
      const running = experimentKeys.filter((key) => stateOf(system, key) === "running");
      const attached = accountOf(before).experiments.map((id) => `experiment/${id}`);
      const isTrouble = isSurvival(moment) || failsTooOften(moment);
      const isPost = ({ key }: { key: string }) => key.startsWith("post/");
      return [
        (isTrouble || isTripped(moment)) && !isAsked(step) && "nobody was asked",
        isTrouble && running.some((key) => attached.includes(key)) && "it runs on",
        ...step.deliveries.map(
          ({ key, event, changed, to }) =>
            changed && event.type === "guardrailTripped" && event["action"] === "pause" && to === "running" && `${key} runs on`,
        ),
        ...experimentKeys.map(
          (key) =>
            entered(moment, key, "running") &&
            stateOf(before, key) === "paused" &&
            (sent.event.type !== "resumed" || sent.event["by"] === "") &&
            `${sent.event.type} resumed ${key}`,
        ),
        anyEntered("paused")(moment) &&
          step.deliveries.some((delivery) => isPost(delivery) && delivery.event.type === "hold" && delivery.to === "scheduled") &&
          "a post waits on",
        stateOf(before, "account/a1") !== "healthy" && publishes(moment) && "it published in trouble",
      ];
    };
    const resumes = (moment: Moment) =>
      experimentKeys.some((key) => entered(moment, key, "running") && stateOf(moment.before, key) === "paused");
    expectAllHappened(await inLives(faultsOf, { isSurvival, failsTooOften, isTripped, resumes }));
  });

  test("L5: every running experiment stands on its account's list, and who has ended does not", async () => {
    const faultsOf = ({ system }: Moment) =>
      experimentKeys.map((key) => {
        const { experimentId, layerHeld } = experimentOf(system, key);
        const isListed = accountOf(system).experiments.includes(experimentId);
        const hasEnded = system.entries.get(key)!.row.snapshot.status === "done";
        return (layerHeld && !hasEnded) !== isListed && `${key} is ${isListed ? "" : "not "}listed`;
      });
    const hasEnded = ({ step }: Moment) => step.deliveries.some(({ event, changed }) => event.type === "detached" && changed);
    expectAllHappened(await inLives(faultsOf, { hasEnded }));
  });

  test("L6, L7: what ships was valid, planned, seen by an audience and confirmed; what is invalid stays so and teaches nothing", async () => {
    const faultsOf = (moment: Moment) => {
      const { step, system, sent, before } = moment;
      return [
        ...experimentKeys.flatMap((key) => {
          const { published, planHash, verdict, variantIds, preset } = experimentOf(system, key);
          const { event } = sent;
          const isConfirmed =
            event.type === "reviewed" &&
            event["reviewer"] !== "" &&
            (event["confounders"] as string[]).length === 0 &&
            [event["verdict"], verdict].every((word) => word === "pass" || word === "warn");
          const isFromSomething = published >= 2 && planHash !== null && variantIds.indexOf(String(event["winner"])) > 0;
          return [
            stateOf(before, key) === "invalid" && stateOf(system, key) !== "invalid" && "invalid was left",
            entered(moment, key, "shipped") && (!isConfirmed || !isFromSomething || preset !== "evidence") && "shipped from nothing",
          ];
        }),
        ...["v0", "v1"].map(
          (id) =>
            entered(moment, `variant/${id}`, "winner") && sent.event["winner"] !== id && sent.key !== `variant/${id}` && "another won",
        ),
        ...step.effects.map((effect) => {
          if (effect.type !== "writeMemory") return false;
          const isInvalid = stateOf(system, effect.key) === "invalid";
          return isInvalid && !effect.params.informationalOnly && "an invalid experiment taught something";
        }),
      ];
    };
    expectAllHappened(
      await inLives(faultsOf, {
        ships: anyEntered("shipped"),
        wins: (moment) => entered(moment, "variant/v1", "winner"),
        isInvalid: anyEntered("invalid"),
        isReviewedAway: anyEntered("iterated"),
        remembers: ({ step }) => step.effects.some(({ type }) => type === "writeMemory"),
      }),
    );
  });

  test("L11: the earliest timer is the one that a search through all rows finds, and time never goes back in a row", async () => {
    const faultsOf = ({ system, before }: Moment) => {
      const armed = [...system.entries.values()].flatMap(({ row }) =>
        row.timers.map(({ timerId, armedRev, dueAt }) => ({ dueAt, id: `${row.key}#${timerId}@${armedRev}` })),
      );
      const [first] = armed.sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
      const next = nextTimer(system);
      const earlier = [...system.entries.values()].filter(({ row }) => row.lastAt < before.entries.get(row.key)!.row.lastAt);
      return [
        (next?.event.id !== first?.id || next?.dueAt !== first?.dueAt) && `${next?.event.id} is not the earliest`,
        earlier.length > 0 && "time went back",
      ];
    };
    expectAllHappened(
      await inLives(faultsOf, {
        fires: ({ sent, step }) => sent.event.timer !== undefined && step.deliveries.some(({ changed }) => changed),
      }),
    );
  });
});
