// Makes a fresh clone ready: installs what package-lock.json names, checks Node, compiles dist/ when src/ changed.
// Plain JavaScript, no dependencies: the first time, the system's own Node runs it before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths)
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(root, path)))
      .update("\0");
  return hash.digest("hex");
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]));
}

function run(command, args) {
  // A shell only on Windows, where npm and tsc are .cmd files.
  return spawnSync(command, args, { cwd: root, env, stdio: ["ignore", 2, 2], shell: process.platform === "win32" }).status === 0;
}

function fail(message) {
  console.error(`set-up: ${message}`);
  process.exit(1);
}

/** Runs `make` unless the marker file already holds the hash of the inputs. */
function upToDate(marker, inputs, make) {
  const path = join(root, marker);
  const hash = hashOf(inputs);
  if (existsSync(path) && readFileSync(path, "utf8") === hash) return;
  rmSync(path, { force: true });
  make();
  writeFileSync(path, hash);
}

upToDate("node_modules/.expos-installed", ["package-lock.json"], () => {
  console.error("set-up: installing packages (once)");
  const clean = run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (!clean && !run("npm", ["install", "--include=dev", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]))
    fail("packages could not be installed; see npm's message above");
});

const version = spawnSync("node", ["-p", "process.version"], { env, encoding: "utf8" }).stdout?.trim() ?? "";
const [major, minor] = version.slice(1).split(".").map(Number);
if (!(major > 22 || (major === 22 && minor >= 12)))
  fail(`Node ${version || "(none)"} is too old, 22.12 is needed; run npm ci without --ignore-scripts to get the pinned one`);

upToDate("dist/.expos-built", [...filesBelow("src"), "package-lock.json", "tsconfig.json", "tsconfig.build.json"], () => {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  if (!run("tsc", ["--project", "tsconfig.build.json"])) fail("src/ does not compile; see the errors above");
});
