import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guardVerdicts, type GuardVerdict } from "../../src/domain/index.ts";
import {
  compileRiskPack,
  type PreflightInput,
  preflight,
  type RiskPack,
  riskScan,
  runGuard,
  shippedRiskPack,
} from "../../src/preflight/index.ts";
import { contextOf } from "../../src/preflight/ports.ts";
import { packData } from "../../src/preflight/risk/compilePack.ts";
import index from "../../src/preflight/risk/pack/en.index.json" with { type: "json" };
import { shippedRiskDocument } from "../../src/preflight/risk/shippedPack.ts";
import { assertProperty } from "../support/property.ts";
import { refusalOf } from "../support/refusal.ts";
import { briefOf, inputOf, knownMeta } from "./inputs.ts";

type PackDocument = { rules: Record<string, unknown>[]; engine: object } & Record<string, unknown>;
const document = shippedRiskDocument() as PackDocument;
const edited = (change: (pack: PackDocument) => void): PackDocument => {
  const copy = structuredClone(document);
  change(copy);
  return copy;
};

/** What RiskScan says of a hook. */
function scan(hook: string, more: Partial<PreflightInput> = {}, surface: "instagram.feed" | "tiktok.video" = "instagram.feed") {
  const brief = briefOf(surface, { hook });
  const result = runGuard(riskScan, inputOf(brief, more), contextOf({}));
  return result.issues.filter(({ variantId }) => variantId === "control");
}
const verdictOf = (hook: string): GuardVerdict =>
  scan(hook).reduce<GuardVerdict>(
    (worst, { verdict }) => (guardVerdicts.indexOf(verdict) > guardVerdicts.indexOf(worst) ? verdict : worst),
    "pass",
  );

describe("shipped rules", () => {
  test.each(shippedRiskPack().rules.map(({ rule }) => rule))(
    "$id finds what it should and leaves alone what it should",
    ({ id, severity, samples }) => {
      // Rules that read metadata have their sentences below.
      expect(samples !== undefined || ["endorse.disclosure-missing", "alcohol.age", "ai.disclosure"].includes(id)).toBe(true);
      const speaks = (text: string) => scan(text).some(({ ruleId, verdict }) => ruleId === id && verdict === severity);
      expect(samples?.hits.filter((hit) => !speaks(hit)) ?? []).toEqual([]);
      expect(samples?.misses.filter(speaks) ?? []).toEqual([]);
    },
  );

  test("every rule of the starting pack is there", () => {
    const ids = shippedRiskPack().rules.map(({ rule }) => rule.id);
    for (const id of [
      "fin.guaranteed-return",
      "fin.performance-projection",
      "health.disease-claim",
      "health.fast-weight-loss",
      "health.supplement-disclaimer",
      "endorse.disclosure-missing",
      "endorse.weak-disclosure",
      "endorse.buried-disclosure",
      "alcohol.age",
      "alcohol.excess",
      "gambling.sure-win",
      "claim.superlative",
      "manipulation.engagement-bait",
      "ai.disclosure",
    ])
      expect(ids).toContain(id);
  });

  test("a material connection asks for a disclosure up front; #adventure is none", () => {
    const connected = { meta: { ...knownMeta, post: { materialConnection: true } } };
    const found = (hook: string) => scan(hook, connected).some(({ ruleId }) => ruleId === "endorse.disclosure-missing");
    expect(found("Loved my stay at the palm hotel.")).toBe(true);
    expect(found("#adventure Loved my stay.")).toBe(true);
    expect(found(`${"A long walk along the beach. ".repeat(6)} #ad`)).toBe(true);
    expect(found("#ad Loved my stay.")).toBe(false);
    expect(found("Paid partnership with the palm hotel.")).toBe(false);
  });

  test("metadata nobody gave is raised as review, never passed", () => {
    const unknown = { meta: { post: {}, account: {}, asset: {} } };
    expect(scan("Our new wine list is here.", unknown)).toContainEqual(
      expect.objectContaining({ ruleId: "alcohol.age", verdict: "review", field: "meta.account.ageGate" }),
    );
    expect(scan("Good morning.", unknown)).toContainEqual(
      expect.objectContaining({ ruleId: "endorse.disclosure-missing", verdict: "review", field: "meta.post.materialConnection" }),
    );
    // What is required is there already, so it does not matter.
    expect(scan("#ad Good morning.", unknown).map(({ ruleId }) => ruleId)).not.toContain("endorse.disclosure-missing");
  });

  test("alcohol needs an age gate", () => {
    const ungated = { meta: { ...knownMeta, account: { ageGate: false } } };
    expect(scan("Our new wine list is here.", ungated).map(({ ruleId }) => ruleId)).toContain("alcohol.age");
    expect(scan("Our new wine list is here.").map(({ ruleId }) => ruleId)).not.toContain("alcohol.age");
  });

  test("synthetic media need the platform's own flag", () => {
    const synthetic = { meta: { ...knownMeta, asset: { synthetic: true, overlay: false } } };
    expect(scan("A walk on Mars.", synthetic, "tiktok.video")).toContainEqual(
      expect.objectContaining({ ruleId: "ai.disclosure", verdict: "block" }),
    );
    expect(scan("A walk on Mars.", synthetic).map(({ ruleId }) => ruleId)).not.toContain("ai.disclosure");
  });
});

describe("RiskScan", () => {
  test("a denied hit is a warning and does not vanish", () => {
    expect(scan("Returns are not guaranteed.")).toContainEqual(expect.objectContaining({ ruleId: "fin.guarantee", verdict: "warn" }));
    expect(verdictOf("Returns are guaranteed.")).toBe("block");
  });

  test("a negator of something else denies nothing, and the answer no leaves a claim in sight", () => {
    expect(verdictOf("No, you can't lose.")).toBe("warn");
    expect(verdictOf("No hidden fees, guaranteed returns.")).toBe("block");
    expect(verdictOf("Not only are profits guaranteed, they come weekly.")).toBe("block");
    expect(verdictOf("We do not sleep. Guaranteed returns.")).toBe("block");
  });

  test.each([
    "Ｇｕａｒａｎｔｅｅｄ ｒｅｔｕｒｎｓ",
    "guar\u200Banteed ret\u00ADurns",
    "Gu\u0430rante\u0435d returns",
    "𝐆𝐮𝐚𝐫𝐚𝐧𝐭𝐞𝐞𝐝 𝐫𝐞𝐭𝐮𝐫𝐧𝐬",
    "Guaranteed 💰💰 returns",
    "gu4ranteed r3turns",
    "g u a r a n t e e d returns",
    "#GuaranteedReturns",
    "#guaranteedreturns",
    "GUARANTEED\nRETURNS",
  ])("the disguise of %j does not help", (text) => {
    expect(verdictOf(text)).toBe("block");
  });

  test("a span is the place in the text as it was written", () => {
    const hook = "Hello 👋🏽! Our t\u200Be\u00E1 c\u057Dr\u0435s di\u00ADabetes, really.";
    const issue = scan(hook).find(({ ruleId }) => ruleId === "health.disease-claim")!;
    expect(issue.field).toBe("parts.hook");
    expect(hook.slice(...(issue.span as [number, number]))).toBe("c\u057Dr\u0435s di\u00ADabetes");
  });

  test("what a part says is not said again for the caption made of it", () => {
    expect(scan("Guaranteed returns.").filter(({ ruleId }) => ruleId === "fin.guaranteed-return")).toHaveLength(1);
  });

  test("a caption that holds more than its parts is scanned too", () => {
    const brief = briefOf("instagram.feed", { hook: "Hello." });
    const input = inputOf(brief);
    const [control, ...others] = input.variants;
    const sent = { ...control!, renderings: [{ surface: "instagram.feed" as const, captionAsSent: "Hello. Guaranteed returns." }] };
    expect(runGuard(riskScan, { ...input, variants: [sent, ...others] }, contextOf({})).issues).toContainEqual(
      expect.objectContaining({ ruleId: "fin.guaranteed-return", field: "renderings[0].captionAsSent" }),
    );
  });

  test("bait says that it confounds the experiment", () => {
    expect(scan("Tag 3 friends!")).toContainEqual(
      expect.objectContaining({ verdict: "warn", message: expect.stringContaining("confounds") }),
    );
  });

  test("coarse words warn with their span, also behind look-alike letters", () => {
    const hook = "What a load of sh\u0456t.";
    const issue = scan(hook).find(({ ruleId }) => ruleId === "risk.profanity")!;
    expect(issue.verdict).toBe("warn");
    expect(hook.slice(...(issue.span as [number, number]))).toBe("sh\u0456t");
  });

  test.each([
    "Garantierte Rendite für alle, und das ohne Risiko.",
    "Гарантированная прибыль каждый месяц",
    "Rendimientos garantizados para los socios y sin riesgo",
  ])("%j is not scanned, and that is said", (text) => {
    expect(scan(text)).toContainEqual(expect.objectContaining({ ruleId: "risk.language", verdict: "unverified" }));
  });

  test("a declared language beats the guess", () => {
    expect(scan("Crema, cortado, macchiato.", { language: "it" }).map(({ ruleId }) => ruleId)).toContain("risk.language");
    expect(scan("Crema, cortado, macchiato.", { language: "en-GB" }).map(({ ruleId }) => ruleId)).not.toContain("risk.language");
  });

  test("a clip nobody listened to is unverified", () => {
    const brief = briefOf("instagram.reels", { renditions: [{ path: "clip.mp4", sha256: "a".repeat(64) }] });
    expect(runGuard(riskScan, inputOf(brief), contextOf({})).issues).toContainEqual(
      expect.objectContaining({ ruleId: "risk.media", verdict: "unverified" }),
    );
  });

  const ordinary = fc.constantFrom(
    "We roast on Mondays.",
    "Which bike next?",
    "Come by at nine.",
    "The pour takes 20 seconds.",
    "A treat for a grey day.",
  );
  const claim = fc.constantFrom(
    ...shippedRiskPack().rules.flatMap(({ rule }) =>
      rule.kind === "position" || rule.kind === "conditional" ? [] : (rule.samples?.hits ?? []),
    ),
  );

  test("law: a claim in a sentence of its own makes no text milder", async () => {
    await assertProperty(
      fc.property(fc.array(fc.oneof(ordinary, claim), { maxLength: 3 }), claim, fc.boolean(), (sentences, extra, first) => {
        const before = sentences.join(" ");
        const after = (first ? [extra, ...sentences] : [...sentences, extra]).join(" ");
        expect(guardVerdicts.indexOf(verdictOf(after))).toBeGreaterThanOrEqual(guardVerdicts.indexOf(verdictOf(before || "Hello.")));
        expect(guardVerdicts.indexOf(verdictOf(after))).toBeGreaterThanOrEqual(guardVerdicts.indexOf("warn"));
      }),
      { numRuns: 60 },
    );
  });

  test("law: whatever the text, every span lies in it and holds what was found", async () => {
    const noise = fc.string({ unit: "grapheme", maxLength: 12 });
    await assertProperty(
      fc.property(noise, claim, noise, (before, found, after) => {
        const hook = `${before} ${found} ${after}`;
        for (const { span, actual, field } of scan(hook)) {
          if (span === undefined || field !== "parts.hook") continue;
          expect(span[0]).toBeLessThan(span[1]);
          expect(hook.slice(span[0], span[1])).toBe(actual);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("law: letters in another style change no verdict, and the span covers them whole", async () => {
    const styles: readonly ((letter: string) => string)[] = [
      (letter) => letter,
      (letter) => letter.toUpperCase(),
      // Mathematical bold: a surrogate pair for each letter.
      (letter) => String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97),
      (letter) => String.fromCodePoint(0xff41 + letter.charCodeAt(0) - 97),
      (letter) => `${letter}\u200B`,
    ];
    const sample = fc.constantFrom("guaranteed profits", "risk-free returns", "a miracle cure", "lose 10 pounds in 5 days");
    const plain = (piece: string): string => piece.normalize("NFKD").replaceAll("\u200B", "").toLowerCase();
    await assertProperty(
      fc.property(sample, fc.array(fc.nat(4), { minLength: 30, maxLength: 30 }), (text, style) => {
        const ligature = text.replace("fi", "\uFB01");
        const dressed = Array.from(ligature, (letter, at) => (/[a-z]/.test(letter) ? styles[style[at]!]!(letter) : letter)).join("");
        expect(verdictOf(dressed)).toBe(verdictOf(text));
        const spans = (hook: string): string[] =>
          scan(hook).flatMap(({ span, field }) => (field === "parts.hook" ? [plain(hook.slice(...(span as [number, number])))] : []));
        expect(spans(dressed)).toEqual(spans(text));
      }),
      { numRuns: 60 },
    );
  });

  test("law: invisible characters anywhere change no verdict", async () => {
    const invisible = fc.constantFrom("\u200B", "\u200D", "\u00AD", "\u2060", "\uFEFF", "\uFE0F", "\u0301");
    await assertProperty(
      fc.property(claim, fc.array(fc.tuple(fc.nat(200), invisible), { minLength: 1, maxLength: 5 }), (text, inserted) => {
        const characters = Array.from(text);
        for (const [at, character] of inserted) characters.splice((at % characters.length) + 1, 0, character);
        expect(verdictOf(characters.join(""))).toBe(verdictOf(text));
      }),
      { numRuns: 60 },
    );
  });
});

describe("a rule pack", () => {
  test("the index of the shipped one is up to date; otherwise: node scripts/riskIndex.ts", () => {
    expect(packData(document as unknown as RiskPack)).toEqual(index);
  });

  test("the shipped one is read like any other: its shape, its patterns and its samples", () => {
    expect(compileRiskPack(document).rules).toHaveLength(document.rules.length);
    expect(document.rules.filter(({ asOf, basis }) => asOf === undefined || basis === "")).toEqual([]);
  });

  test("past its day it is refused", () => {
    const pack = compileRiskPack(edited((each) => (each["expires"] = "2026-12-31")));
    const input = inputOf(briefOf("instagram.feed", {}));
    expect(refusalOf(() => preflight(input, { riskPacks: [pack] }))).toMatchObject({
      code: "risk-pack-expired",
      path: "riskPacks.expires",
    });
    expect(preflight({ ...input, nowMs: Date.UTC(2026, 11, 30) }, { riskPacks: [pack] }).guards).toHaveLength(5);
  });

  test.each<[string, string, (pack: PackDocument) => void]>([
    ["an unknown key", "rules[0].severty", (pack) => (pack.rules[0]!["severty"] = "warn")],
    ["a pattern that does not compile", "rules[1].left[0]", (pack) => (pack.rules[1]!["left"] = ["guarante(e"])],
    ["a list nobody wrote", "rules[1].right[0]", (pack) => (pack.rules[1]!["right"] = ["@nowhere"])],
    ["a repeated id", "rules[1].id", (pack) => (pack.rules[1]!["id"] = pack.rules[0]!["id"])],
    [
      "a sample the rule does not find",
      "rules[0].samples.hits[0]",
      (pack) => (pack.rules[0]!["samples"] = { hits: ["Good morning."], misses: ["Hello."] }),
    ],
    [
      "a sample the rule must not find",
      "rules[0].samples.misses[0]",
      (pack) => (pack.rules[0]!["samples"] = { hits: ["Guaranteed returns."], misses: ["Guaranteed profits."] }),
    ],
    [
      "a condition that is no condition",
      "rules[0].ifMeta",
      (pack) => (pack.rules[0] = { ...conditional, ifMeta: "post.materialConnection" }),
    ],
    ["a rule that requires nothing", "rules[0].require", (pack) => (pack.rules[0] = conditional)],
    [
      "more signs than there are classes",
      "rules[0].atLeast",
      (pack) => (pack.rules[0] = { ...pack.rules.find(({ kind }) => kind === "evidence")!, atLeast: 5, signs: [["a"], ["b"]] }),
    ],
    ["a kind nobody knows", "rules[0].kind", (pack) => (pack.rules[0]!["kind"] = "magic")],
    ["no rules", "rules", (pack) => (pack.rules = [])],
  ])("%s is refused with its path", (_what, path, change) => {
    expect(refusalOf(() => compileRiskPack(edited(change)))).toMatchObject({ code: "risk-pack-invalid", path });
  });

  const conditional = {
    id: "x.y",
    domain: "x",
    kind: "conditional",
    severity: "warn",
    if: ["beer"],
    message: "m",
    fix: "f",
    basis: "b",
    basisConfidence: "memory",
  };

  test("the starting pack of the product's first data is read as it is", () => {
    const { packVersion, retrieved, about, engine } = document;
    const starting = {
      packVersion,
      retrieved,
      about,
      engine: { negationWindowWords: 4, negators: ["no", "not"], sentenceScoped: true },
      rules: [
        {
          id: "a.b",
          domain: "d",
          kind: "existence",
          severity: "block",
          any: ["sure win"],
          unlessNegated: true,
          message: "m",
          fix: "f",
          basis: "b",
          basisConfidence: "memory",
        },
      ],
    };
    expect(engine).toBeDefined();
    expect(compileRiskPack(starting).version).toBe(packVersion);
  });

  test.each(["not cure cancer ", "guaranteed ", "a ", "#tag ", "x"])("a long text of %j comes to an end", (word) => {
    expect(scan(word.repeat(60_000 / word.length)).length).toBeGreaterThanOrEqual(0);
  });
});
