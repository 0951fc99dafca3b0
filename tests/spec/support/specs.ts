// The seed's own example, as its page writes it, and small specs for the tests.
import { type ExperimentSpec, StabilityEnum } from "../../../src/spec/index.ts";

export const OnboardingSplitFormExperiment: ExperimentSpec = {
  meta: {
    name: "sigil.onboarding.split_form",
    version: "1.0.0",
    title: "Split onboarding form",
    description: "Compare single vs multi-step onboarding",
    domain: "onboarding",
    owners: ["@team.onboarding"],
    tags: ["experiment"],
    stability: StabilityEnum.Experimental,
  },
  controlVariant: "control",
  variants: [
    { id: "control", name: "Single-step form" },
    {
      id: "multi_step",
      name: "Multi-step form",
      overrides: [{ type: "workflow", target: "sigil.onboarding.workflow.multi_step" }],
    },
  ],
  allocation: {
    type: "targeted",
    rules: [
      {
        variantId: "multi_step",
        expression: "context.attributes?.segment === 'vip'",
      },
    ],
    fallback: "random",
  },
  successMetrics: [
    {
      name: "Completion rate",
      telemetryEvent: { name: "sigil.telemetry.onboarding_completed", version: "1.0.0" },
      aggregation: "count",
    },
  ],
};

/** Two equal arms, `control` and `b`, drawn at random, with whatever is given on top. */
export function twoArms(name: string, more: Partial<ExperimentSpec> = {}): ExperimentSpec {
  return {
    meta: { name, version: "1.0.0" },
    controlVariant: "control",
    variants: [
      { id: "control", name: "Control" },
      { id: "b", name: "B" },
    ],
    allocation: { type: "random" },
    ...more,
  };
}
