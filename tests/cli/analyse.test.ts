import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../src/cli/commands/analyse.ts";
import { testFolder } from "../support/folder.ts";

interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** `expos` as a user starts it, without a terminal. */
function expos(...words: string[]): Promise<Ended> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, ["src/cli/main.ts", ...words], options, (error, out, err) =>
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
}

const good = "experiment,arm,units,successes,week\na,1,1000,100,201401\na,2,1010,150,201401\nb,1,5000,90,201402\nb,2,4000,99,201402\n";

describe("expos analyse", () => {
  test("prints one JSON document in the shape of the contract, and exits 0 also when experiments are invalid", async () => {
    const { exitCode, out, err } = await expos("analyse", testFolder().file("data.csv", good), "--json");
    expect(exitCode).toBe(0);
    expect(err).toBe("");
    const { experiments, fleet } = JSON.parse(out) as { experiments: Record<string, unknown>[]; fleet: unknown };
    const number = expect.any(Number);
    const arm = (id: string) => ({
      id,
      units: number,
      successes: number,
      rate: number,
      interval: [number, number],
      pBest: number,
      expectedLoss: number,
    });
    for (const experiment of experiments)
      expect(experiment).toMatchObject({
        id: expect.any(String),
        week: number,
        arms: [arm("1"), arm("2")],
        validity: {
          verdict: expect.stringMatching(/^(pass|invalid)$/),
          checks: [
            {
              checkId: "SRM",
              p: number,
              logP: number,
              statistic: number,
              exactness: "asymptotic",
              effect: number,
              verdict: expect.any(String),
            },
          ],
        },
        outcome: { p: number, logP: number, statistic: number, df: 1 },
        variables: { varied: [], class: "none" },
        best: "2",
      });
    expect(fleet).toMatchObject({
      experiments: 2,
      invalid: 1,
      byWeek: [
        { week: 201401, n: 1, invalid: 0, share: 0, alarm: false },
        { week: 201402, n: 1, invalid: 1, share: 1, alarm: false },
      ],
    });
  });

  test("writes the report where it is told, and again over its own", async () => {
    const folder = testFolder();
    const out = join(folder.path, "report");
    const data = folder.file("data.csv", good);
    for (let time = 0; time < 2; time++) {
      const { exitCode, out: text } = await expos("analyse", data, "--out", out);
      expect(exitCode).toBe(0);
      expect(text).toContain("2 experiments");
    }
    expect(readdirSync(out).toSorted()).toEqual([".expos-output.json", "report.html", "report.json", "report.md"]);
  });

  test("L12: refuses with exit 1, the error as JSON, and nothing written", async () => {
    const folder = testFolder();
    const out = join(folder.path, "report");
    const { exitCode, out: text } = await expos("analyse", folder.file("data.csv", good.replace("150", "1500")), "--out", out, "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(text)).toMatchObject({
      error: {
        code: "successes-above-units",
        path: expect.stringContaining("data.csv: row 2, column successes"),
        message: expect.any(String),
        fix: expect.any(String),
        value: '"1500 of 1010"',
      },
    });
    expect(existsSync(out)).toBe(false);
  });

  test("tells misuse from refusal", async () => {
    expect((await expos("analyse")).exitCode).toBe(2);
    expect((await expos("analyse", "x.csv", "--nonsense")).exitCode).toBe(2);
    const missing = await expos("analyse", "x.csv");
    expect(missing.exitCode).toBe(1);
    expect(missing.err).toContain("file-missing at x.csv");
  });

  test("draws its one line of progress for a terminal only, and clears it", async () => {
    const data = testFolder().file("data.csv", good);
    const lines: string[] = [];
    const io = (interactive: boolean) => ({ err: (text: string) => void lines.push(text), interactive });
    await run({ source: data }, io(false));
    expect(lines).toEqual([]);
    await run({ source: data }, io(true));
    expect(lines[0]).toContain("2 done");
    expect(lines.at(-1)).toBe("\r\u001B[2K");
    expect(lines.join("")).not.toContain("\n");
  });
});
