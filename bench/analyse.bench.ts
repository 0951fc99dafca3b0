// The main job on the Upworthy file: read, group, test. Against what a user might write instead: a loop over the same CSV in JavaScript, and
// SQLite for the grouping. All three give the same ratio and outcome p-values, which is checked before anything is timed.
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { sampleRatio } from "../src/erm/index.ts";
import { armTotalsFigures } from "../src/decision/index.ts";
import { createRng } from "../src/random/index.ts";
import { analyse, type ArmTotalsAnalysis, readMapping } from "../src/report/index.ts";
import { dataset } from "../tests/support/datasets.ts";
import { type BenchRow, compare } from "./support.ts";

const content = ["headline", "eyecatcher_id", "lede", "excerpt"] as const;
const rng = createRng("bench");

interface Judged {
  readonly id: string;
  readonly ratioP: number | null;
  readonly outcomeP: number | null;
  readonly varied: number;
}

function judge(id: string, arms: readonly { units: number; successes: number }[], varied: number): Judged {
  const { p } = sampleRatio({ units: arms.map(({ units }) => units), weights: arms.map(() => 1), rng });
  return { id, ratioP: p, outcomeP: armTotalsFigures(arms).outcome.p, varied };
}

export async function rows(): Promise<BenchRow[]> {
  const path = dataset("upworthy", "packages.csv.gz");
  const mapping = readMapping("examples/maps/upworthy.yaml");
  const ours = async (): Promise<Judged[]> =>
    ((await analyse(path, { mapping })) as ArmTotalsAnalysis).experiments.map(({ id, validity, outcome, variables }) => ({
      id,
      ratioP: validity.checks[0]!.p,
      outcomeP: outcome.p,
      varied: variables.varied.length,
    }));
  const expected = JSON.stringify(await ours());
  for (const [name, rival] of [
    ["the loop", () => inOneLoop(path)],
    ["node:sqlite", () => inSqlite(path)],
  ] as const)
    if (JSON.stringify(rival()) !== expected) throw new Error(`${name} does not give the same answers`);
  const what = "analyse, 15,507 arms of 3,330 experiments (.csv.gz)";
  return [
    await compare({
      what,
      rival: "a loop over the CSV in JavaScript",
      ours,
      theirs: () => inOneLoop(path),
      note: "ours also checks every row",
    }),
    await compare({ what, rival: "node:sqlite, grouped in SQL", ours, theirs: () => inSqlite(path) }),
  ];
}

type Cells = Record<string, string>;

function inOneLoop(path: string): Judged[] {
  const experiments = new Map<string, { arms: { units: number; successes: number }[]; texts: Set<string>[] }>();
  for (const row of csvRows(path)) {
    let experiment = experiments.get(row["test_id"]!);
    if (experiment === undefined) experiments.set(row["test_id"]!, (experiment = { arms: [], texts: content.map(() => new Set()) }));
    experiment.arms.push({ units: Number(row["impressions"]), successes: Number(row["clicks"]) });
    content.forEach((name, index) => experiment.texts[index]!.add(row[name]!));
  }
  return [...experiments].map(([id, { arms, texts }]) => judge(id, arms, texts.filter((set) => set.size > 1).length));
}

function inSqlite(path: string): Judged[] {
  const database = new DatabaseSync(":memory:");
  database.exec("create table arm (test_id text, impressions int, clicks int, headline text, eyecatcher_id text, lede text, excerpt text)");
  const insert = database.prepare("insert into arm values (?, ?, ?, ?, ?, ?, ?)");
  database.exec("begin");
  for (const row of csvRows(path))
    insert.run(row["test_id"]!, Number(row["impressions"]), Number(row["clicks"]), ...content.map((name) => row[name]!));
  database.exec("commit");
  const varied = content.map((name) => `(min(${name}) <> max(${name}))`).join(" + ");
  const groups = database
    .prepare(
      `select test_id, json_group_array(json_object('units', impressions, 'successes', clicks) order by rowid) as arms, ${varied} as varied
       from arm group by test_id order by min(rowid)`,
    )
    .all() as { test_id: string; arms: string; varied: number }[];
  database.close();
  return groups.map(({ test_id, arms, varied }) => judge(test_id, JSON.parse(arms) as { units: number; successes: number }[], varied));
}

/** Rows of a gzipped CSV with quotes, as a careful person would write it by hand. */
function* csvRows(path: string): Generator<Cells> {
  const text = gunzipSync(readFileSync(path)).toString("utf8");
  let header: string[] | undefined;
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      let end = at + 1;
      while (true) {
        end = text.indexOf('"', end);
        if (text[end + 1] !== '"') break;
        end += 2;
      }
      field = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      let end = at;
      while (end < text.length && text[end] !== "," && text[end] !== "\n") end++;
      field = text.slice(at, end);
      at = end;
    }
    fields.push(field);
    if (text[at++] === ",") continue;
    if (header === undefined) header = fields;
    else yield Object.fromEntries(header.map((name, index) => [name, fields[index]!]));
    fields = [];
  }
}
