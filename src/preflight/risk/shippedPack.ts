// The pack that comes with the product: what all domains share, and the rules of each, put together when first needed.
import { type CompiledPack, restorePack } from "./compilePack.ts";
import index from "./pack/en.index.json" with { type: "json" };
import head from "./pack/en.json" with { type: "json" };
import body from "./pack/en.body.json" with { type: "json" };
import claims from "./pack/en.claims.json" with { type: "json" };
import finance from "./pack/en.finance.json" with { type: "json" };
import health from "./pack/en.health.json" with { type: "json" };
import income from "./pack/en.income.json" with { type: "json" };
import shared from "./pack/en.lists.json" with { type: "json" };
import platform from "./pack/en.platform.json" with { type: "json" };
import signsOfBody from "./pack/en.signs-body.json" with { type: "json" };
import signsOfClaims from "./pack/en.signs-claims.json" with { type: "json" };
import signsOfConduct from "./pack/en.signs-conduct.json" with { type: "json" };
import signsOfHealth from "./pack/en.signs-health.json" with { type: "json" };
import signsOfMoney from "./pack/en.signs-money.json" with { type: "json" };
import vice from "./pack/en.vice.json" with { type: "json" };
import type { RiskPack } from "./packSchema.ts";

let pack: CompiledPack | undefined;

/** The shipped document as a rule pack has to be; the tests read it through `compileRiskPack`, schema and samples included. */
export function shippedRiskDocument(): object {
  const domains = [
    shared,
    finance,
    income,
    health,
    body,
    vice,
    claims,
    platform,
    signsOfMoney,
    signsOfHealth,
    signsOfBody,
    signsOfClaims,
    signsOfConduct,
  ];
  const lists = Object.assign({}, ...domains.map((domain) => ("lists" in domain ? domain.lists : {})));
  return { ...head, lists, rules: domains.flatMap(({ asOf, rules }) => rules.map((rule) => ({ ...rule, asOf }))) };
}

/** Reading and trying it anew at every start would cost most of the first scan, so the tests do, and that its index is up to date. */
export function shippedRiskPack(): CompiledPack {
  return (pack ??= restorePack(shippedRiskDocument() as RiskPack, index));
}
