// What may move along with the tested field though no field names it: text length, hashtags, links, duration, shape, place of the disclosure
// (preflight note 2.6, step 4). A move beyond tolerance is shown to a person.
import { type Content, type Coupling, type VariableName, variables } from "../domain/index.ts";
import { hasLink, renderCaption } from "./render.ts";

export interface CovariateMove {
  /** Such as `durationMs` or `linkPresence`. */
  readonly covariate: string;
  readonly one: number | string | boolean | null;
  readonly other: number | string | boolean | null;
  /** The relative move that would still be clean; null where any move is shown. */
  readonly toleranceShare: number | null;
}

interface Covariate {
  readonly name: string;
  readonly value: (content: Content) => number | string | boolean | null;
  /** Unless the variable's own coupling says otherwise. */
  readonly toleranceShare: number | null;
  /** The variables that are about it, so that its move is no surprise. */
  readonly ownedBy: readonly VariableName[];
  /** Compared only where the variable says that it may move. */
  readonly ifCoupled?: true;
}

/** Duration's tolerance is that of comparable posts (validity note 2); a quarter of the text is a judgement. */
const covariates: readonly Covariate[] = [
  { name: "textLength", value: (content) => renderCaption(content).length, toleranceShare: 0.25, ownedBy: [] },
  { name: "lineCount", value: (content) => renderCaption(content).split("\n").length, toleranceShare: 1, ownedBy: [] },
  { name: "hashtagCount", value: ({ parts }) => parts.hashtags.length, toleranceShare: null, ownedBy: ["hashtags"] },
  { name: "linkPresence", value: hasLink, toleranceShare: null, ownedBy: ["cta"] },
  { name: "durationMs", value: durationMs, toleranceShare: 0.15, ownedBy: [] },
  { name: "aspectRatio", value: aspectRatio, toleranceShare: 0.01, ownedBy: [] },
  { name: "disclosureLine", value: disclosureLine, toleranceShare: null, ownedBy: [] },
  {
    name: "costPerPost",
    value: (content) => (hasLink(content) ? "with link" : "plain"),
    toleranceShare: null,
    ownedBy: [],
    ifCoupled: true,
  },
];

/** Covariates of two contents that moved beyond their tolerance under this variable. A figure that one of them lacks is not compared. */
export function movedCovariates(variable: VariableName, one: Content, other: Content): CovariateMove[] {
  const couplings: readonly Coupling[] = variables[variable].couplings;
  return covariates.flatMap(({ name, value, toleranceShare, ownedBy, ifCoupled }): CovariateMove[] => {
    const coupling = couplings.find(({ covariate }) => covariate === name);
    if (ownedBy.includes(variable) || (ifCoupled === true && coupling === undefined)) return [];
    const tolerance = coupling === undefined ? toleranceShare : coupling.toleranceShare;
    const [a, b] = [value(one), value(other)];
    return isWithin(a, b, tolerance) ? [] : [{ covariate: name, one: a, other: b, toleranceShare: tolerance }];
  });
}

function isWithin(one: CovariateMove["one"], other: CovariateMove["one"], toleranceShare: number | null): boolean {
  if (one === other) return true;
  if (typeof one !== "number" || typeof other !== "number") return one === null && other === null;
  return toleranceShare !== null && Math.abs(other - one) <= toleranceShare * Math.max(Math.abs(one), Number.MIN_VALUE);
}

/** Of the uploaded file, or of its segments together; null where it is not known. */
export function durationMs({ media }: Content): number | null {
  const uploaded = media.renditions.find((file) => file.durationMs !== undefined)?.durationMs;
  if (uploaded !== undefined) return uploaded;
  const segments = [media.first3s, media.rest].filter((file) => file !== undefined);
  const known = segments.map((file) => file.durationMs).filter((ms) => ms !== undefined);
  return segments.length === 0 || known.length < segments.length ? null : known.reduce((sum, ms) => sum + ms, 0);
}

/** Width over height of the first file that knows both. */
function aspectRatio({ media }: Content): number | null {
  const file = [...media.renditions, media.rest, media.first3s].find(
    (one) => one?.widthPx !== undefined && one.heightPx !== undefined && one.heightPx > 0,
  );
  return file === undefined ? null : file.widthPx! / file.heightPx!;
}

/** The words by which a post says that it is paid for; the risk pack judges them, here only their place counts. */
const disclosure =
  /(^|[^\p{L}\p{N}_])(#(ad|advert|sponsored|werbung|anzeige|publi|reklame)(?![\p{L}\p{N}_])|paid partnership|sponsored by)/iu;

/** The line of the caption that holds the disclosure, 1 the first; null without one. */
function disclosureLine(content: Content): number | null {
  const at = renderCaption(content)
    .split("\n")
    .findIndex((line) => disclosure.test(line));
  return at < 0 ? null : at + 1;
}
