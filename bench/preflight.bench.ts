// Throughput of the guards' inner loops, each against the least work that could give the same answer: Jaccard against building the shingle sets
// alone, dHash comparison against a bigint popcount, the policy matcher against hand-written conditions.
import { compileRules, type Facts, ruleSetSchema } from "../src/canon/index.ts";
import { newEnforcer, newModelFromString } from "casbin";
import { captionPrint, hammingDistance, policyAttributes, printSimilarity } from "../src/preflight/index.ts";
import { createRng } from "../src/random/index.ts";
import policies from "../src/preflight/policy/policies.json" with { type: "json" };
import { type BenchRow, compare } from "./support.ts";

const rng = createRng("preflight");
const words = [
  "roast",
  "beans",
  "monday",
  "morning",
  "pour",
  "degrees",
  "milk",
  "window",
  "river",
  "bike",
  "paint",
  "workshop",
  "before",
  "after",
];
const caption = (): string => Array.from({ length: 40 }, () => words[Math.floor(rng.next() * words.length)]!).join(" ");
const captions = Array.from({ length: 1000 }, caption);
const prints = captions.map(captionPrint);
const hash = (): string => Array.from({ length: 16 }, () => Math.floor(rng.next() * 16).toString(16)).join("");
const hashes = Array.from({ length: 1000 }, hash);

/** The same hashes as numbers, compared bit by bit: what a naive implementation does. */
function bigintDistances(): number {
  const values = hashes.map((each) => BigInt(`0x${each}`));
  let sum = 0;
  for (const one of values.slice(0, 100)) for (const other of values) sum += (one ^ other).toString(2).replaceAll("0", "").length;
  return sum;
}

/** What the shipped rules ask of a post, by hand, without ids, unmet lists or expiry. */
function byHand(facts: Facts): boolean {
  const signals = facts["openSignal"] as readonly string[];
  const denied =
    signals.length > 0 ||
    (facts["platform"] === "x" && facts["action"] === "publish" && facts["similarAcrossXAccounts"] === true) ||
    (facts["platform"] === "x" && facts["action"] === "reply" && facts["approval"] === "auto" && facts["replyConsent"] !== true);
  const asks =
    facts["approval"] === "auto" &&
    (facts["lane"] !== "api" || (facts["clientTag"] as readonly string[]).includes("regulated") || facts["changesOfferOrClaim"] === true);
  return !denied && !asks;
}

/** The conditions of `byHand` as casbin policies: allow all, denied by any. */
async function casbinEnforcer() {
  const model = newModelFromString(`
[request_definition]
r = post
[policy_definition]
p = condition, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = eval(p.condition)`);
  const enforcer = await newEnforcer(model);
  const auto = 'r.post.approval == "auto"';
  await enforcer.addPolicies([
    ["true", "allow"],
    ["r.post.signals > 0", "deny"],
    ['r.post.platform == "x" && r.post.action == "publish" && r.post.similarAcrossXAccounts', "deny"],
    [`r.post.platform == "x" && r.post.action == "reply" && ${auto} && !r.post.replyConsent`, "deny"],
    [`${auto} && r.post.lane != "api"`, "deny"],
    [`${auto} && r.post.regulated`, "deny"],
    [`${auto} && r.post.changesOfferOrClaim`, "deny"],
  ]);
  return enforcer;
}

export async function rows(): Promise<BenchRow[]> {
  const enforcer = await casbinEnforcer();
  const matcher = compileRules([ruleSetSchema.parse(policies)], policyAttributes);
  const platforms = ["instagram", "tiktok", "x", "linkedin"] as const;
  const questions = Array.from({ length: 10_000 }, (_, at) => ({
    facts: {
      platform: platforms[at % 4]!,
      surface: "x.post",
      action: "publish",
      lane: at % 3 === 0 ? "browser" : "api",
      approval: at % 2 === 0 ? "auto" : "review",
      clientTag: at % 5 === 0 ? ["regulated"] : [],
      openSignal: at % 7 === 0 ? ["spamSignal"] : [],
      changesOfferOrClaim: false,
      similarAcrossXAccounts: false,
      materialConnection: false,
      synthetic: false,
      overlay: false,
    },
    met: new Set<string>(),
    needsAllow: true,
    atMs: 0,
  }));
  const thousand = questions.slice(0, 1_000);
  const forCasbin = thousand.map(({ facts }) => ({
    ...facts,
    signals: facts.openSignal.length,
    regulated: facts.clientTag.includes("regulated"),
    replyConsent: false,
  }));
  const allowedByMatcher = () => thousand.filter((question) => matcher.decide(question).outcome === "allowed").length;
  const allowedByCasbin = () => forCasbin.filter((post) => enforcer.enforceSync(post)).length;
  if (allowedByCasbin() !== thousand.filter(({ facts }) => byHand(facts)).length)
    throw new Error("casbin decides otherwise than the conditions");
  return [
    await compare({
      what: "Jaccard char-5, 100 x 1,000 captions of 240 letters",
      rival: "intersecting the sets in a bare loop",
      ours: () => prints.slice(0, 100).reduce((sum, one) => sum + prints.reduce((each, other) => each + printSimilarity(one, other), 0), 0),
      theirs: () => {
        let shared = 0;
        for (const { shingles } of prints.slice(0, 100))
          for (const other of prints) for (const each of shingles) if (other.shingles.has(each)) shared++;
        return shared;
      },
    }),
    await compare({
      what: "caption prints, 1,000 captions of 240 letters",
      rival: "shingle sets of the raw text",
      ours: () => captions.map(captionPrint),
      theirs: () => captions.map((text) => new Set(Array.from({ length: text.length - 4 }, (_, at) => text.slice(at, at + 5)))),
    }),
    await compare({
      what: "dHash distance, 100 x 1,000 hashes",
      rival: "bigint xor and bit count",
      ours: () => hashes.slice(0, 100).reduce((sum, one) => sum + hashes.reduce((each, other) => each + hammingDistance(one, other), 0), 0),
      theirs: bigintDistances,
    }),
    await compare({
      what: "policy decisions, 10,000 posts x 14 rules",
      rival: "hand-written conditions",
      ours: () => questions.filter((question) => matcher.decide(question).outcome === "allowed").length,
      theirs: () => questions.filter(({ facts }) => byHand(facts)).length,
      note: `${policies.rules.length} rules, ids and expiry reported`,
    }),
    await compare({
      what: "policy decisions, 1,000 posts",
      rival: "casbin, the same conditions as 7 policies",
      ours: allowedByMatcher,
      theirs: allowedByCasbin,
      target: 1,
      note: `ours: ${policies.rules.length} rules, ids and expiry reported`,
    }),
  ];
}
