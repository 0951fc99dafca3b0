// The pack that comes with the product: what all domains share, and the rules of each, put together when first needed.
import { type CompiledPack, restorePack } from "./compilePack.ts";
import index from "./pack/en.index.json" with { type: "json" };
import head from "./pack/en.json" with { type: "json" };
import body from "./pack/en.body.json" with { type: "json" };
import claims from "./pack/en.claims.json" with { type: "json" };
import finance from "./pack/en.finance.json" with { type: "json" };
import health from "./pack/en.health.json" with { type: "json" };
import platform from "./pack/en.platform.json" with { type: "json" };
import vice from "./pack/en.vice.json" with { type: "json" };
import type { RiskPack } from "./packSchema.ts";

let pack: CompiledPack | undefined;

/** The shipped document as a rule pack has to be; the tests read it through `compileRiskPack`, schema and samples included. */
export function shippedRiskDocument(): object {
  const domains = [finance, health, body, vice, claims, platform];
  return { ...head, rules: domains.flatMap(({ asOf, rules }) => rules.map((rule) => ({ ...rule, asOf }))) };
}

/** Reading and trying it anew at every start would cost most of the first scan, so the tests do, and that its index is up to date. */
export function shippedRiskPack(): CompiledPack {
  return (pack ??= restorePack(shippedRiskDocument() as RiskPack, index));
}
