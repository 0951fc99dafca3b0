// Measures RiskScan on the corpora of claims and denials and UniquenessGuard on labelled edits of this repository's own texts and pictures, and
// prints both as tables. Floors: the figures of the preflight note, section 4.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { createMediaHasher, createMediaProber, openAssetFolder } from "../../src/adapters/index.ts";
import {
  captionPrint,
  type ImageFingerprint,
  pictureDistance,
  printSimilarity,
  riskScan,
  runGuard,
  textSimilarity,
} from "../../src/preflight/index.ts";
import { contextOf } from "../../src/preflight/ports.ts";
import { createRng, type Rng } from "../../src/random/index.ts";
import { briefOf, inputOf } from "../preflight/inputs.ts";
import { dataset } from "../support/datasets.ts";
import { testFolder } from "../support/folder.ts";

interface Corpus {
  readonly claims: Readonly<Record<string, readonly string[]>>;
  readonly denials: Readonly<Record<string, readonly string[]>>;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
function print(title: string, rows: readonly (readonly (string | number)[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  console.log([title, ...rows.map((row) => row.map((cell, column) => String(cell).padEnd(widths[column]!)).join("  "))].join("\n"));
}

/** What the scan of a caption comes to: a false alarm is an ordinary text that stops, a claim is found where a person has to look. */
function stops(text: string): { stops: boolean; warns: boolean } {
  const { issues } = runGuard(riskScan, inputOf(briefOf("instagram.feed", { hook: text })), contextOf({}));
  const own = issues.filter(({ variantId, ruleId }) => variantId === "control" && ruleId !== "risk.language");
  return {
    stops: own.some(({ verdict }) => verdict === "block" || verdict === "review"),
    warns: own.some(({ verdict }) => verdict === "warn"),
  };
}

/** Bait and pressure to hurry only ever warn. */
const warnIsEnough = new Set(["bait", "urgency"]);

/**
 * The rules were written on the development set, and nine sets have been used to widen them after their first measurement; the files say what that
 * first one was. The eighth is held out: its limits are what was measured, which is what to expect of new words, and no aim. The tenth tells its
 * claims in pictures alone, which the rules mostly do not read.
 */
test.each<[string, { missed: number; alarms: number }]>([
  ["claims-and-denials", { missed: 0.1, alarms: 0.03 }],
  ["second-reading", { missed: 0.1, alarms: 0.03 }],
  ["third-reading", { missed: 0.1, alarms: 0.03 }],
  ["fourth-reading", { missed: 0.1, alarms: 0.03 }],
  ["fifth-reading", { missed: 0.1, alarms: 0.03 }],
  ["sixth-reading", { missed: 0.1, alarms: 0.03 }],
  ["seventh-reading", { missed: 0.1, alarms: 0.035 }],
  ["ninth-reading", { missed: 0.05, alarms: 0.03 }],
  ["development", { missed: 0.05, alarms: 0.02 }],
  ["tenth-reading", { missed: 0.64, alarms: 0.03 }],
  ["eighth-reading", { missed: 0.26, alarms: 0.08 }],
])("RiskScan on %s", (name, most) => {
  const corpus = JSON.parse(readFileSync(`tests/preflight/corpus/${name}.json`, "utf8")) as Corpus;
  const missed: string[] = [];
  const alarms: string[] = [];
  const rows = [["domain", "claims", "missed", "denials", "false alarms"]];
  for (const domain of new Set([...Object.keys(corpus.claims), ...Object.keys(corpus.denials)])) {
    const claims = corpus.claims[domain] ?? [];
    const denials = corpus.denials[domain] ?? [];
    const lost = claims.filter((text) => {
      const found = stops(text);
      return !(found.stops || (warnIsEnough.has(domain) && found.warns));
    });
    const wrong = denials.filter((text) => stops(text).stops);
    missed.push(...lost);
    alarms.push(...wrong);
    rows.push([domain, String(claims.length), String(lost.length), String(denials.length), String(wrong.length)]);
  }
  const claims = Object.values(corpus.claims).flat().length;
  const denials = Object.values(corpus.denials).flat().length;
  rows.push(["all", String(claims), percent(missed.length / claims), String(denials), percent(alarms.length / denials)]);
  print(`RiskScan on ${name}`, rows);
  console.log([...missed.map((text) => `  missed: ${text}`), ...alarms.map((text) => `  false alarm: ${text}`)].join("\n"));
  expect(missed.length / claims).toBeLessThanOrEqual(most.missed);
  expect(alarms.length / denials).toBeLessThanOrEqual(most.alarms);
});

/** Headlines claim little that a regulator reads, so nearly every alarm among them is false: an upper bound on text that nobody here wrote. */
test("RiskScan on 6,000 headlines of a news site", async () => {
  const file = dataset("upworthy", "packages.csv.gz").replaceAll("'", "''");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(
    `select distinct headline from read_csv('${file}', header = true, all_varchar = true) where headline <> '' order by md5(headline) limit 6000`,
  );
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  const alarms = rows.map(({ headline }) => headline as string).filter((headline) => stops(headline).stops);
  print("RiskScan on headlines", [
    ["headlines", "stopped", "share"],
    [rows.length, alarms.length, percent(alarms.length / rows.length)],
  ]);
  expect(alarms.length / rows.length).toBeLessThan(0.015);
});

/** Paragraphs of this repository's own comments and documents, the length of captions. */
function ownParagraphs(wanted: number): { text: string; sentences: number[] }[] {
  const files = ["docs/architecture.md", "CONTRIBUTING.md", "CHANGELOG.md"];
  const prose = files.flatMap((file) => readFileSync(file, "utf8").split(/\n\s*\n/));
  const corpus = JSON.parse(readFileSync("tests/preflight/corpus/claims-and-denials.json", "utf8")) as Corpus;
  const sentences = [
    ...prose.flatMap((paragraph) =>
      paragraph
        .replace(/[`*#|>[\]()-]/g, " ")
        .replace(/\s+/g, " ")
        .split(/(?<=[.!?]) /),
    ),
    ...Object.values(corpus.claims).flat(),
    ...Object.values(corpus.denials).flat(),
  ].filter((sentence) => sentence.length > 30);
  const rng = createRng("paragraphs");
  return Array.from({ length: wanted }, () => {
    const drawn = Array.from({ length: 3 }, () => Math.floor(rng.next() * sentences.length));
    return { text: drawn.map((at) => sentences[at]!).join(" "), sentences: drawn };
  });
}

const hookLines = [
  "You have to see this.",
  "Nobody told us before.",
  "Wait for the end.",
  "This took us two years.",
  "Save this one for later.",
];
const actions = [
  "Save this for your next free morning.",
  "Tell us what you think below.",
  "Come by before nine.",
  "Link in the profile, see you there.",
];

function edits(text: string, rng: Rng): Record<string, string> {
  const words = text.split(" ");
  const pick = (list: readonly string[]): string => list[Math.floor(rng.next() * list.length)]!;
  const tags = ["coffee", "lisbon", "barista", "morning", "beans"].map((tag) => `#${tag}`);
  return {
    "tags shuffled, case": `${text.toUpperCase()} ${tags.toSorted(() => rng.next() - 0.5).join(" ")}`,
    "hook line added": `${pick(hookLines)} ${text}`,
    "10 % dropped": words.filter(() => rng.next() >= 0.1).join(" "),
    "20 % replaced": words.map((word) => (rng.next() < 0.2 ? pick(["window", "yellow", "before", "quiet", "river"]) : word)).join(" "),
    "CTA swapped": text,
    "emoji added": words.map((word, at) => (at % 5 === 4 ? `${word} ${pick(["🔥", "☕", "💛", "👀"])}` : word)).join(" "),
    "punctuation changed": text.replaceAll(". ", " — ").replaceAll(",", ";").replaceAll("'", "\u2019"),
    "mentions and links added": `@cafe.lisboa ${text} https://example.com/menu @barista`,
    "sentences in another order": text
      .split(/(?<=[.!?]) /)
      .toReversed()
      .join(" "),
    "lines broken": text.replace(/([.!?]) /g, "$1\n\n"),
    "look-alike letters": text.replaceAll("a", "\u0430").replaceAll("e", "\u0435"),
    "invisible characters": Array.from(text).join("\u200B"),
  };
}

test("near-duplicate captions: recall and false positives", () => {
  const paragraphs = ownParagraphs(500);
  const texts = paragraphs.map(({ text }) => text);
  const rng = createRng("edits");
  const hits: Record<string, number> = {};
  const blocks: Record<string, number> = {};
  for (const text of texts) {
    const base = `${text} ${actions[0]}`;
    for (const [name, edited] of Object.entries(edits(text, rng))) {
      // The call to action stands at the end of both, another one where it is swapped.
      const other = `${edited} ${name === "CTA swapped" ? `${actions[1]} ${actions[2]} ${actions[3]}` : actions[0]}`;
      const similarity = textSimilarity(base, other);
      hits[name] = (hits[name] ?? 0) + (similarity >= 0.5 ? 1 : 0);
      blocks[name] = (blocks[name] ?? 0) + (similarity >= 0.8 ? 1 : 0);
    }
  }
  const prints = texts.map(captionPrint);
  let pairs = 0;
  let wrong = 0;
  for (let one = 0; one < texts.length; one++)
    for (let other = one + 1; other < texts.length; other++) {
      // Paragraphs that share a sentence are alike and no false positives.
      if (paragraphs[one]!.sentences.some((at) => paragraphs[other]!.sentences.includes(at))) continue;
      pairs++;
      if (printSimilarity(prints[one]!, prints[other]!) >= 0.5) wrong++;
    }
  print("UniquenessGuard, captions (Jaccard char-5)", [
    ["edit", "recall at .5 (warn)", "recall at .8 (block)"],
    ...Object.keys(hits).map((name) => [name, percent(hits[name]! / texts.length), percent(blocks[name]! / texts.length)]),
    ["unrelated pairs", `${wrong} of ${pairs} wrong`, percent(wrong / pairs)],
  ]);
  const recall = (name: string): number => hits[name]! / texts.length;
  for (const name of [
    "tags shuffled, case",
    "hook line added",
    "10 % dropped",
    "emoji added",
    "punctuation changed",
    "mentions and links added",
    "sentences in another order",
    "lines broken",
    "look-alike letters",
    "invisible characters",
  ])
    expect(recall(name)).toBe(1);
  expect(recall("20 % replaced")).toBeGreaterThanOrEqual(0.83);
  expect(recall("CTA swapped")).toBeGreaterThanOrEqual(0.54);
  expect(wrong / pairs).toBeLessThanOrEqual(0.000_016);
});

/** A picture like a post's: a ground, shapes, lines of text. Drawn from the seed alone. */
function drawing(rng: Rng): string {
  const number = (from: number, to: number): number => Math.round(from + rng.next() * (to - from));
  const colour = (): string => `hsl(${number(0, 359)} ${number(20, 90)}% ${number(15, 90)}%)`;
  const shapes = Array.from({ length: number(4, 9) }, () => {
    const [x, y, size] = [number(0, 540), number(0, 675), number(60, 330)];
    return rng.next() < 0.4
      ? `<circle cx="${x}" cy="${y}" r="${size / 2}" fill="${colour()}"/>`
      : `<rect x="${x - size / 2}" y="${y - size / 2}" width="${size}" height="${number(40, 330)}" fill="${colour()}"/>`;
  });
  const lines = Array.from(
    { length: number(1, 4) },
    (_, at) => `<rect x="${number(20, 160)}" y="${number(40, 600) + at * 14}" width="${number(120, 340)}" height="9" fill="#222"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="540" height="675"><defs><linearGradient id="g" x1="0" y1="0" x2="${number(0, 1)}" y2="1"><stop stop-color="${colour()}"/><stop offset="1" stop-color="${colour()}"/></linearGradient></defs><rect width="540" height="675" fill="url(#g)"/>${shapes.join("")}${lines.join("")}</svg>`;
}

const pictureEdits: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  "jpeg quality 30": (image) => image.jpeg({ quality: 30 }),
  "resized to 40 %": (image) => image.resize(216),
  "brighter by 25 %": (image) => image.modulate({ brightness: 1.25 }),
  "cropped by 4 %": (image) => image.extract({ left: 11, top: 14, width: 518, height: 647 }),
  "caption bar": (image) =>
    image.composite([
      {
        input: Buffer.from('<svg width="540" height="80"><rect width="540" height="80" fill="#000" fill-opacity=".7"/></svg>'),
        top: 595,
        left: 0,
      },
    ]),
  "cropped by 12 %": (image) => image.extract({ left: 32, top: 40, width: 476, height: 595 }),
  flipped: (image) => image.flop(),
  "brighter by 10 %": (image) => image.modulate({ brightness: 1.1 }),
  "colour graded": (image) => image.modulate({ saturation: 1.4, hue: 20 }).gamma(1.3),
  "black and white": (image) => image.greyscale(),
  blurred: (image) => image.blur(2),
  "logo in a corner": (image) =>
    image.composite([
      { input: Buffer.from('<svg width="90" height="90"><circle cx="45" cy="45" r="42" fill="#fff"/></svg>'), top: 20, left: 430 },
    ]),
  "turned by 2 degrees": (image) => image.rotate(2, { background: "#fff" }).resize(540, 675, { fit: "cover" }),
  "flipped and jpeg": (image) => image.flop().jpeg({ quality: 60 }),
};

test("near-duplicate pictures: recall and false positives", async () => {
  const count = 120;
  const folder = testFolder();
  const assets = openAssetFolder(folder.path);
  const [prober, hasher] = [createMediaProber(assets), createMediaHasher(assets)];
  const rng = createRng("pictures");
  const read = async (name: string): Promise<ImageFingerprint> => {
    const print = await hasher.fingerprint(name, await prober.probe(name));
    if (print.kind !== "image") throw new Error(`${name}: ${JSON.stringify(print)}`);
    return print.image;
  };
  const originals: ImageFingerprint[] = [];
  const near: Record<string, number> = {};
  const plain: Record<string, number> = {};
  for (let at = 0; at < count; at++) {
    const svg = Buffer.from(drawing(rng));
    await sharp(svg)
      .png()
      .toFile(join(folder.path, `${at}.png`));
    const original = await read(`${at}.png`);
    originals.push(original);
    for (const [name, edit] of Object.entries(pictureEdits)) {
      const file = `${at}-edited.${name.includes("jpeg") ? "jpg" : "png"}`;
      await edit(sharp(join(folder.path, `${at}.png`))).toFile(join(folder.path, file));
      const edited = await read(file);
      near[name] = (near[name] ?? 0) + (pictureDistance(edited, original.dHash) <= 10 ? 1 : 0);
      plain[name] = (plain[name] ?? 0) + (pictureDistance({ dHash: edited.dHash, mirrored: edited.dHash }, original.dHash) <= 10 ? 1 : 0);
    }
  }
  let wrong = 0;
  let pairs = 0;
  for (let one = 0; one < count; one++)
    for (let other = one + 1; other < count; other++) {
      pairs++;
      if (pictureDistance(originals[one]!, originals[other]!.dHash) <= 10) wrong++;
    }
  print(`UniquenessGuard, ${count} drawn pictures (dHash, 10 of 64)`, [
    ["edit", "recall", "without the mirrored comparison"],
    ...Object.keys(near).map((name) => [name, percent(near[name]! / count), percent(plain[name]! / count)]),
    ["unrelated pairs", `${wrong} of ${pairs} wrong`, percent(wrong / pairs)],
  ]);
  const recall = (name: string): number => near[name]! / count;
  expect(recall("jpeg quality 30")).toBeGreaterThanOrEqual(0.98);
  expect(recall("resized to 40 %")).toBeGreaterThanOrEqual(0.94);
  expect(recall("brighter by 25 %")).toBeGreaterThanOrEqual(0.8);
  expect(recall("cropped by 4 %")).toBeGreaterThanOrEqual(0.94);
  expect(recall("caption bar")).toBeGreaterThanOrEqual(0.98);
  expect(recall("cropped by 12 %")).toBeGreaterThanOrEqual(0.43);
  expect(recall("flipped")).toBeGreaterThanOrEqual(0.94);
  for (const name of ["brighter by 10 %", "black and white", "blurred", "logo in a corner", "flipped and jpeg"])
    expect(recall(name)).toBeGreaterThanOrEqual(0.9);
  expect(wrong / pairs).toBeLessThanOrEqual(0.0021);
});
