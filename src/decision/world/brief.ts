// The brief of a simulated experiment: what its variable, arms, blocks and outcomes are.
import { type Brief, briefSchema, type ScenarioCell } from "../../domain/index.ts";
import { armIds, decisionAgeHours, laneOf, slotCellOf } from "./plannedPost.ts";

const briefs = new Map<string, Brief>();

/** Parsed once: it depends on variable, arms, units and proxies alone. */
export function briefOf(cell: ScenarioCell): Brief {
  const { variable, arms, blocks, unitsPerBlock, world } = cell;
  const key = [variable, arms, blocks * unitsPerBlock, world.proxies].join("/");
  let brief = briefs.get(key);
  if (brief === undefined) {
    brief = briefSchema.parse({
      name: "synthetic experiment",
      clientId: "world",
      experimentType: variable === "lane" ? "lane" : variable === "reply" ? "engagement" : "batch",
      platforms: ["instagram"],
      surfaces: ["instagram.reels"],
      accounts: [{ id: "account", platform: "instagram" }],
      hypothesis: "The test arm does better than control.",
      variableUnderTest: variable,
      control: { id: "control", content: contentOf(cell) },
      testVariants: armIds.slice(1, arms).map((id, at) => ({ id, patch: patchOf(cell, id, at + 1) })),
      successProxies: proxiesOf(cell),
      decisionAgeHours,
      guardrails: [policyWarning, ...(variable === "lane" ? [laneFailures] : [])],
      exposurePlan: {
        postsPerVariant: blocks * unitsPerBlock,
        cells: armIds.slice(0, variable === "slot" ? arms : 1).map((_, arm) => ({
          cell: slotCellOf(cell, arm),
          weekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
          from: "00:00",
          to: "23:59",
        })),
      },
      runWindow: { start: "2027-03-01T00:00", end: "2028-06-01T00:00", zone: "UTC" },
      stopConditions: [{ kind: "invalid" }],
      approvalLevel: "manual",
    });
    briefs.set(key, brief);
  }
  return brief;
}

function contentOf(cell: ScenarioCell) {
  const lane = laneOf(cell, 0);
  switch (cell.variable) {
    case "hook":
    case "lane":
      return { parts: { hook: "control" }, lane };
    case "slot":
      return { parts: { hook: "control" }, lane, slotCell: slotCellOf(cell, 0) };
    case "reply":
      return { parts: { reply: "control" }, lane };
    default:
      return cell.variable satisfies never;
  }
}

function patchOf(cell: ScenarioCell, id: string, arm: number) {
  switch (cell.variable) {
    case "hook":
      return { parts: { hook: id } };
    case "slot":
      return { slotCell: slotCellOf(cell, arm) };
    case "lane":
      return { lane: laneOf(cell, arm) };
    case "reply":
      return { parts: { reply: id } };
    default:
      return cell.variable satisfies never;
  }
}

function proxiesOf({ variable, world }: ScenarioCell) {
  switch (variable) {
    case "hook":
    case "slot":
      return Array.from({ length: world.proxies }, (_, proxy) => ({
        metric: `proxy${proxy + 1}`,
        kind: "distribution",
        direction: "increase",
        scale: "count",
      }));
    case "lane":
      return [
        { metric: "publish_success", kind: "operational", direction: "increase", scale: "binary" },
        { metric: "minutes_to_live", kind: "operational", direction: "decrease", scale: "value" },
        { metric: "operator_minutes", kind: "operational", direction: "decrease", scale: "value" },
      ];
    case "reply":
      return [
        { metric: "accepted_as_is", kind: "operational", direction: "increase", scale: "binary" },
        { metric: "meaningful_reply", kind: "conversation", direction: "increase", scale: "binary" },
        { metric: "reply_depth", kind: "conversation", direction: "increase", scale: "ordinal" },
      ];
    default:
      return variable satisfies never;
  }
}

const policyWarning = {
  id: "policy-warning",
  source: "account",
  statistic: "policyWarning",
  comparator: ">=",
  threshold: 1,
  window: { hours: 72 },
  grace: { hours: 0 },
  minPosts: 0,
  action: "pause",
  resume: "human",
};
/** Acts as the harm rule of each lane. */
const laneFailures = {
  ...policyWarning,
  id: "lane-failures",
  source: "publish",
  statistic: "failureShare",
  threshold: 0.3,
  window: { attempts: 10 },
  minPosts: 5,
};
