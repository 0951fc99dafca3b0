// `expos preflight`: its options. The work is in commands/, loaded when it runs.
import type { Command } from "commander";
import { execute, finish } from "../running.ts";

export function define(command: Command): void {
  command
    .option("--assets <folder>", "folder of the media files (default: assetsDir of the document)")
    .option("--risk-pack <files...>", "rule packs of RiskScan in place of the shipped one")
    .option("--policies <files...>", "rule sets beside the shipped policies")
    .option(
      "--store <folder>",
      "remember there what was blocked: RiskScan's blocks then need manual approval, even when the text is mended",
    )
    .option("--json", "one JSON document on stdout")
    .action(
      async (file: string, options: { assets?: string; riskPack?: string[]; policies?: string[]; store?: string; json?: boolean }) => {
        const { run } = await import("../commands/preflight.ts");
        finish(await execute(() => run(file, options), options.json === true));
      },
    );
}
