// That published objects type-check against our types is checked by `npm run types`: this file compiles or it does not.
import { expect, it } from "vitest";
import {
  applyExperimentOverrides,
  ExperimentEvaluator,
  type ExperimentMeta,
  ExperimentRegistry,
  type ExperimentSpec,
  type ExperimentVariant,
  type OverrideHandler,
  PolicyEngine,
  StabilityEnum,
  type SuccessMetric,
} from "../../src/spec/index.ts";
import { OnboardingSplitFormExperiment } from "./support/specs.ts";

const byKey: ExperimentSpec = {
  meta: { key: "published.types", version: 1, title: "T", stability: StabilityEnum.Beta, owners: [], tags: [] },
  controlVariant: "control",
  variants: [{ id: "control", key: "control", weight: 1 }],
  allocation: { type: "sticky", attribute: "organizationId", salt: "s" },
  successMetrics: [{ key: "m", telemetryEvent: { key: "e", version: 1 }, aggregation: "p99", target: 0.2 }],
};

it("the published page and the published types both type-check, as written", async () => {
  const experimentRegistry = new ExperimentRegistry([OnboardingSplitFormExperiment, byKey]);
  const policyEngine = new PolicyEngine([]);
  const evaluator = new ExperimentEvaluator({
    registry: experimentRegistry,
    policyChecker: (policyRef, context) =>
      policyEngine.decide({
        action: "experiment_targeting",
        subject: { roles: context.flags },
        resource: { type: "experiment", attributes: { name: context.experiment } },
        policies: [policyRef],
      }).effect === "allow",
  });
  const ctx: { userId: string | undefined; organizationId: string | null; attributes: Record<string, unknown> } = {
    userId: undefined,
    organizationId: null,
    attributes: {},
  };
  const assignment = await evaluator.chooseVariant({
    experiment: "sigil.onboarding.split_form",
    userId: ctx.userId,
    organizationId: ctx.organizationId,
    attributes: ctx.attributes,
  });
  if (assignment) {
    applyExperimentOverrides(assignment.variant);
  }
  expect(assignment?.variant.name).toBe("Single-step form");
});

it("what the types refuse", () => {
  // @ts-expect-error a meta needs one of the two names
  const nameless: ExperimentMeta = { version: 1 };
  // @ts-expect-error an arm needs an id
  const idless: ExperimentVariant = { name: "B" };
  // @ts-expect-error there is no such aggregation
  const summed: SuccessMetric = { name: "m", telemetryEvent: { name: "e", version: 1 }, aggregation: "sum" };
  // @ts-expect-error a handler returns its inverse
  const oneWay: OverrideHandler = () => 1;
  expect([nameless, idless, summed, oneWay]).toHaveLength(4);
});
