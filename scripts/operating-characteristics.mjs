// Writes docs/operating-characteristics.md: every table comes from `expos tune` on a shipped scenario, with its command above it.
// Run it after a change of the rules: node scripts/operating-characteristics.mjs (some ten minutes on two quiet cores). With headings as arguments only these
// sections are measured anew and the others are kept as they stand. `npm run validate` checks a row of it.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const pages = [
  {
    heading: "The rules as they decide",
    text: "Harm, futility, leads on two proxies, the exact test at its looks and the expected loss together; `seed` is the bare rule of the product's first brief, kept for comparison. `evidence` needs 8 blocks.",
    words: [
      "--policy",
      "evidence",
      "--policy",
      "exploratory",
      "--policy",
      "regulated",
      "--policy",
      "seed",
      "--scenario",
      "examples/scenarios/note-2.5.yaml",
      "--runs",
      "20000",
    ],
  },
  {
    heading: "The tests alone",
    text: "The same without futility, harm, leads and expected loss: the exact test and its looks. These are the figures that are usually published for a test.",
    words: [
      "--policy",
      "evidence",
      "--policy",
      "exploratory",
      "--scenario",
      "examples/scenarios/note-2.5.yaml",
      "--grid",
      "futility.chanceMin=null",
      "--grid",
      "harm.eValuePerArm=null",
      "--grid",
      "evidence.leadsMin=0",
      "--grid",
      "exploratory.leadsMin=0",
      "--grid",
      "evidence.expectedLossMax=null",
      "--runs",
      "20000",
    ],
  },
  {
    heading: "Faults on blocked plans",
    text: "Detected: the checks say invalid, hold or pause. Without make-ups. A cut of reach is compared with 40 earlier posts; it is asked about, never called invalid by itself.",
    words: ["--policy", "evidence", "--scenario", "examples/scenarios/faults.yaml", "--runs", "1000"],
  },
  {
    heading: "Faults on plans dealt at random",
    text: "Effects of x3 and x1/3 (1.0986 log units) leave the checks unmoved: they are what a test is for.",
    words: ["--policy", "evidence", "--scenario", "examples/scenarios/dealt-at-random.yaml", "--runs", "1000"],
  },
  ...[
    [
      "slots",
      "Slot experiments",
      "Arms are clock times, blocks are weeks; each post is measured from its own planned slot instead of from the other arm's clock. Same outcomes as posts, through documents and checks.",
    ],
    [
      "lanes",
      "Lane experiments",
      "Publish attempts by two lanes: success, minutes to live, minutes of people. Decided once, at the end, by `decide` on documents. An effect is so many log units of better luck on all three.",
    ],
    [
      "replies",
      "Engagement experiments",
      "Suggested replies in blocks of post and day, two of each arm in a block: sent as suggested, answered in earnest, turns of the conversation. Posts are replies here.",
    ],
  ].map(([scenario, heading, text]) => ({
    heading,
    text,
    words: ["--policy", "evidence", "--scenario", `examples/scenarios/${scenario}.yaml`, "--runs", "4000"],
  })),
];

const page = join(root, "docs/operating-characteristics.md");
const asked = process.argv.slice(2);
const unknown = asked.find((heading) => pages.every((one) => one.heading !== heading));
if (unknown !== undefined) throw new Error(`no section is called "${unknown}": ${pages.map(({ heading }) => heading).join(", ")}`);
const standing = asked.length === 0 ? [] : readFileSync(page, "utf8").split(/^(?=## )/m);

const sections = pages.map(({ heading, text, words }) => {
  const kept = standing.find((section) => section.startsWith(`## ${heading}\n`));
  if (asked.length > 0 && !asked.includes(heading)) {
    if (kept === undefined) throw new Error(`"${heading}" has not been measured yet`);
    return `${kept.trim()}\n`;
  }
  const command = ["tune", ...words, "--seed", "1"];
  const run = spawnSync(process.execPath, [join(root, "src/cli/main.ts"), ...command, "--markdown"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  process.stderr.write(`${heading}: ${Math.round(performance.now() / 1000)} s\n`);
  if (run.status !== 0) throw new Error(run.stderr);
  // The command's own title and the picture notes give way to the page's.
  const tables = run.stdout
    .split("\n## ")
    .slice(1)
    .filter((section) => section.includes("| policy |"));
  const body = tables.map((section) => section.slice(section.indexOf("\n")).trim()).join("\n\n");
  return `## ${heading}\n\n${text}\n\n\`expos ${command.join(" ")}\`\n\n${body}\n`;
});

writeFileSync(
  page,
  `# Operating characteristics

How often our rules err, win, notice faults and what they cost, in a synthetic world of posts whose assumptions stand in the scenario files: log-sd 1, three
proxies of correlation .6, 5 % of posts viral, complete blocks. They are assumptions, not fitted to any account; \`expos calibrate --history FILE --proxy COLUMN\`
says how often a rule names a winner among an account's own posts when nothing differs. Effects are log units: .8 is 2.2 times as much. In brackets the Monte
Carlo standard error. Run r of a seed has the same luck in every row. This page is written by \`node scripts/operating-characteristics.mjs\`.

${sections.join("\n")}`,
);
