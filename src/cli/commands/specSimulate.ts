// `expos spec simulate`: deals made-up units through experiments and judges shares, independence and the split inside gates.
import {
  type AssignmentSimulation,
  idFamilies,
  type IdFamily,
  type ShareCheck,
  simulateAssignment,
  type SimulationVerdict,
} from "../../spec/index.ts";
import { type CommandResult, MisuseError } from "../command.ts";
import { instantOption } from "../create/answers.ts";
import { loadPolicies } from "../specFiles/applicationSpecs.ts";
import { loadExperiments } from "../specFiles/load.ts";
import { attributesOf } from "./specExplain.ts";

export interface SimulateArguments {
  readonly units: string;
  readonly ids: string;
  readonly attribute?: readonly string[];
  readonly flag?: readonly string[];
  readonly policies?: string;
  readonly now?: string;
}

/** Refused (exit 1) if a verdict is fail. @throws DomainError for files that cannot be used, MisuseError for options. */
export async function run(
  files: readonly string[],
  { units, ids, attribute, flag, policies, now }: SimulateArguments,
): Promise<CommandResult> {
  if (!/^\d+$/.test(units)) throw new MisuseError("--units", `"${units}" is not a whole number`, "Write --units 100000.");
  if (!idFamilies.some((family) => family === ids))
    throw new MisuseError("--ids", `"${ids}" ids are not known`, `Use one of ${idFamilies.join(", ")}.`);
  const { experiments } = await loadExperiments(files);
  const result = simulateAssignment({
    experiments: experiments.map(({ experiment }) => experiment),
    unitCount: Number(units),
    idFamily: ids as IdFamily,
    attributes: attributesOf(attribute ?? []),
    flags: flag === undefined ? undefined : [...flag],
    policyChecker: policies === undefined ? undefined : await loadPolicies(policies),
    nowMs: instantOption("--now", now),
  });
  return { document: result, text: textOf(result), refused: result.verdict === "fail" };
}

function textOf({ unitCount, idFamily, experiments, shares, pairs, lags, issues, verdict }: AssignmentSimulation): string {
  return [
    `${unitCount} units with ${idFamily} ids`,
    "",
    "Who gets what",
    ...experiments.flatMap(({ experiment, version, arms, excluded, notDrawn }) => [
      `  ${experiment} ${version}: ${arms.map(({ variantId, share }) => `${variantId} ${percent(share)}`).join(", ")}`,
      ...Object.entries(excluded).map(([reason, count]) => `    ${count} not in the experiment: ${reason}`),
      ...(notDrawn > 0 ? [`    ${notDrawn} could have got no other arm: nobody compares with them`] : []),
    ]),
    "",
    "Shares of drawn units (chi-square, fails below 1e-5)",
    ...shares.map((check) => `  ${mark(check.verdict)} ${check.experiment}, ${check.slice}: ${shareText(check)}`),
    ...(pairs.length === 0 ? [] : ["", "Independence across experiments (fails beyond 5 / sqrt(n))"]),
    ...pairs.map(({ a, b, units, phi, bound, verdict: own }) =>
      phi === null
        ? `  ${mark(own)} ${a} with ${b}: ${units} units drawn in both, too few to say`
        : `  ${mark(own)} ${a} with ${b}: phi ${phi.toFixed(5)}, bound ${bound!.toFixed(5)}, n ${units}${own === "fail" ? `\n       ${pairFix}` : ""}`,
    ),
    "",
    "Independence of neighbouring ids, lags 1 to 20 (fails beyond 6 / sqrt(n))",
    ...lags.map(({ experiment, phi, lag, bound, verdict: own }) =>
      phi === null
        ? `  ${mark(own)} ${experiment}: too few drawn units to say`
        : `  ${mark(own)} ${experiment}: largest phi ${phi.toFixed(5)} at lag ${lag}, bound ${bound!.toFixed(5)}`,
    ),
    ...issues.map(({ experiment, path, message, fix }) => `\nIssue: ${experiment} at ${path}: ${message}\n       fix: ${fix}`),
    "",
    `Verdict: ${verdict}`,
  ].join("\n");
}

const pairFix = "fix: give each experiment its own salt (or none), or use hash version m3-1, which keys by experiment.";

function shareText({ units, arms, pValue }: ShareCheck): string {
  const split = arms.map(({ variantId, share, expectedShare }) => `${variantId} ${percent(share)} of ${percent(expectedShare)}`).join(", ");
  return units === 0 ? "nobody is drawn" : `${split}, n ${units}${pValue === null ? "" : `, p ${pValue.toPrecision(2)}`}`;
}

function mark(verdict: SimulationVerdict): string {
  return verdict === "insufficient" ? "  - " : verdict;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
