import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fileCreator, type FileCreatorOptions } from "../../src/adapters/index.ts";
import { createVariants } from "../../src/intake/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { type TestFolder, testFolder } from "../support/folder.ts";
import { refusalOf, refusalOfAsync } from "../support/refusal.ts";

const brief = exampleBrief();

function folderWith(manifest: string, files: Record<string, string | Uint8Array> = {}): TestFolder {
  const folder = testFolder();
  mkdirSync(join(folder.path, "question"));
  for (const [name, content] of Object.entries(files)) folder.file(name, content);
  folder.file("manifest.yaml", manifest);
  return folder;
}

const create = (folder: TestFolder, options?: FileCreatorOptions) =>
  createVariants(brief, "e1", fileCreator(folder.path, options), { seed: "7" });

const manifest = `
version: 1
variants:
  question:
    copy: { parts.hook: question/hook.txt }
    media: { first3s: { path: question/opening.mp4, durationMs: 3000, widthPx: 1080, heightPx: 1920 } }
`;
const files = { "question/hook.txt": "Is your milk too hot?\n", "question/opening.mp4": "not really a film" };

describe("the file creator", () => {
  test("takes copy and files from a folder and pins the bytes", async () => {
    const { variants, differences } = await create(folderWith(manifest, files));
    const [control, question] = variants;
    expect(control!.content).toEqual(brief.control.content);
    expect(question).toMatchObject({
      role: "test",
      content: {
        parts: { hook: "Is your milk too hot?", body: brief.control.content.parts.body },
        media: { first3s: { sha256: createHash("sha256").update(files["question/opening.mp4"]).digest("hex") } },
      },
      provenance: { generator: "file", seed: "7/question" },
    });
    expect(differences).toMatchObject([{ fields: ["parts.hook", "media.first3s"], foreign: [], verdict: "pass" }]);
  });

  test("L4: is refused with the diff when it touches another field", async () => {
    const refused = await refusalOfAsync(() =>
      create(folderWith("version: 1\nvariants: { question: { parts: { hook: New }, altText: A mug } }")),
    );
    expect(refused).toMatchObject({ code: "not-single-variable", path: "variants.question.altText" });
    expect(refused.message).toContain('altText "A barista pours steamed milk');
    expect(refused.message).toContain('-> "A mug"');
  });

  test.each([
    ["nothing differs", "parts: { hook: The flat white you will want every morning. }", "patch-empty"],
    ["the file is missing", "media: { first3s: { path: question/none.mp4 } }", "asset-missing"],
    ["a path leads out", "media: { first3s: { path: ../../etc/passwd } }", "manifest-invalid"],
    ["copy leads out", "copy: { parts.hook: ../../etc/passwd }", "asset-outside"],
    ["copy is absolute", "copy: { parts.hook: /etc/passwd }", "asset-outside"],
    ["a file is a folder", "media: { first3s: { path: question } }", "asset-not-a-file"],
    ["the file is not the one pinned", `media: { first3s: { path: question/opening.mp4, sha256: "${"0".repeat(64)}" } }`, "asset-changed"],
    ["copy is no text", "copy: { parts.hook: question/noise.bin }", "copy-not-text"],
    ["a text is given twice", "parts: { hook: a }\n    copy: { parts.hook: question/hook.txt }", "manifest-invalid"],
    ["a field is unknown", "colour: blue", "manifest-invalid"],
  ])("refuses when %s", async (_, entry, code) => {
    const folder = folderWith(`version: 1\nvariants:\n  question:\n    ${entry}\n`, {
      ...files,
      "question/noise.bin": new Uint8Array([0xff, 0xfe, 0xfd]),
    });
    expect(await refusalOfAsync(() => create(folder))).toMatchObject({ code, fix: expect.stringMatching(/\.$/) as string });
  });

  test("follows no link that leads out of the folder", async () => {
    const secret = testFolder().file("secret.mp4", "secret");
    const folder = folderWith(manifest.replace("question/opening.mp4", "question/link.mp4"), files);
    symlinkSync(secret, join(folder.path, "question", "link.mp4"));
    expect(await refusalOfAsync(() => create(folder))).toMatchObject({ code: "asset-outside" });
  });

  test("refuses a file above the limit, before reading it", async () => {
    expect(await refusalOfAsync(() => create(folderWith(manifest, files), { mediaBytesMax: 10 }))).toMatchObject({
      code: "asset-too-large",
      path: "question/opening.mp4",
    });
  });

  test("refuses a folder without a usable manifest", async () => {
    expect(refusalOf(() => fileCreator(join(testFolder().path, "none")))).toMatchObject({ code: "assets-unreadable" });
    expect(refusalOf(() => fileCreator(testFolder().path))).toMatchObject({ code: "manifest-missing" });
    expect(refusalOf(() => fileCreator(folderWith("version: [").path))).toMatchObject({ code: "manifest-invalid" });
    expect(refusalOf(() => fileCreator(folderWith("version: 2\nvariants: {}").path))).toMatchObject({ code: "manifest-invalid" });
    expect(await refusalOfAsync(() => create(folderWith("version: 1\nvariants: { other: {} }")))).toMatchObject({
      code: "variant-not-in-manifest",
    });
  });
});
