// A whole brief from a few answers: proxies of the surface, guardrails, cells, stop conditions and a window that the check accepts. What is
// filled in is a beginning to be read and changed, never a hidden default.
import { capacityOf } from "../catalogue/index.ts";
import {
  type Brief,
  type BriefInput,
  type Content,
  type ContentPatch,
  dateOf,
  dayNumberOf,
  DomainError,
  experimentTypes,
  type ExperimentTypeFacts,
  needsPerson,
  platformOf,
  type Proxy,
  type Surface,
  surfaces as surfaceFacts,
  type VariableName,
} from "../domain/index.ts";
import { betterDirection, isNumber, metricsOf, ownOutcomes, standsFor } from "./metrics.ts";

export interface BriefAnswers {
  readonly name: string;
  readonly clientId: string;
  readonly clientTags?: readonly string[];
  readonly experimentType: Brief["experimentType"];
  readonly surface: Surface;
  readonly account: string;
  readonly hypothesis: string;
  readonly variable: Exclude<VariableName, "blueprint">;
  /** What control says, shows or does in the variable under test: a text, tags with spaces between, a path, a format, a lane or a cell. */
  readonly control: string;
  /** The same for each test. */
  readonly tests: readonly string[];
  /** The rest of the post, the same for all. */
  readonly parts?: Readonly<Partial<Record<"hook" | "body" | "cta" | "title", string>>>;
  readonly lane?: Content["lane"];
  readonly postsPerVariant?: number;
  /** `2027-03-01`. */
  readonly startDate: string;
  readonly zone: string;
  readonly approvalLevel?: Brief["approvalLevel"];
}

/** @returns a brief as one writes it. It is not checked here; give it to `checkBrief`. @throws DomainError `draft-impossible` for a blueprint. */
export function draftBrief(answers: BriefAnswers): BriefInput {
  const { experimentType, surface, variable, lane = experimentType === "engagement" ? "browser" : "api", startDate, zone } = answers;
  const facts: ExperimentTypeFacts = experimentTypes[experimentType];
  const postsPerVariant = answers.postsPerVariant ?? defaultPosts[experimentType];
  const platform = platformOf(surface);
  const content: BriefInput["control"]["content"] = {
    parts: { ...answers.parts },
    lane,
    ...(surfacesWithVideo.includes(surface) && variable !== "format" && experimentType !== "engagement" && { format: "video" }),
  };
  const control = { id: "control", content: withValue(content, patchOf(variable, answers.control)) };
  const testVariants = answers.tests.map((value, at) => ({
    id: answers.tests.length === 1 ? "test" : `test-${at + 1}`,
    patch: patchOf(variable, value),
  }));
  const isManned = [lane, ...(variable === "lane" ? [answers.control, ...answers.tests] : [])].some((one) =>
    needsPerson(one as Content["lane"]),
  );
  const exposurePlan = { postsPerVariant, cells: defaultCells };
  const accounts = [{ id: answers.account, platform }];
  return {
    name: answers.name,
    clientId: answers.clientId,
    ...(answers.clientTags !== undefined && answers.clientTags.length > 0 && { clientTags: [...answers.clientTags] }),
    experimentType,
    platforms: [platform],
    surfaces: [surface],
    accounts,
    hypothesis: answers.hypothesis,
    variableUnderTest: variable,
    control,
    testVariants,
    successProxies: defaultProxies(experimentType, surface, variable),
    guardrails: [
      guardrail("login-challenge", "account", "loginChallenge", 1, { hours: 24 }),
      guardrail("account-restricted", "account", "accountRestricted", 1, { hours: 24 }),
      guardrail("publish-failures", "publish", "failures", 3, { attempts: 10 }),
    ],
    exposurePlan,
    runWindow: { start: `${startDate}T00:00`, end: `${endDate()}T00:00`, zone },
    stopConditions: [
      { kind: "guardrailBreach" },
      { kind: "publishFailures", failuresMin: 3, attempts: 10 },
      { kind: "invalid" },
      ...(postsPerVariant >= 7 ? [{ kind: "harm" as const }, { kind: "futility" as const }] : []),
    ],
    approvalLevel:
      answers.approvalLevel ??
      (facts.approvalLevels[0] === "auto" && (isManned || answers.clientTags?.includes("regulated") === true)
        ? "review"
        : facts.approvalLevels[0]!),
  };

  /**
   * The day the last post would be in with every slot used, twice over, as blocks leave slots empty; in whole weeks. A slot test is blocked by
   * week and gets a week for each block.
   */
  function endDate(): string {
    const plan = { ...exposurePlan, cadence: {}, jitterShare: 0.15, makeUpsPerBlock: 1 };
    const runWindow = { start: `${startDate}T00:00`, end: `${startDate}T00:01`, zone };
    const { fullOn } = capacityOf(
      { exposurePlan: plan, runWindow, accounts, surfaces: [surface] },
      2 * postsPerVariant * (1 + answers.tests.length),
    );
    const daysMin = 7 * (variable === "slot" ? Math.max(2, postsPerVariant) : 2);
    const first = dayNumberOf(startDate);
    const daysNeeded = fullOn === undefined ? daysMax : dayNumberOf(fullOn) + 1 - first;
    return dateOf(first + 7 * Math.ceil(Math.min(daysMax, Math.max(daysMin, daysNeeded)) / 7));
  }
}

/** A window that nobody would wait for is left for the check to speak about. */
const daysMax = 53 * 7;

const defaultPosts = { micro: 4, batch: 8, engagement: 12, lane: 8 } as const satisfies Record<Brief["experimentType"], number>;

const surfacesWithVideo: readonly Surface[] = ["instagram.reels", "tiktok.video", "youtube.shorts", "youtube.long", "facebook.reels"];

const workdays = ["mon", "tue", "wed", "thu", "fri"] as const;
const defaultCells: BriefInput["exposurePlan"]["cells"] = [
  { cell: "weekday-noon", weekdays: [...workdays], from: "12:00", to: "13:30" },
  { cell: "weekday-evening", weekdays: [...workdays], from: "18:30", to: "20:00" },
  { cell: "weekend-morning", weekdays: ["sat", "sun"], from: "10:00", to: "11:30" },
  { cell: "weekend-evening", weekdays: ["sat", "sun"], from: "18:30", to: "20:00" },
];

type Guardrails = NonNullable<BriefInput["guardrails"]>;

function guardrail(
  id: string,
  source: "account" | "publish",
  statistic: string,
  threshold: number,
  window: Guardrails[number]["window"],
): Guardrails[number] {
  return { id, source, statistic, comparator: ">=", threshold, window, grace: { hours: 0 }, minPosts: 0, action: "pause", resume: "human" };
}

function patchOf(variable: BriefAnswers["variable"], value: string): ContentPatch {
  switch (variable) {
    case "hook":
      return { parts: { hook: value } };
    case "caption":
      return { parts: { body: value } };
    case "cta":
      return { parts: { cta: value } };
    case "title":
      return { parts: { title: value } };
    case "reply":
      return { parts: { reply: value } };
    case "hashtags":
      return { parts: { hashtags: value.split(/[\s,]+/).flatMap((tag) => (tag === "" ? [] : [tag.replace(/^#/, "")])) } };
    case "cover":
      return { cover: { path: value } };
    case "audio":
      return { media: { audio: { path: value } } };
    case "format":
      return { format: value };
    case "lane":
      return { lane: value as Content["lane"] };
    case "slot":
      return { slotCell: value };
    default:
      // A program without types may ask for a blueprint.
      throw new DomainError({
        code: "draft-impossible",
        path: "variable",
        message: `${String(variable satisfies never)} cannot be drafted from one value a variant`,
        fix: "Write the brief by hand; for the shape: expos schema brief.",
      });
  }
}

/** Control with its value in the variable under test, which is a patch like any other. */
function withValue(content: BriefInput["control"]["content"], patch: ContentPatch): BriefInput["control"]["content"] {
  return {
    ...content,
    ...patch,
    parts: { ...content.parts, ...patch.parts },
  } as BriefInput["control"]["content"];
}

/** What stands for each kind, the most telling first (platforms note 2.5). */
const preferred: Readonly<Record<"retention" | "conversation" | "distribution" | "exposure", readonly string[]>> = {
  retention: ["skipRate3s", "completionRate", "avgViewPct", "avgWatchMs", "totalWatchMs"],
  conversation: ["comments", "replies", "quotes"],
  distribution: ["shares", "reposts", "saves"],
  exposure: ["engagedViews", "views", "reach", "impressions"],
};

function defaultProxies(experimentType: Brief["experimentType"], surface: Surface, variable: VariableName): BriefInput["successProxies"] {
  if (experimentType === "engagement")
    return [
      own("accepted_as_is", "operational", "binary", ownOutcomes.engagement.accepted_as_is),
      own("meaningful_reply", "conversation", "binary", ownOutcomes.engagement.meaningful_reply),
      own("reply_depth", "conversation", "ordinal", ownOutcomes.engagement.reply_depth),
    ];
  if (experimentType === "lane")
    return [
      own("publish_success", "operational", "binary", ownOutcomes.lane.publish_success),
      own("minutes_to_live", "operational", "value", ownOutcomes.lane.minutes_to_live),
    ];
  const metrics = metricsOf(surface).filter((metric) => isNumber(metric) && betterDirection(metric) !== undefined);
  const exposureMetric = surfaceFacts[surface].exposureMetrics.find((name) =>
    metrics.some(({ native }) => native.split(".").at(-1) === name),
  );
  const pick = (kind: keyof typeof preferred) =>
    preferred[kind].flatMap((canonical) => metrics.filter((metric) => metric.canonical === canonical && standsFor(metric) === kind));
  const chosen = [...pick("retention").slice(0, 1), ...pick("conversation").slice(0, 1), ...pick("distribution").slice(0, 1)];
  const spare = [...pick("retention"), ...pick("exposure")].filter((metric) => !chosen.includes(metric));
  return [...chosen, ...spare.slice(0, Math.max(0, 2 - chosen.length))].map((metric, at) => {
    const kind = standsFor(metric) as Proxy["kind"] | "exposure";
    const isRate = metric.kind === "count" && kind !== "exposure" && exposureMetric !== undefined;
    return {
      metric: metric.native,
      kind: kind === "exposure" ? "distribution" : kind,
      direction: betterDirection(metric)!,
      ...(isRate
        ? { scale: "rate" as const, exposureMetric }
        : { scale: metric.kind === "count" ? ("count" as const) : ("value" as const) }),
      // The first three seconds are what a hook is about.
      ...(at === 0 && variable === "hook" && kind === "retention" && { weight: 2 }),
    };
  });
}

function own(
  metric: string,
  kind: Proxy["kind"],
  scale: "binary" | "ordinal" | "value",
  direction: Proxy["direction"],
): BriefInput["successProxies"][number] {
  return { metric, kind, direction, scale };
}
