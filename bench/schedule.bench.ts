// Plans of an agency: a batch experiment of two arms and twenty blocks for each of 1,000 accounts over four weeks in six zones, against a bare loop that
// shuffles arms over the same slots with one zone lookup each and looks at nothing else.
import { readFileSync } from "node:fs";
import { Temporal } from "temporal-polyfill";
import { parse } from "yaml";
import { readBrief } from "../src/domain/index.ts";
import { makeVariants } from "../src/intake/index.ts";
import { createRng } from "../src/random/index.ts";
import { compilePlan, readCalendar, planEvents, writeCalendar } from "../src/schedule/index.ts";
import { type BenchRow, compare } from "./support.ts";

const zones = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/Lisbon", "Pacific/Auckland"];
const accounts = 1000;

export async function rows(): Promise<BenchRow[]> {
  const base = readBrief(parse(readFileSync("examples/briefs/batch-hook.yaml", "utf8")));
  const inputs = Array.from({ length: accounts }, (_, at) => {
    const brief = {
      ...base,
      accounts: [{ id: `account-${at}`, platform: "instagram" as const }],
      exposurePlan: { ...base.exposurePlan, postsPerVariant: 20 },
      runWindow: { start: "2027-03-08T00:00", end: "2027-04-05T00:00", zone: zones[at % zones.length]! },
    };
    return { experimentId: `e${at}`, brief, variants: makeVariants(brief, `e${at}`), otherPosts: [] };
  });
  const plans = inputs.map((input, at) => compilePlan(input, createRng(`${at}`)));
  const posts = plans.reduce((sum, plan) => sum + plan.posts.length, 0);
  const slots = plans.map((plan) => plan.posts.map(({ slot, block }) => ({ wallTime: slot.wallTime, zone: slot.zone, block })));
  const [plan] = plans;
  const calendar = writeCalendar(planEvents(plan!), { name: "bench", stampMs: 0 });

  return [
    await compare({
      what: `compile plans, ${accounts} accounts x 4 weeks, ${posts} posts`,
      rival: "shuffle and one Temporal lookup for each post",
      ours: () => inputs.map((input, at) => compilePlan(input, createRng(`${at}`)).posts.length),
      theirs: () => slots.map((own) => bareLoop(own)),
      rounds: 3,
    }),
    await compare({
      what: "write and read a calendar of 40 posts",
      rival: "JSON.stringify and JSON.parse of the same events",
      ours: () => Array.from({ length: 100 }, () => readCalendar(calendar, "UTC", { fromMs: 0, untilMs: Infinity }).events.length),
      theirs: () => Array.from({ length: 100 }, () => JSON.parse(JSON.stringify(planEvents(plan!))) as unknown),
      rounds: 5,
    }),
  ];
}

function bareLoop(slots: readonly { wallTime: string; zone: string; block: string }[]): number {
  let sum = 0;
  let flip = 1;
  for (const { wallTime, zone } of slots) {
    flip = (flip * 16_807) % 2_147_483_647;
    sum += Temporal.PlainDateTime.from(wallTime).toZonedDateTime(zone).epochMilliseconds + (flip & 1);
  }
  return sum;
}
