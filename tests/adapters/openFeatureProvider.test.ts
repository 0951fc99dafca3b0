// Through the client API of OpenFeature itself: what a service sees.
import { type Client, ErrorCode, OpenFeature, StandardResolutionReasons as reasons } from "@openfeature/server-sdk";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  exposureTrackingEvent,
  openFeatureProvider,
  type OpenFeatureProviderOptions,
  type TrackedEvent,
} from "../../src/adapters/index.ts";
import {
  createExposureReporter,
  ExperimentEvaluator,
  type EvaluatorConfig,
  ExperimentRegistry,
  type ExperimentSpec,
  type UnitExposed,
} from "../../src/spec/index.ts";
import { twoArms } from "../spec/support/specs.ts";
import { assertProperty } from "../support/property.ts";

let domains = 0;

async function clientOf(
  specs: readonly ExperimentSpec[],
  options: Partial<OpenFeatureProviderOptions> = {},
  config: Partial<EvaluatorConfig> = {},
): Promise<{ client: Client; evaluator: ExperimentEvaluator }> {
  const evaluator = new ExperimentEvaluator({ registry: new ExperimentRegistry(specs), ...config });
  const domain = `test-${domains++}`;
  await OpenFeature.setProviderAndWait(domain, openFeatureProvider({ evaluator, ...options }));
  onTestFinished(() => OpenFeature.clearProviders());
  return { client: OpenFeature.getClient(domain), evaluator };
}

const valued = (control: unknown, test: unknown): ExperimentSpec =>
  twoArms("button", {
    variants: [
      { id: "control", name: "Control", metadata: { value: control } },
      { id: "b", name: "B", metadata: { value: test } },
    ],
    allocation: { type: "targeted", rules: [{ variantId: "b", expression: "context.attributes?.segment === 'vip'" }] },
  });
const vip = { targetingKey: "u-1", segment: "vip" };
const other = { targetingKey: "u-1", segment: "new" };

describe("the OpenFeature provider", () => {
  test.each([
    ["boolean", false, true],
    ["string", "grey", "green"],
    ["number", 10, 12.5],
    ["object", { steps: 1 }, { steps: 3, names: ["a"] }],
  ] as const)("gives the declared %s of the arm", async (type, control, arm) => {
    const { client } = await clientOf([valued(control, arm)]);
    const read = (context: typeof vip): Promise<unknown> => {
      switch (type) {
        case "boolean":
          return client.getBooleanValue("button", false, context);
        case "string":
          return client.getStringValue("button", "default", context);
        case "number":
          return client.getNumberValue("button", -1, context);
        case "object":
          return client.getObjectValue("button", {}, context);
        default:
          return type satisfies never;
      }
    };
    expect(await read(vip)).toEqual(arm);
    expect(await read(other)).toEqual(control);
  });

  test("says the arm itself where no value is declared", async () => {
    const overrides = [{ type: "workflow" as const, target: "w2", replaces: "w1" }];
    const { client } = await clientOf(
      [
        twoArms("demo.a", {
          variants: [
            { id: "control", name: "C" },
            { id: "b", name: "B", metadata: { colour: "green" }, overrides },
          ],
        }),
      ],
      {},
      { forcedVariant: ({ userId }) => userId },
    );
    expect(await client.getBooleanValue("demo.a", false, { targetingKey: "b" })).toBe(true);
    expect(await client.getBooleanValue("demo.a", true, { targetingKey: "control" })).toBe(false);
    expect(await client.getStringValue("demo.a", "", { targetingKey: "b" })).toBe("b");
    expect(await client.getObjectValue("demo.a", {}, { targetingKey: "b" })).toEqual({
      variantId: "b",
      metadata: { colour: "green" },
      overrides,
    });
    expect(await client.getNumberDetails("demo.a", 7, { targetingKey: "b" })).toMatchObject({
      value: 7,
      errorCode: ErrorCode.TYPE_MISMATCH,
    });
  });

  test("maps reasons", async () => {
    const { client } = await clientOf(
      [
        valued("grey", "green"),
        twoArms("drawn"),
        twoArms("stuck", { allocation: { type: "sticky", attribute: "organizationId" } }),
        twoArms("over", { window: { endMs: 1 } }),
        twoArms("off"),
        twoArms("held", { holdout: { id: "h", share: 0.5 } }),
        twoArms("sliced", { layer: { id: "a/b/c", mode: "split", ranges: [{ from: 0, to: 1e-9 }] } }),
        twoArms("shown"),
      ],
      {},
      {
        now: () => 2,
        lifecycle: ({ meta }) => (meta.name === "off" ? "paused" : "active"),
        forcedVariant: ({ experiment }) => (experiment === "shown" ? "b" : null),
      },
    );
    const reasonOf = async (flag: string, context: object = vip) => (await client.getStringDetails(flag, "", { ...context })).reason;
    expect(await reasonOf("button")).toBe(reasons.TARGETING_MATCH);
    expect(await reasonOf("button", other)).toBe(reasons.DEFAULT);
    expect(await reasonOf("drawn")).toBe(reasons.SPLIT);
    expect(await reasonOf("stuck", { organizationId: "o-1" })).toBe(reasons.SPLIT);
    expect(await reasonOf("over")).toBe(reasons.DISABLED);
    expect(await reasonOf("off")).toBe(reasons.DISABLED);
    expect(await reasonOf("sliced")).toBe(reasons.DEFAULT);
    expect(await reasonOf("shown")).toBe(reasons.STATIC);
    const held = await Promise.all(Array.from({ length: 20 }, (_, id) => reasonOf("held", { targetingKey: `u-${id}` })));
    expect(new Set(held)).toEqual(new Set([reasons.DEFAULT, reasons.SPLIT]));
  });

  test("maps errors to codes, and leaves the caller's default", async () => {
    const { client } = await clientOf([valued(1, 2), twoArms("drawn"), twoArms("odd", { allocation: { type: "targeted", rules: [] } })]);
    const details = (flag: string, context: object) => client.getStringDetails(flag, "mine", { ...context });
    expect(await details("nowhere", vip)).toMatchObject({ value: "mine", reason: reasons.ERROR, errorCode: ErrorCode.FLAG_NOT_FOUND });
    expect(await details("drawn", {})).toMatchObject({ value: "mine", errorCode: ErrorCode.TARGETING_KEY_MISSING });
    expect(await details("drawn", { targetingKey: "" })).toMatchObject({ value: "mine", errorCode: ErrorCode.TARGETING_KEY_MISSING });
    expect(await details("button", vip)).toMatchObject({ value: "mine", errorCode: ErrorCode.TYPE_MISMATCH });
    expect(await details("drawn", { targetingKey: 7 })).toMatchObject({ value: "mine", errorCode: ErrorCode.INVALID_CONTEXT });
    const deep = JSON.parse(`${'{"a":'.repeat(30)}1${"}".repeat(30)}`) as object;
    expect(await details("drawn", { ...vip, deep })).toMatchObject({ errorCode: ErrorCode.INVALID_CONTEXT });
    // Rules without a draw need no unit.
    expect(await details("odd", {})).toMatchObject({ value: "control", reason: reasons.DEFAULT });
    const broken = await clientOf([], {
      evaluator: { chooseVariant: () => Promise.reject(new Error("down")) },
    });
    expect(await broken.client.getStringDetails("drawn", "mine", vip)).toMatchObject({ value: "mine", errorCode: ErrorCode.GENERAL });
  });

  test("deals as the evaluator does, with the targeting key as userId or as what it is said to be", async () => {
    const { client, evaluator } = await clientOf([twoArms("demo.a")]);
    await assertProperty(
      fc.asyncProperty(fc.string({ minLength: 1, unit: "binary" }), async (userId) => {
        const expected = await evaluator.chooseVariant({ experiment: "demo.a", userId });
        const details = await client.getStringDetails("demo.a", "", { targetingKey: userId });
        expect(details).toMatchObject({
          value: expected!.variant.id,
          variant: expected!.variant.id,
          flagMetadata: { bucket: expected!.bucket! },
        });
      }),
    );
    const posts = await clientOf([twoArms("demo.a", { unit: "post" })], { targetingUnit: "post" });
    const expected = posts.evaluator.chooseVariantSync({ experiment: "demo.a", unit: { type: "post", id: "p-1" } })!;
    expect(await posts.client.getStringDetails("demo.a", "", { targetingKey: "p-1" })).toMatchObject({
      value: expected.variant.id,
      flagMetadata: { unitType: "post", experiment: "demo.a", version: "1.0.0", inExperiment: true, reason: "random", hashVersion: "m3-1" },
    });
  });

  test("lets expressions read every field of the context, dates as epoch ms, and policies its flags", async () => {
    const { client } = await clientOf(
      [
        twoArms("demo.a", {
          allocation: {
            type: "targeted",
            rules: [
              {
                variantId: "b",
                expression: "context.attributes?.plan.seats > 3 && context.attributes?.since < 10",
                policy: { name: "p", version: 1 },
              },
            ],
          },
        }),
      ],
      {},
      { policyChecker: (_policy, { flags }) => flags?.includes("beta") === true },
    );
    const read = (flags: string[]) => client.getStringValue("demo.a", "", { plan: { seats: 5 }, since: new Date(9), flags });
    expect(await read(["beta"])).toBe("b");
    expect(await read([])).toBe("control");
  });

  test("L11: tells each unit's exposure once, when the value is read, and none on an error", async () => {
    const events: UnitExposed[] = [];
    const reporter = createExposureReporter({ sink: (event) => events.push(event) });
    const { client } = await clientOf([twoArms("demo.a")], { exposures: { reporter, now: () => 1_000 } });
    await client.getStringValue("demo.a", "", { targetingKey: "u-1" });
    await client.getStringValue("demo.a", "", { targetingKey: "u-1" });
    await client.getNumberValue("demo.a", 0, { targetingKey: "u-2" });
    await client.getStringValue("nowhere", "", { targetingKey: "u-1" });
    expect(events).toMatchObject([
      { type: "unitExposed", at: 1_000, experimentName: "demo.a", unit: { type: "userId", id: "u-1" }, inExperiment: true },
    ]);
  });

  test("tells exposures where the arm is shown if the service tracks them, and hands on other tracked events", async () => {
    const events: UnitExposed[] = [];
    const tracked: TrackedEvent[] = [];
    const reporter = createExposureReporter({ sink: (event) => events.push(event) });
    const { client } = await clientOf([twoArms("demo.a")], {
      exposures: { reporter, now: () => 5, on: "tracking" },
      onTrack: (event) => tracked.push(event),
    });
    await client.getStringValue("demo.a", "", { targetingKey: "u-1" });
    expect(events).toEqual([]);
    client.track(exposureTrackingEvent, { targetingKey: "u-1" }, { experiment: "demo.a" });
    client.track(exposureTrackingEvent, { targetingKey: "u-1" }, {});
    client.track("telemetry.completed", { targetingKey: "u-1" }, { value: 3, step: "last" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toMatchObject([{ variantId: expect.any(String), at: 5, unit: { id: "u-1" } }]);
    expect(tracked).toMatchObject([{ name: "telemetry.completed", context: { userId: "u-1" }, properties: { value: 3, step: "last" } }]);
  });
});
