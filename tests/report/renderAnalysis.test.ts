import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { type Mapping, mappingSchema, parseWith } from "../../src/domain/index.ts";
import { analyse, type Analysis, renderAnalysis } from "../../src/report/index.ts";
import { testFolder } from "../support/folder.ts";

const mapping = (document: object): Mapping => parseWith(mappingSchema, { version: 1, ...document }, { code: "test-mapping" });

async function fleetOf(weeks: number, brokenFrom: number): Promise<Analysis> {
  const lines = Array.from({ length: weeks * 10 }, (_, experiment) => {
    const week = 202401 + Math.floor(experiment / 10);
    const units = week - 202401 >= brokenFrom ? [5000, 4000] : [5000, 4980];
    return `<e${experiment}>,a|1,${units[0]},100,${week},x\n<e${experiment}>,b|2,${units[1]},160,${week},y\n`;
  });
  const path = testFolder().file("data.csv", `experiment,arm,units,successes,week,text\n${lines.join("")}`);
  const columns = { experiment: "experiment", arm: "arm", units: "units", successes: "successes", week: "week", content: ["text"] };
  return analyse(path, { mapping: mapping({ kind: "armTotals", title: "Tests & <trials>", columns }) });
}

/** As much of a parsed page as is looked at here. */
interface Parsed {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Parsed | null;
  querySelectorAll(selector: string): Iterable<Parsed> & { readonly length: number };
}

describe("a report on experiments", () => {
  let made: Promise<{ analysis: Analysis; html: string }> | undefined;
  /** The same report for every test; made by the first that asks. */
  const report = () => (made ??= fleetOf(20, 15).then(async (analysis) => ({ analysis, html: await renderAnalysis(analysis, "html") })));

  test("as HTML is one page that fetches nothing and runs nothing", async () => {
    const { html } = await report();
    expect(html).not.toMatch(/<script|<link|@import|url\(|src=/i);
    expect(html.match(/https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
    expect(html).toContain("prefers-color-scheme: dark");
  });

  test("escapes what comes from the data", async () => {
    const { html } = await report();
    expect(html).not.toMatch(/<e\d|<trials>/);
    expect(html).toContain("Tests &amp; &lt;trials&gt;");
    expect(html).toContain("&lt;e199&gt;");
  });

  test("draws every picture with labelled axes, in colours of the page", async () => {
    const { html } = await report();
    const { document } = parseHTML(html) as unknown as { document: Parsed };
    const pictures = [...document.querySelectorAll("figure svg")];
    expect(pictures.map((svg) => svg.getAttribute("aria-label"))).toEqual([
      "Share of invalid experiments by week; alarmed weeks are marked",
      "Histogram: p-value of the ratio check",
      "Histogram: p-value of the outcome test",
    ]);
    for (const svg of pictures) {
      expect(svg.querySelector('[aria-label="x-axis label"]')?.textContent).toMatch(/\w/);
      expect(svg.querySelector('[aria-label="y-axis label"]')?.textContent).toMatch(/\w/);
      for (const mark of svg.querySelectorAll("[fill], [stroke]"))
        for (const colour of [mark.getAttribute("fill"), mark.getAttribute("stroke")])
          expect(colour ?? "none").toMatch(/^(none|currentColor|var\(--\w+\))$/);
    }
    const [fleet] = pictures;
    expect(fleet?.querySelectorAll('[aria-label="bar"] rect').length).toBe(20);
    expect(fleet?.querySelectorAll('[aria-label="dot"] path').length).toBe(5);
  });

  test("says in which weeks the randomiser broke, in every format", async () => {
    const { analysis } = await report();
    for (const format of ["html", "md", "text"] as const)
      expect(await renderAnalysis(analysis, format)).toContain("Alarm in 5 of 20 weeks: 202416 to 202420");
    expect(analysis.fleet.byWeek.filter(({ alarm }) => alarm).map(({ week }) => week)).toEqual([202416, 202417, 202418, 202419, 202420]);
  });

  test("lists a stated part of many experiments, and leaves no winner to the invalid ones", async () => {
    const { analysis } = await report();
    const markdown = await renderAnalysis(analysis, "md");
    expect(markdown).toContain("Invalid, the worst splits first (all 50)");
    expect(markdown).toContain("Valid, decided ones first (50 of 150 shown)");
    expect(markdown).toContain("b\\|2");
    const invalid = markdown.slice(markdown.indexOf("**Invalid"), markdown.indexOf("**Valid"));
    expect(invalid).not.toMatch(/ship|best|Leading/);
  });

  test("as JSON is the document itself", async () => {
    const { analysis } = await report();
    expect(JSON.parse(await renderAnalysis(analysis, "json"))).toEqual(JSON.parse(JSON.stringify(analysis)));
  });
});

test("ids with control characters cannot steer a terminal", async () => {
  const path = testFolder().file("data.csv", "post,kind,likes\n1,\u001B[31mred,3\n");
  const analysis = await analyse(path, {
    mapping: mapping({ kind: "snapshots", design: "observational", columns: { unit: "post", group: "kind", metrics: ["likes"] } }),
  });
  expect(await renderAnalysis(analysis, "text")).not.toContain("\u001B");
});
