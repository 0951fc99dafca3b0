// Works out the index of the shipped rule pack anew: `node scripts/riskIndex.ts` after a change of its rules; a test tells when it is due.
import { existsSync, writeFileSync } from "node:fs";

const file = new URL("../src/preflight/risk/pack/en.index.json", import.meta.url);
// The pack imports its index.
if (!existsSync(file)) writeFileSync(file, '{"patterns":"","lists":"","openings":"","places":""}');
const { packData } = await import("../src/preflight/risk/compilePack.ts");
const { shippedRiskDocument } = await import("../src/preflight/risk/shippedPack.ts");
const { riskPackSchema } = await import("../src/preflight/risk/packSchema.ts");
writeFileSync(file, `${JSON.stringify(packData(riskPackSchema.parse(shippedRiskDocument())), null, 2)}\n`);
