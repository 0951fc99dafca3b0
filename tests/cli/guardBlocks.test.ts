import { describe, expect, test } from "vitest";
import { openFileStore } from "../../src/adapters/index.ts";
import { run as approve } from "../../src/cli/commands/approve.ts";
import { runCheck } from "../../src/cli/commands/brief.ts";
import { run as layers } from "../../src/cli/commands/layers.ts";
import { run as plan } from "../../src/cli/commands/plan.ts";
import { run as preflight } from "../../src/cli/commands/preflight.ts";
import { testFolder } from "../support/folder.ts";
import { documentOf, printed } from "../support/printed.ts";
import { cleanInput } from "./support/cleanInput.ts";

const nowMs = Date.parse("2027-02-20T09:00Z");
const claim = "Guaranteed returns of 9 % a month.";
const mended = "Four steps from rust to road.";
const reason = expect.stringMatching(/^RiskScan blocked finish-first \(.+\); once blocked/) as unknown;

type Change = Parameters<typeof cleanInput>[1];
const written = (hook: string, change?: Change): string => testFolder().file("input.json", JSON.stringify(cleanInput(hook, change)));
const onlyBrief = (hook: string, change?: Change): string =>
  testFolder().file("brief.json", JSON.stringify(cleanInput(hook, change)["brief"]));
const by = (experimentId: string, store: string, more = {}) => ({ experimentId, by: "Ana", role: "operator", store, ...more });

interface Planned {
  readonly experimentId: string;
  readonly approval: { readonly level: string; readonly points: readonly { readonly ruleId: string; readonly reason: string }[] };
}

describe("what RiskScan blocked once needs a person for each variant, even after the text is mended", () => {
  test.each([
    ["preflight", (store: string) => documentOf(() => preflight(written(claim), { store }), 1)],
    ["plan", (store: string) => documentOf(() => plan({ file: written(claim), seed: "7", store }), 1)],
  ])("L1: when %s saw it, whoever opens the store later", async (_, block) => {
    const { path } = testFolder();
    await block(path);
    const { experimentId, approval } = await documentOf<Planned>(() => plan({ file: written(mended), seed: "7", store: path }));
    expect(approval).toMatchObject({ level: "manual", points: [{ ruleId: "approval.risk-block", reason }] });

    const waits = { state: "approval", approval: { status: "waiting", level: "manual", reasons: expect.arrayContaining([reason]) } };
    expect(await documentOf(() => approve(by(experimentId, path), nowMs))).toMatchObject(waits);
    expect(await documentOf(() => approve(by(experimentId, path, { role: "rule", by: "auto" }), nowMs))).toMatchObject(waits);
    expect(await documentOf(() => layers(path))).toMatchObject({
      approvals: [{ experimentId, level: "manual", reasons: expect.arrayContaining([reason]) }],
    });
    await documentOf(() => approve(by(experimentId, path, { variants: ["rust-first"] }), nowMs + 1));
    expect(await documentOf(() => approve(by(experimentId, path, { variants: ["finish-first"] }), nowMs + 2))).toMatchObject({
      state: "scheduled",
    });
  });

  test("says so in words: check, plan, preflight, layers", async () => {
    const { path } = testFolder();
    await documentOf(() => preflight(written(claim), { store: path }), 1);
    const said = "RiskScan blocked finish-first";
    for (const command of [
      () => runCheck(onlyBrief(mended), { store: path }),
      () => preflight(written(mended), { store: path }),
      () => plan({ file: written(mended), seed: "7", store: path }),
      () => layers(path),
    ])
      expect((await printed(command, false)).out).toContain(said);
    expect(await documentOf(() => runCheck(onlyBrief(mended), { store: path }))).toMatchObject({
      ok: true,
      approval: { level: "manual", humanReasons: [reason] },
    });
    expect(await documentOf(() => runCheck(onlyBrief(mended), {}))).toMatchObject({ approval: { level: "auto", humanReasons: [] } });
  });

  test("another name does not help while a text is kept in the same layer; another client, or other texts, are another matter", async () => {
    const { path } = testFolder();
    await documentOf(() => preflight(written(claim), { store: path }), 1);
    const level = async (change: Change) =>
      (await documentOf<Planned>(() => plan({ file: written(mended, change), seed: "7", store: path }))).approval.level;
    const renamed: NonNullable<Change>[number] = [["name"], "Something else"];
    expect(await level([renamed])).toBe("manual");
    expect(await level([renamed, [["control", "content", "parts", "hook"], "Quite another opening."]])).toBe("auto");
    expect(await level([[["clientId"], "south-bikes"]])).toBe("auto");
  });

  test("a plan whose text is blocked is refused with rule and place, and nothing of it is kept but the block", async () => {
    const { path } = testFolder();
    const document = await documentOf<{ posts: unknown[]; refused: unknown[] }>(
      () => plan({ file: written(claim), seed: "7", store: path }),
      1,
    );
    expect(document.posts).toEqual([]);
    expect(document.refused.length).toBeGreaterThan(0);
    for (const issue of document.refused)
      expect(issue).toEqual({
        code: "guard-block",
        path: "variants.finish-first.parts.hook",
        message: expect.stringMatching(/^RiskScan, /),
        fix: expect.any(String),
      });
    const store = openFileStore(path);
    expect([await store.list("experiment"), await store.list("plan"), await store.list("preflight")]).toEqual([[], [], []]);
    expect(await store.list("guardBlock")).toMatchObject([
      {
        rev: 1,
        value: { variantId: "finish-first", guard: "RiskScan", ruleIds: expect.arrayContaining([expect.any(String)]), atMs: nowMs },
      },
    ]);
    await store.close();
  });

  test("remembering is append-only: the same block twice is one, and no write changes it", async () => {
    const { path } = testFolder();
    const again = () => documentOf(() => preflight(written(claim), { store: path, nowMs: nowMs + 1 }), 1);
    await again();
    await again();
    const store = openFileStore(path);
    const [block, ...others] = await store.list("guardBlock");
    expect(others).toEqual([]);
    await expect(
      store.commit([{ kind: "guardBlock", id: block!.id, rev: 1, value: { ...block!.value, ruleIds: ["none"] } }]),
    ).rejects.toMatchObject({
      code: "store-append-only",
    });
    expect(await store.list("guardBlock")).toEqual([block]);
    await store.close();
  });
});
