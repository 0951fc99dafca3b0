// `expos calibrate`: the whole rule on an account's own earlier posts, shuffled so that nothing differs; every winner it names is a false one.
import { calibrate } from "../../decision/index.ts";
import { readPostHistory } from "../../report/index.ts";
import { type CommandResult, MisuseError } from "../command.ts";
import { readPolicy } from "../policyFiles.ts";

export interface CalibrateArguments {
  readonly history: string;
  readonly proxy?: readonly string[];
  readonly groupBy?: readonly string[];
  readonly separator?: string;
  readonly policy: string;
  readonly blocks: string;
  readonly arms: string;
  readonly runs: string;
  readonly seed: string;
}

/** @throws DomainError for a history, column or policy that cannot be used; MisuseError for numbers that are none. */
export async function run(options: CalibrateArguments): Promise<CommandResult> {
  const { history: file, proxy, groupBy = [], separator, seed } = options;
  const [blocks, arms, runs] = [
    number("--blocks", options.blocks, 3),
    number("--arms", options.arms, 2),
    number("--runs", options.runs, 1),
  ];
  const { name, policy } = readPolicy(options.policy);
  const history = await readPostHistory(file, {
    ...(proxy !== undefined && { proxies: proxy }),
    groupBy,
    ...(separator !== undefined && { separator }),
  });
  const found = calibrate(history.posts, { policy, blocks, arms, runs, seed });
  const { value, se, wilson } = found.falseWinner;
  const level = policy[policy.preset ?? "evidence"].alpha;
  const text = [
    `${history.posts.length} posts of ${file} (${history.leftOut} without all of ${history.proxies.join(", ")} left out) make ${found.blocksAvailable} blocks of ${arms}.`,
    `Dealt to arms by chance ${runs} times, ${blocks} blocks each, ${name} names a winner in ${(100 * value).toFixed(2)} % (error ${(100 * se).toFixed(2)}, 95 % bounds ${(100 * wilson[0]).toFixed(2)} to ${(100 * wilson[1]).toFixed(2)}); its level is ${100 * level} %.`,
    `It publishes ${found.expectedPosts.toFixed(1)} posts on average before it stops.`,
  ].join("\n");
  return {
    document: {
      policy: name,
      level,
      history: { posts: history.posts.length, leftOut: history.leftOut, proxies: history.proxies },
      ...found,
      seed,
    },
    text,
  };
}

function number(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new MisuseError(flag, `${text} is no whole number from ${least}`, `Write a whole number from ${least}.`);
  return value;
}
