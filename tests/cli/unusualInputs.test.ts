import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { runCheck } from "../../src/cli/commands/brief.ts";
import { run as plan } from "../../src/cli/commands/plan.ts";
import { run as preflight } from "../../src/cli/commands/preflight.ts";
import { edited, exampleInput, writtenBrief } from "../domain/briefs.ts";
import { testFolder } from "../support/folder.ts";
import { printed } from "../support/printed.ts";

type Example = Parameters<typeof writtenBrief>[0];
type Change = readonly [path: (string | number)[], value: unknown];
interface Finding {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}
interface Said {
  readonly exitCode: number;
  readonly error?: Finding;
  readonly ok?: boolean;
  readonly issues?: readonly Finding[];
  readonly refused?: readonly Finding[];
  readonly posts?: readonly { readonly wallTime: string }[];
  readonly verdict?: string;
}

const changed = (example: Example, changes: readonly Change[]): unknown =>
  changes.reduce<Record<string, unknown>>((brief, [path, value]) => edited(brief, path, value), writtenBrief(example));
const written = (document: unknown): string => testFolder().file("input.yaml", stringify(document));

/** One document on stdout, whatever the command thinks of the input. */
async function said(command: Parameters<typeof printed>[0]): Promise<Said> {
  const { exitCode, out } = await printed(command, true);
  return { exitCode, ...(JSON.parse(out) as Omit<Said, "exitCode">) };
}

const expectFix = ({ code, path, message, fix }: Finding): void => {
  for (const text of [code, message, fix]) expect(text).toMatch(/\S/);
  expect(typeof path).toBe("string");
};

const window = (start: string, end: string, zone = "Europe/Lisbon"): Change => [["runWindow"], { start, end, zone }];
const cell = (from: string, to: string, weekdays = ["sat", "sun"]): Change => [
  ["exposurePlan", "cells"],
  [{ cell: "n", weekdays, from, to }],
];
const longCaption: Change = [["control", "content", "parts", "body"], "word ".repeat(30_000)];

describe("an unusual brief gets its reason from check and from plan, never a trace", () => {
  test.each<[string, Example, Change[], check: string, plan: string]>([
    ["two variables", "batch-hook", [[["variableUnderTest"], ["hook", "caption"]]], "two-variables", "brief-invalid"],
    ["no control", "batch-hook", [[["control"], undefined]], "control-missing", "brief-invalid"],
    ["no test", "batch-hook", [[["testVariants"], []]], "test-variants-invalid", "brief-invalid"],
    ["another field touched", "batch-hook", [[["testVariants", 0, "patch", "parts", "body"], "x"]], "not-single-variable", "brief-invalid"],
    ["an unknown surface", "batch-hook", [[["surfaces"], ["instagram.notes"]]], "surfaces-invalid", "brief-invalid"],
    ["an inverted window", "batch-hook", [window("2027-03-15T00:00", "2027-03-01T00:00")], "run-window-invalid", "brief-invalid"],
    ["a day that is not", "batch-hook", [window("2027-02-20T00:00", "2027-02-30T00:00")], "run-window-invalid", "brief-invalid"],
    ["a path that leads out", "batch-hook", [[["control", "content", "cover", "path"], "../../etc/passwd"]], "media-path", "brief-invalid"],
    ["a caption beyond any platform", "batch-hook", [longCaption], "control-invalid", "brief-invalid"],
    ["a zone nobody keeps", "batch-hook", [[["runWindow", "zone"], "Mars/Phobos"]], "zone-unknown", "zone-unknown"],
    [
      "a window outside the cells",
      "batch-hook",
      [window("2027-03-01T02:00", "2027-03-01T05:00")],
      "window-outside-cells",
      "window-too-small",
    ],
    ["a window of years", "batch-hook", [window("2027-03-01T00:00", "2030-03-01T00:00")], "window-too-long", "window-too-long"],
    ["impossible pacing", "batch-hook", [[["exposurePlan", "cadence"], { minGapMinutes: 4000 }]], "window-too-short", "window-too-small"],
    ["nobody to approve a batch", "batch-hook", [[["approvalLevel"], "auto"]], "approval-too-weak", "approval-too-weak"],
    ["replies approved by nobody", "engagement-reply", [[["approvalLevel"], "auto"]], "approval-too-weak", "approval-too-weak"],
    ["a lane test of hooks", "lane-reliability", [[["variableUnderTest"], "hook"]], "not-single-variable", "brief-invalid"],
    [
      "a slot test without a second slot",
      "batch-hook",
      [
        [["variableUnderTest"], "slot"],
        [["control", "content", "slotCell"], "weekday-noon"],
        [["testVariants"], [{ id: "late", patch: { slotCell: null } }]],
      ],
      "slot-cell-missing",
      "slot-cell-missing",
    ],
  ])("%s", async (_, example, changes, checkCode, planCode) => {
    const file = written(changed(example, changes));
    const check = await said(() => runCheck(file, {}));
    expect([check.exitCode, check.ok]).toEqual([1, false]);
    expect(check.issues!.map(({ code }) => code)).toContain(checkCode);
    check.issues!.forEach(expectFix);
    const planned = await said(() => plan({ file, seed: "7" }));
    const reasons = planned.error === undefined ? planned.refused! : [planned.error];
    expect([planned.exitCode, planned.posts ?? []]).toEqual([1, []]);
    expect(reasons.map(({ code }) => code)).toContain(planCode);
    reasons.forEach(expectFix);
    expect((await said(() => preflight(file, {}))).exitCode).toBeLessThan(2);
  });

  test.each<[string, Change[], RegExp]>([
    [
      "New York, autumn",
      [window("2027-10-25T00:00", "2028-02-20T00:00", "America/New_York"), cell("01:00", "02:00")],
      /2027-11-07T01:\d\d exists twice/,
    ],
    [
      "Lord Howe, half an hour twice",
      [window("2027-03-20T00:00", "2027-09-01T00:00", "Australia/Lord_Howe"), cell("01:30", "02:00")],
      /exists twice/,
    ],
  ])("a slot that exists twice is the earlier, with a note: %s", async (_, changes, note) => {
    const { out, exitCode } = await printed(() => plan({ file: written(changed("batch-hook", changes)), seed: "7" }), true);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(note)]);
  });

  test("a slot that does not exist is refused with the nearest that do", async () => {
    const file = written(
      changed("batch-hook", [window("2027-08-01T00:00", "2027-12-01T00:00", "America/Santiago"), cell("00:00", "01:00")]),
    );
    expect((await said(() => plan({ file, seed: "7" }))).refused).toEqual([
      expect.objectContaining({
        code: "wall-time-gap",
        path: "exposurePlan.cells[0]",
        fix: expect.stringMatching(/^Use 2027-09-04T23:59 or 2027-09-05T01:00/),
      }),
    ]);
  });

  test.each(["", "42", "- a\n- b", "brief: 7", "{", "\u0000"])("a file that holds %j", async (text) => {
    const file = testFolder().file("input.yaml", text);
    for (const command of [() => runCheck(file, {}), () => plan({ file, seed: "7" }), () => preflight(file, {})])
      expect((await said(command)).exitCode).toBe(1);
  });

  test.each(["__proto__", "constructor", "toString"])("a key that every object has, %s, is an unknown key", async (key) => {
    const file = testFolder().file("input.json", JSON.stringify(writtenBrief("batch-hook")).replace("{", `{"${key}": {"a": 1},`));
    expect((await said(() => runCheck(file, {}))).issues).toEqual([expect.objectContaining({ code: "field-unknown", path: key })]);
  });

  test("a hundred megabytes of caption are not read", async () => {
    const file = testFolder().file("big.json", '{"name": "');
    // The size alone decides, so that a file of holes will do.
    truncateSync(file, 100 * 1024 * 1024);
    for (const command of [() => runCheck(file, {}), () => plan({ file, seed: "7" }), () => preflight(file, {})])
      expect(await said(command)).toMatchObject({ exitCode: 1, error: { code: "brief-too-large" } });
  });
});

describe("unusual files in the asset folder", () => {
  const assets = (): string => {
    const { path } = testFolder();
    const clip = readFileSync("tests/fixtures/media/faststart.mp4");
    copyFileSync("tests/fixtures/media/faststart.mp4", join(path, "good.mp4"));
    writeFileSync(join(path, "cut.mp4"), clip.subarray(0, clip.length / 2));
    writeFileSync(join(path, "noise.mp4"), Buffer.from(clip).fill(7, 40));
    writeFileSync(join(path, "empty.mp4"), "");
    symlinkSync("/etc/hosts", join(path, "link.mp4"));
    mkdirSync(join(path, "folder.mp4"));
    return path;
  };
  const publishing = (name: string): string =>
    written(
      changed("batch-hook", [
        [["control", "content", "media"], { renditions: [{ path: name }] }],
        [["control", "content", "cover"], undefined],
        [["testVariants"], [{ id: "question", patch: { parts: { hook: "Why is it so good?" } } }]],
      ]),
    );

  test.each([
    ["cut.mp4", "block"],
    ["noise.mp4", "block"],
    ["empty.mp4", "block"],
  ])("%s is blocked, and the plan knows it by its bytes", async (name, verdict) => {
    const [file, folder] = [publishing(name), assets()];
    expect(await said(() => preflight(file, { assets: folder }))).toMatchObject({ exitCode: 1, verdict });
    expect((await said(() => plan({ file, seed: "7", assets: folder }))).posts).toHaveLength(16);
    const store = join(testFolder().path, "store");
    expect(await said(() => plan({ file, seed: "7", assets: folder, store }))).toMatchObject({
      exitCode: 1,
      refused: expect.arrayContaining([
        expect.objectContaining({ code: "guard-block", message: expect.stringContaining("format.media.unreadable") }),
      ]),
    });
  });

  test.each([
    ["link.mp4", "asset-outside"],
    ["folder.mp4", "asset-not-a-file"],
    ["missing.mp4", "asset-missing"],
  ])("%s is refused by guards and plan alike", async (name, code) => {
    const [file, folder] = [publishing(name), assets()];
    for (const command of [() => preflight(file, { assets: folder }), () => plan({ file, seed: "7", assets: folder })])
      expect(await said(command)).toMatchObject({ exitCode: 1, error: { code, path: name } });
  });

  test("without the folder a file without a hash is refused with what to do", async () => {
    const file = publishing("good.mp4");
    for (const command of [() => preflight(file, {}), () => plan({ file, seed: "7" })])
      expect(await said(command)).toMatchObject({
        exitCode: 1,
        error: { code: "media-not-hashed", fix: expect.stringContaining("--assets") },
      });
    expect((await said(() => plan({ file, seed: "7", assets: assets() }))).posts).toHaveLength(16);
  });
});

describe("an unusual state of the account", () => {
  const input = (...changes: Change[]): string =>
    written(
      changes.reduce<Record<string, unknown>>(
        (document, [path, value]) => edited(document, path, value),
        exampleInput("plan-input", "valid") as Record<string, unknown>,
      ),
    );

  test.each<[string, Change[], string]>([
    ["a login challenge", [[["account", "openSignals"], ["loginChallenge"]]], "account-signal-open"],
    ["nobody at work", [[["account", "workingHours"], [{ weekdays: ["mon"], from: "03:00", to: "04:00" }]]], "working-hours-too-few"],
    ["a window that is over", [[["nowMs"], Date.parse("2027-12-01T00:00Z")]], "window-past"],
    [
      "ordinary posts all day long",
      [[["ordinaryPosts"], Array.from({ length: 180 }, (_, at) => ({ startMs: Date.parse("2027-03-01T09:00Z") + at * 4 * 3_600_000 }))]],
      "window-too-small",
    ],
  ])("%s leaves no plan, and says what would", async (_, changes, code) => {
    const { exitCode, refused, posts } = await said(() => plan({ file: input(...changes), seed: "7" }));
    expect([exitCode, posts, refused!.map((issue) => issue.code)]).toEqual([1, [], [code]]);
    refused!.forEach(expectFix);
  });
});
