// The pack that comes with the product, loaded when first needed.
import { type CompiledPack, compileRiskPack } from "./compilePack.ts";
import document from "./pack.en.json" with { type: "json" };

let pack: CompiledPack | undefined;

export function shippedRiskPack(): CompiledPack {
  return (pack ??= compileRiskPack(document));
}
