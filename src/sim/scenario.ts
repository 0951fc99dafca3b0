// A scenario: a brief, what is true about its variants, and what goes wrong. The five stories of `expos demo` are scenarios whose faults and
// effects are given; their endings are not, the product's own rules reach them.
import type { Brief } from "../domain/index.ts";
import { noEffect, type TrueEffect } from "./account.ts";
import type { Fault } from "./faults.ts";

export interface Scenario {
  readonly name: string;
  readonly brief: Brief;
  /** True effect of the test variants against control. */
  readonly testEffect: TrueEffect;
  readonly faults: readonly Fault[];
  /** How many ordinary posts the account has behind it, one a day; none if left out. */
  readonly historyPosts?: number;
}

export const storyNames = ["shipped", "blocked", "paused", "invalid", "insufficient"] as const;
export type StoryName = (typeof storyNames)[number];

interface Story {
  /** What is true in this world, in one sentence for a person. */
  readonly premise: string;
  readonly testEffect: TrueEffect;
  readonly faults: readonly Fault[];
  /** How the brief of this story differs from the one that was read. */
  readonly edit: (brief: Brief) => Brief;
}

const realEffect: TrueEffect = { distribution: 0.7, conversation: 0.7, retention: 0.9 };
const asIs = (brief: Brief): Brief => brief;

export const stories: Readonly<Record<StoryName, Story>> = {
  shipped: {
    premise:
      "The test variant truly is better: about twice the comments and shares per person reached, and fewer viewers gone in three seconds.",
    testEffect: realEffect,
    faults: [],
    edit: asIs,
  },
  blocked: {
    premise: "Somebody put a health claim into the caption that the platform and the law do not allow.",
    testEffect: realEffect,
    faults: [],
    edit: withClaim,
  },
  paused: {
    premise: "In the middle of the run the platform asks the account to confirm its identity.",
    testEffect: realEffect,
    faults: [{ kind: "loginChallenge", fromShare: 0.2, untilShare: 0.5 }],
    edit: asIs,
  },
  invalid: {
    premise:
      "The platform publishes the test posts but mostly does not apply the very field under test; the test variant is truly better all the same.",
    testEffect: realEffect,
    faults: [{ kind: "fieldNotApplied", probability: 0.7, arm: "test" }],
    edit: asIs,
  },
  insufficient: {
    premise: "The insights permission of the account lapses for most of the run, so that nearly all readings come back empty.",
    testEffect: realEffect,
    faults: [{ kind: "metricsMissing", probability: 0.9 }],
    edit: asIs,
  },
};

/** @param brief the brief as read; the story may edit it, and then it is another brief with another hash. */
export function scenarioOf(story: StoryName, brief: Brief): Scenario {
  const { testEffect, faults, edit } = stories[story];
  return { name: story, brief: edit(brief), testEffect, faults };
}

/** An A/A world: nothing differs and nothing goes wrong beyond the base rates. */
export function quietScenario(brief: Brief): Scenario {
  return { name: "quiet", brief, testEffect: noEffect, faults: [] };
}

function withClaim(brief: Brief): Brief {
  const { content } = brief.control;
  const body = [content.parts.body, "Two cups a day cure depression."].filter((text) => text !== undefined).join(" ");
  return { ...brief, control: { ...brief.control, content: { ...content, parts: { ...content.parts, body } } } };
}
