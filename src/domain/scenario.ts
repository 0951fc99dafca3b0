// A world to try decision rules in: how posts vary, how experiments are laid out, what is true of the arms and what goes wrong. Every list spans a grid
// of cells. Defaults are the world of docs/operating-characteristics.md.
import { z } from "zod";
import { refuse } from "./issue.ts";
import { labelSchema } from "./scalars.ts";

const share = z.number().min(0).max(1);

/** Something that goes wrong on the way, never in what the audience does. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("swappedSlots").describe("posts of the first test arm go out six hours from their block's slot"),
    share,
  }),
  z.strictObject({ kind: z.literal("shift").describe("posts of the first test arm go out later"), hours: z.number().min(-24).max(24) }),
  z.strictObject({ kind: z.literal("halves").describe("control in the mornings, the first test arm in the evenings") }),
  z.strictObject({ kind: z.literal("loss").describe("posts of the first test arm are lost at this rate"), share }),
  z.strictObject({ kind: z.literal("throttle").describe("reach of every post is cut to this factor since launch"), factor: share }),
  z.strictObject({ kind: z.literal("leak").describe("posts carry the other arm's content"), posts: z.int().min(1) }),
  z.strictObject({
    kind: z.literal("lateCapture").describe("the first test arm is read at this multiple of the age"),
    ratio: z.number().min(1).max(10),
  }),
  z.strictObject({ kind: z.literal("swappedLanes").describe("posts of the first test arm go by another lane than planned"), share }),
]);
export type ScenarioFault = z.infer<typeof faultSchema>;

/** What differs between the arms, and with it what is counted and how it is decided. */
const scenarioVariables = ["hook", "slot", "lane", "reply"] as const;

const effectSchema = z.union([z.number().min(-10).max(10), z.array(z.number().min(-10).max(10)).min(1).max(3)]);

export const scenarioSchema = z
  .strictObject({
    name: labelSchema,
    world: z
      .strictObject({
        logSd: z.number().positive().max(10).default(1).describe("sd of a post's log proxies"),
        proxies: z.int().min(1).max(10).default(3),
        correlation: share.default(0.6).describe("between the proxies of a post"),
        viralShare: share.default(0.05).describe("posts that take off, on all proxies at once"),
        viralFactor: z.number().min(1).max(10_000).default(6),
        slotSd: z.number().min(0).max(10).default(0.5).describe("sd of the slots' log levels"),
        slots: z.int().min(1).max(28).default(4),
        clockSdHours: z.number().min(0).max(12).default(2).describe("sd of publish times around noon where posts are dealt at random"),
      })
      .prefault({}),
    variable: z
      .enum(scenarioVariables)
      .default("hook")
      .describe(
        "hook: posts; slot: posts of a week at different clock times; lane: publish attempts; reply: suggested replies, in blocks of post and day",
      ),
    unitsPerBlock: z.int().min(1).max(5).default(1).describe("attempts or replies of each arm in a block"),
    assignment: z.enum(["blocked", "random"]).default("blocked").describe("every arm once in each block, or each post's arm by itself"),
    arms: z.array(z.int().min(2).max(4)).min(1).default([2]).describe("control included"),
    blocks: z.array(z.int().min(3).max(60)).min(1).describe("planned posts per arm"),
    effects: z
      .array(effectSchema)
      .min(1)
      .describe("log units on every proxy: of the first test arm, or a list with one for each; test arms not named have none"),
    historyPosts: z.int().min(0).max(500).default(0).describe("earlier posts of the account, which some checks learn from"),
    failureRate: share.default(0).describe("of each attempt"),
    makeUp: z.boolean().default(true).describe("a failed post gets one more try in its block"),
    faults: z
      .array(faultSchema)
      .min(1)
      .default([{ kind: "none" }]),
  })
  .superRefine((scenario, context) => {
    scenario.effects.forEach((effect, at) => {
      if (Array.isArray(effect) && scenario.arms.some((arms) => effect.length > arms - 1))
        refuse(context, ["effects", at], `${effect.length} effects for fewer test arms`, "Give at most one effect for each test arm.");
    });
    const { variable } = scenario;
    const isOfUnits = variable === "lane" || variable === "reply";
    const refused: readonly (readonly [boolean, string, string, string])[] = [
      [
        variable !== "hook" && scenario.assignment === "random",
        "assignment",
        `a ${variable} experiment has blocks`,
        "Use blocked assignment.",
      ],
      [!isOfUnits && scenario.unitsPerBlock > 1, "unitsPerBlock", "a block has one post of each arm", "Leave unitsPerBlock out."],
      [isOfUnits && scenario.world.proxies !== 3, "world.proxies", `a ${variable} has three outcomes`, "Leave world.proxies out."],
      [
        isOfUnits && scenario.faults.some(({ kind }) => kind !== "none"),
        "faults",
        `no fault of a ${variable} experiment is simulated`,
        "Leave faults out.",
      ],
      [variable === "lane" && scenario.arms.some((arms) => arms > 3), "arms", "there are three lanes", "Use 2 or 3 arms."],
    ];
    for (const [isRefused, path, message, fix] of refused) if (isRefused) refuse(context, path.split("."), message, fix);
    if (scenario.assignment === "random" && scenario.blocks.some((blocks) => blocks < 6))
      refuse(context, ["blocks"], "posts dealt at random need at least 6 per arm", "Use 6 or more, or blocked assignment.");
  });
export type Scenario = z.infer<typeof scenarioSchema>;

/** One point of a scenario's grid. */
export interface ScenarioCell {
  /** The scenario's name with what varies in it, such as `note-2.5 N=8 effect=0.8`. */
  readonly name: string;
  readonly world: Scenario["world"];
  readonly variable: Scenario["variable"];
  readonly unitsPerBlock: number;
  readonly assignment: Scenario["assignment"];
  readonly arms: number;
  readonly blocks: number;
  /** Of each test arm against control, log units. */
  readonly effects: readonly number[];
  readonly historyPosts: number;
  readonly failureRate: number;
  readonly makeUp: boolean;
  readonly fault: ScenarioFault;
}

/** The cells of a scenario, in the order blocks, arms, faults, effects. */
export function scenarioCells(scenario: Scenario): ScenarioCell[] {
  const { name, world, variable, unitsPerBlock, assignment, historyPosts, failureRate, makeUp } = scenario;
  return scenario.blocks.flatMap((blocks) =>
    scenario.arms.flatMap((arms) =>
      scenario.faults.flatMap((fault) =>
        scenario.effects.map((effect) => ({
          name: [
            name,
            `N=${blocks}`,
            ...(scenario.arms.length > 1 || arms > 2 ? [`arms=${arms}`] : []),
            ...(fault.kind === "none" ? [] : [faultName(fault)]),
            `effect=${Array.isArray(effect) ? effect.join("/") : effect}`,
          ].join(" "),
          world,
          variable,
          unitsPerBlock,
          assignment,
          arms,
          blocks,
          effects: Array.from({ length: arms - 1 }, (_, at) => (Array.isArray(effect) ? effect[at] : at === 0 ? effect : 0) ?? 0),
          historyPosts,
          failureRate,
          makeUp,
          fault,
        })),
      ),
    ),
  );
}

/** Such as `loss=0.5`. */
export function faultName(fault: ScenarioFault): string {
  const [size] = Object.entries(fault).flatMap(([field, value]) => (field === "kind" ? [] : [value]));
  return size === undefined ? fault.kind : `${fault.kind}=${size}`;
}

/** True where every check passes by construction, so that none needs to be asked: posts in blocks, nothing fails, no history to be throttled against. */
export function isClean({ variable, assignment, failureRate, fault, historyPosts }: ScenarioCell): boolean {
  return variable === "hook" && assignment === "blocked" && failureRate === 0 && fault.kind === "none" && historyPosts === 0;
}
