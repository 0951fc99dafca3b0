// Prints the warning thresholds of check E10 by length of the run, for src/erm/policy.ts: the least ones, in tenths and never below 5, at which a run
// of ordinary posts warns falsely in at most 1 of 20 cases; from about 38 posts on the pausing threshold of 8 comes first. Run it after a change of the statistic: node scripts/throttle-thresholds.mjs (seconds).
import { cusumThresholds } from "../src/erm/index.ts";
import { createRng } from "../src/random/index.ts";

const posts = [12, 14, 16, 18, 20, 24, 28, 32, 36];
const rate = 0.05;
const thresholds = cusumThresholds({ posts, rate, rng: createRng("throttle thresholds"), runs: 200_000 });
process.stdout.write(
  `${posts.map((length, at) => `{ posts: ${length}, above: ${Math.max(5, Math.ceil(10 * thresholds[at]) / 10)} },`).join("\n")}\n`,
);
