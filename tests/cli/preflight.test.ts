import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { run } from "../../src/cli/commands/preflight.ts";
import { type PreflightReport, preflightReportSchema } from "../../src/domain/index.ts";
import { edited, exampleBriefs, exampleInput, writtenBrief } from "../domain/briefs.ts";
import { testFolder } from "../support/folder.ts";
import { documentOf, printed } from "../support/printed.ts";

const nowMs = Date.UTC(2027, 0, 10);

/** A folder with a brief about real clips. */
function project(change: (brief: Record<string, unknown>) => Record<string, unknown> = (brief) => brief) {
  const folder = testFolder();
  cpSync("tests/fixtures/media", join(folder.path, "assets"), { recursive: true });
  let brief = writtenBrief("micro-hook");
  brief = edited(brief, ["control", "content", "media"], { renditions: [{ path: "faststart.mp4" }] });
  brief = edited(brief, ["testVariants", 0, "patch"], { parts: { hook: "It rode again yesterday. Two years ago it was in a river." } });
  const file = folder.file("brief.yaml", stringify(change(brief)));
  return { file, assets: join(folder.path, "assets"), folder };
}
const hook = (text: string) => (brief: Record<string, unknown>) => edited(brief, ["control", "content", "parts", "hook"], text);
const ruleIds = (report: PreflightReport) =>
  report.guards.flatMap(({ issues }) => issues.map(({ ruleId, verdict }) => `${ruleId} ${verdict}`));

describe("expos preflight", () => {
  test("prints one document in the shape of the contract, for every example brief", async () => {
    for (const name of exampleBriefs) {
      const report = await documentOf<PreflightReport>(() => run(`examples/briefs/${name}.yaml`, { nowMs }));
      expect(preflightReportSchema.parse(report)).toEqual(report);
      expect(report.guards).toHaveLength(5);
    }
  });

  test("takes the guards' whole input, and refuses the broken one with its path", async () => {
    const report = await documentOf<PreflightReport>(() => run("examples/inputs/preflight-input.valid.json", {}));
    expect(report.experimentId).toBe("aurora-hook-01");
    expect(report.asOf).toBe((exampleInput("preflight-input", "valid") as { nowMs: number }).nowMs);
    const { exitCode, out } = await printed(() => run("examples/inputs/preflight-input.broken.json", {}), true);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: {
        code: "preflight-input-invalid",
        path: "preflight-input.broken.json: meta.post.materialConnection",
        fix: expect.any(String),
      },
    });
  });

  test("opens the files of the asset folder and pins their bytes", async () => {
    const { file, assets } = project();
    const report = await documentOf<PreflightReport>(() => run(file, { assets, nowMs }));
    expect(ruleIds(report)).not.toContain("format.media.unread unverified");
    expect(report.guards[2]!.versions["prober"]).toContain("mediabunny");
    expect(ruleIds(report).filter((id) => id.startsWith("format."))).toEqual([]);
  });

  test("a block exits 1 with the whole document, and says everything at once", async () => {
    const { file, assets } = project(hook("Guaranteed returns for every rider. Tag 3 friends!"));
    const report = await documentOf<PreflightReport>(() => run(file, { assets, nowMs }), 1);
    expect(report.verdict).toBe("block");
    expect(ruleIds(report)).toEqual(expect.arrayContaining(["fin.guaranteed-return block", "manipulation.engagement-bait warn"]));
  });

  test("explains itself to a person: what, where, why, what to do", async () => {
    const { file, assets } = project(hook("Guaranteed returns for every rider."));
    const { exitCode, out } = await printed(() => run(file, { assets, nowMs }), false);
    expect(exitCode).toBe(1);
    expect(out).toContain("brief.yaml: block");
    expect(out).toContain('rust-first  parts.hook  "Guaranteed returns" [0-18]');
    expect(out).toContain("fix: State that value can fall and drop the guarantee");
    expect(out).toContain("after: FINRA 2210(d)(1)(B),(F)");
    expect(out).toMatch(/RiskScan +block/);
  });

  test("a cut clip blocks, and so do other bytes than the brief states", async () => {
    const { file, assets } = project();
    const clip = readFileSync(join(assets, "faststart.mp4"));
    writeFileSync(join(assets, "faststart.mp4"), clip.subarray(0, clip.length - 2000));
    expect(ruleIds(await documentOf<PreflightReport>(() => run(file, { assets, nowMs }), 1))).toContain("format.media.unreadable block");
    const stated = project((brief) => edited(brief, ["control", "content", "media", "renditions", 0, "sha256"], "a".repeat(64)));
    expect(ruleIds(await documentOf<PreflightReport>(() => run(stated.file, { assets: stated.assets, nowMs }), 1))).toContain(
      "format.media.hash block",
    );
  });

  test.each<[string, string, string, (brief: Record<string, unknown>) => Record<string, unknown>]>([
    [
      "a path that leads out of the folder",
      "brief-invalid",
      "control.content.media.renditions[0].path",
      (brief) => edited(brief, ["control", "content", "media", "renditions", 0, "path"], "../secret.mp4"),
    ],
    [
      "a file that is not there",
      "asset-missing",
      "nowhere.mp4",
      (brief) => edited(brief, ["control", "content", "media", "renditions", 0, "path"], "nowhere.mp4"),
    ],
    [
      "a text of 200,000 letters",
      "brief-invalid",
      "control.content.parts.body",
      (brief) => edited(brief, ["control", "content", "parts", "body"], "a".repeat(200_000)),
    ],
    ["an unknown surface", "brief-invalid", "surfaces[0]", (brief) => edited(brief, ["surfaces"], ["tiktok.films"])],
  ])("%s is refused with path and fix", async (_what, code, path, change) => {
    const { file, assets } = project(change);
    const { exitCode, out } = await printed(() => run(file, { assets, nowMs }), true);
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(out) as { error: { code: string; path: string; fix: string } };
    expect(error.code).toBe(code);
    expect(error.path).toContain(path);
    expect(error.fix.length).toBeGreaterThan(10);
  });

  test("a file of 100 MB is refused before it is read", async () => {
    const { folder } = project();
    const file = folder.file("huge.yaml", `name: ${"a".repeat(100 * 1024 * 1024)}`);
    const started = performance.now();
    expect((await printed(() => run(file, {}), true)).out).toContain("brief-too-large");
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test("a client's own rule pack and policies count, and an expired pack is refused", async () => {
    const { file, assets, folder } = project();
    const rule = { domain: "d", kind: "existence", severity: "block", message: "m", fix: "f", basis: "b", basisConfidence: "memory" };
    const pack = (expires: string) => ({
      packVersion: "client-1",
      retrieved: "2026-12-01",
      expires,
      about: "ours",
      engine: { negationWindowWords: 4, negators: ["no"], sentenceScoped: true },
      rules: [{ ...rule, id: "c.river", any: ["river"] }],
    });
    const current = folder.file("pack.json", JSON.stringify(pack("2027-12-01")));
    expect(ruleIds(await documentOf<PreflightReport>(() => run(file, { assets, nowMs, riskPack: [current] }), 1))).toContain(
      "c.river block",
    );
    const expired = folder.file("expired.json", JSON.stringify(pack("2026-12-31")));
    const { exitCode, out } = await printed(() => run(file, { assets, nowMs, riskPack: [expired] }), true);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "risk-pack-expired", path: "riskPacks.expires" } });
    const policies = folder.file(
      "policies.yaml",
      stringify({
        version: "client-1",
        asOf: "2026-12-01",
        rules: [
          {
            id: "c.no",
            when: { platform: "tiktok" },
            effect: "deny",
            field: "platforms",
            reason: "not there",
            fix: "Go elsewhere.",
            source: "contract",
          },
        ],
      }),
    );
    expect(ruleIds(await documentOf<PreflightReport>(() => run(file, { assets, nowMs, policies: [policies] }), 1))).toContain("c.no block");
  });
});
