// Runs the built package on the Node that executes this file: every public face loads, the CLI answers.
// CI calls it with the oldest Node we promise.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const { exports, name } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

for (const face of Object.keys(exports)) {
  if (face === "./package.json") continue;
  const names = Object.keys(await import(`${name}${face.slice(1)}`));
  if (names.length === 0) throw new Error(`${name}${face.slice(1)} exports nothing`);
}

const cli = new URL("dist/cli/main.js", root).pathname;
const help = spawnSync(process.execPath, [cli, "--help"], { encoding: "utf8" });
if (help.status !== 0 || !help.stdout.includes("analyse")) throw new Error(`expos --help failed: ${help.stderr}`);
const schema = spawnSync(process.execPath, [cli, "schema", "brief", "--json"], { encoding: "utf8" });
if (schema.status !== 0 || JSON.parse(schema.stdout).type === undefined) throw new Error(`expos schema brief failed: ${schema.stderr}`);
console.log(`${Object.keys(exports).length} faces and the CLI run on Node ${process.version}`);
