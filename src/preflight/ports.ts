// What the guards use besides their input: facts of files, the policy engine, rule packs, a cache. Everything has a shipped default but the files.
import type { GuardResult } from "../domain/index.ts";
import type { RuleDecision, RuleQuestion } from "../canon/index.ts";
import { type MediaLibrary, noMedia } from "./mediaLibrary.ts";
import { shippedPolicyEngine } from "./policy/shippedPolicies.ts";
import type { CompiledPack } from "./risk/compilePack.ts";
import { shippedRiskPack } from "./risk/shippedPack.ts";

/** Decides over facts of a post; the shipped one matches rule documents. */
export interface PolicyEngine {
  readonly version: string;
  decide(question: RuleQuestion): RuleDecision;
}

/** Results of the content guards by content hash and versions. Unbounded growth is the owner's to prevent. */
export interface GuardCache {
  get(key: string): GuardResult | undefined;
  set(key: string, result: GuardResult): void;
}

export interface PreflightPorts {
  /** What `gatherMedia` read; left out, no file was opened and whatever depends on one is unverified. */
  readonly media?: MediaLibrary;
  readonly policy?: PolicyEngine;
  /** Packs by language, the shipped English one if left out. */
  readonly riskPacks?: readonly CompiledPack[];
  readonly cache?: GuardCache;
}

export interface GuardContext {
  readonly media: MediaLibrary;
  readonly policy: PolicyEngine;
  readonly riskPacks: readonly CompiledPack[];
}

export function contextOf({ media = noMedia, policy, riskPacks }: PreflightPorts): GuardContext {
  return { media, policy: policy ?? shippedPolicyEngine(), riskPacks: riskPacks ?? [shippedRiskPack()] };
}

/** A cache that forgets what was not asked for longest. */
export function createGuardCache(entriesMax = 1000): GuardCache {
  const results = new Map<string, GuardResult>();
  return {
    get(key) {
      const found = results.get(key);
      if (found !== undefined) {
        results.delete(key);
        results.set(key, found);
      }
      return found;
    },
    set(key, result) {
      results.set(key, result);
      if (results.size > entriesMax) results.delete(results.keys().next().value!);
    },
  };
}
