// Assigning 20,000 units: ours against a bare GrowthBook-v2 hash-and-bucket loop, GrowthBook and PlanOut (assignment note, section 4).
import { GrowthBookClient } from "@growthbook/growthbook";
import planout from "planout";
import { compileExpression } from "../src/canon/index.ts";
import { type EvaluationRequest, ExperimentEvaluator, ExperimentRegistry, type ExperimentSpec } from "../src/spec/index.ts";
import { type BenchRow, compare } from "./support.ts";

const unitCount = 20_000;
const contexts = Array.from({ length: unitCount }, (_, index) => ({
  experiment: "demo.bench",
  userId: `user-${(index * 7919) % 1_000_003}`,
  attributes: { segment: index % 2 === 0 ? "vip" : "new", age: index % 80, country: "fr" },
}));
const noneMatch = [
  "context.attributes?.age > 900",
  "context.attributes?.segment === 'gone'",
  "context.attributes?.country === 'de'",
  "context.flags?.includes('x')",
  "context.attributes.age < 0",
];

function spec(more: Partial<ExperimentSpec> = {}): ExperimentSpec {
  return {
    meta: { name: "demo.bench", version: "1.0.0" },
    controlVariant: "control",
    variants: [
      { id: "control", name: "Control" },
      { id: "b", name: "B" },
    ],
    allocation: { type: "random" },
    ...more,
  };
}

function sync(experiment: ExperimentSpec, request?: EvaluationRequest, allow?: boolean): () => number {
  const policyChecker = allow === undefined ? undefined : (): boolean => allow;
  const evaluator = new ExperimentEvaluator({ registry: new ExperimentRegistry([experiment]), policyChecker });
  return () => {
    let tests = 0;
    for (const context of contexts) if (evaluator.chooseVariantSync(context, request)!.variant.id === "b") tests++;
    return tests;
  };
}

function asynchronous(experiment: ExperimentSpec): () => Promise<number> {
  const evaluator = new ExperimentEvaluator({ registry: new ExperimentRegistry([experiment]) });
  return async () => {
    let tests = 0;
    for (const context of contexts) if ((await evaluator.chooseVariant(context))!.variant.id === "b") tests++;
    return tests;
  };
}

/** The hash as GrowthBook's SDK writes it, and nothing else. */
function growthBookFnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at);
    hash += (hash << 1) + (hash << 4) + (hash << 7) + (hash << 8) + (hash << 24);
  }
  return hash >>> 0;
}

function bareLoop(): number {
  const cuts = [0.5, 1];
  let tests = 0;
  for (const { userId } of contexts) {
    const bucket = (growthBookFnv(String(growthBookFnv(`demo.bench${userId}`))) % 10_000) / 10_000;
    if (cuts.findIndex((cut) => bucket < cut) === 1) tests++;
  }
  return tests;
}

/** The server-side client, which takes the user with each call. */
function growthBookInline(): number {
  const client = new GrowthBookClient({ trackingCallback: () => undefined });
  let tests = 0;
  for (const { userId } of contexts) {
    const user = { attributes: { id: userId } };
    if (client.runInlineExperiment({ key: "demo.bench", variations: ["control", "b"], hashVersion: 2 }, user).value === "b") tests++;
  }
  return tests;
}

function growthBookFeature(rules: object[]): () => number {
  const client = new GrowthBookClient().initSync({ payload: { features: { demo: { defaultValue: "control", rules } } } });
  return () => {
    let tests = 0;
    for (const { userId, attributes } of contexts)
      if (client.evalFeature("demo", { attributes: { id: userId, ...attributes } }).value === "b") tests++;
    return tests;
  };
}

const draw = { variations: ["control", "b"], hashVersion: 2, key: "demo.bench" };

function planoutLoop(): number {
  const { Assignment, Ops } = planout;
  let tests = 0;
  for (const { userId } of contexts) {
    const assignment = new Assignment<{ arm: string }>("demo.bench");
    assignment.set("arm", new Ops.Random.UniformChoice({ choices: ["control", "b"], unit: userId }));
    if (assignment.get("arm") === "b") tests++;
  }
  return tests;
}

const targeted = (
  expressions: readonly string[],
  percentage?: number,
  policy?: boolean,
  fallback: "control" | "random" = "random",
): ExperimentSpec =>
  spec({
    allocation: {
      type: "targeted",
      rules: expressions.map((expression) => ({
        variantId: "b",
        expression,
        ...(percentage !== undefined && { percentage }),
        ...(policy === true && { policy: { name: "p", version: 1 } }),
      })),
      fallback,
    },
  });
const vip = ["context.attributes?.segment === 'vip'"];
const layered = spec({ holdout: { id: "h" }, layer: { id: "l", mode: "split", ranges: [{ from: 0, to: 0.9 }] } });

const askedNames = 100;

/**
 * Names asked for without a version, evenly spread over a registry. A hundred in turn, not one: where a single name falls in a hash table is luck
 * of the process, and moved the ratio between 1.0 and 2.5.
 */
function lookup(specCount: number, versionCount: number): () => number {
  const names = Array.from({ length: specCount }, (_, index) => `demo.experiment.${index}`);
  const asked = Array.from({ length: askedNames }, (_, index) => names[Math.floor((index * specCount) / askedNames)]!);
  const specs = names.map((name) => spec({ meta: { name, version: "1.0.0" } }));
  const versions = Array.from({ length: versionCount }, (_, index) =>
    spec({ meta: { name: asked[index % askedNames]!, version: index + 2 } }),
  );
  const registry = new ExperimentRegistry([...specs, ...versions]);
  return () => {
    let found = 0;
    for (let round = 0; round < 2_000_000; round++) if (registry.get(asked[round % askedNames]!) !== undefined) found++;
    return found;
  };
}

function expressionLoop(evaluate: (context: unknown) => unknown): () => number {
  return () => {
    let matches = 0;
    for (let round = 0; round < 10; round++) for (const context of contexts) if (evaluate(context)) matches++;
    return matches;
  };
}

const segmentIsVip = compileExpression(vip[0]!);
const nativeVip = (context: unknown): boolean => (context as (typeof contexts)[number]).attributes?.segment === "vip";

export async function rows(): Promise<BenchRow[]> {
  const bare = "bare gb-v2 loop";
  const against = (what: string, ours: () => unknown, target: number): Promise<BenchRow> =>
    compare({ what, rival: bare, ours, theirs: bareLoop, rounds: 15, target });
  const rival = (what: string, name: string, ours: () => unknown, theirs: () => unknown, target: number): Promise<BenchRow> =>
    compare({ what, rival: name, ours, theirs, rounds: 7, target });
  const random = sync(spec());
  const one = sync(targeted(vip, 0.5));
  // Like GrowthBook's rule, which draws nothing for units it does not match.
  const oneOrControl = sync(targeted(vip, 0.5, false, "control"));
  const five = sync(targeted(noneMatch));
  const sticky = sync(spec({ allocation: { type: "sticky", attribute: "userId" } }));
  return [
    await against("random, sync, full result", random, 1),
    await against("sticky, sync, full result", sticky, 1),
    await against("random with holdout and layer", sync(layered), 1.5),
    await against("targeted, 1 expression and gate", one, 1.5),
    await against("targeted, 1 expression and policy", sync(targeted(vip, undefined, true), undefined, true), 1.5),
    await against("targeted, 5 expressions, none match", five, 3.5),
    await against("random, async", asynchronous(spec()), 1.2),
    await against("random, with trace and propensity", sync(spec(), { trace: true, propensity: true }), 4),
    await rival("random, sync", "@growthbook/growthbook runInlineExperiment", random, growthBookInline, 1 / 4),
    await rival(
      "random with holdout and layer",
      "@growthbook/growthbook evalFeature, namespace",
      sync(layered),
      growthBookFeature([{ ...draw, namespace: ["l", 0, 0.9] }]),
      1 / 4,
    ),
    await rival(
      "1 expression and gate",
      "@growthbook/growthbook evalFeature, 1 condition",
      oneOrControl,
      growthBookFeature([{ ...draw, condition: { segment: "vip" }, coverage: 0.5 }]),
      1 / 4,
    ),
    await rival(
      "5 expressions, none match",
      "@growthbook/growthbook evalFeature, 5 conditions",
      five,
      growthBookFeature(
        [{ age: { $gt: 900 } }, { segment: "gone" }, { country: "de" }, { flag: "x" }, { age: { $lt: 0 } }]
          .map((condition) => ({ ...draw, condition }))
          .concat([draw as never]),
      ),
      1 / 5,
    ),
    await rival("random, sync", "planout UniformChoice", random, planoutLoop, 1),
    await rival("latest version, 10,000 specs", "100 specs", lookup(10_000, 0), lookup(askedNames, 0), 1.5),
    await rival("latest version, 1,000 specs", "100 specs", lookup(1_000, 0), lookup(askedNames, 0), 1.5),
    await rival("latest version, 100 specs of 100 versions", "100 specs of one", lookup(askedNames, 9_900), lookup(askedNames, 0), 1.5),
    await rival(
      "expression `context.attributes?.segment === 'vip'`",
      "the same in JavaScript",
      expressionLoop((context) => segmentIsVip.evaluate(context)),
      expressionLoop(nativeVip),
      16,
    ),
  ];
}
