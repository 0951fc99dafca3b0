// The single-variable check on finished variants (law L4; preflight note 2.6): for every pair, what differs must belong to the variable under test.
import {
  type Brief,
  type Content,
  type ContentField,
  type Coupling,
  differingFields,
  DomainError,
  fieldsUnderTest,
  type Variant,
  variables,
} from "../domain/index.ts";

export interface Difference {
  /** The two variants compared. */
  readonly pair: readonly [string, string];
  readonly fields: readonly ContentField[];
  /** Fields and covariates that moved along; a person looks at them. */
  readonly coupled: readonly string[];
}

/**
 * Compares every pair of variants, tests with tests too.
 * @returns what differs in each pair; `coupled` is what moved beyond its tolerance though no field of the variable names it.
 * @throws DomainError `not-single-variable` if a pair differs elsewhere, `nothing-under-test` if it does not differ at all.
 */
export function checkDifferences(brief: Pick<Brief, "variableUnderTest" | "blueprintFields">, variants: readonly Variant[]): Difference[] {
  const own = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const couplings: readonly Coupling[] = variables[brief.variableUnderTest].couplings;
  return pairs(variants).map(([one, other]) => {
    const differing = differingFields(one.content, other.content);
    const foreign = differing.filter((field) => !own.includes(field) && !couplings.some(({ covariate }) => covariate === field));
    if (foreign.length > 0)
      throw new DomainError({
        code: "not-single-variable",
        path: `variants.${other.variantId}.${foreign[0]}`,
        message: `${other.variantId} differs from ${one.variantId} in ${foreign.join(", ")}, which is not part of ${brief.variableUnderTest}.`,
        fix: `Change ${own.join(" or ")} only.`,
        value: foreign,
      });
    const fields = differing.filter((field) => own.includes(field));
    if (fields.length === 0)
      throw new DomainError({
        code: "nothing-under-test",
        path: `variants.${other.variantId}`,
        message: `${other.variantId} is the same as ${one.variantId}.`,
        fix: `Change ${own.join(" or ")}.`,
      });
    return {
      pair: [one.variantId, other.variantId],
      fields,
      coupled: [...differing.filter((field) => !own.includes(field)), ...movedCovariates(one.content, other.content, couplings)],
    };
  });
}

function movedCovariates(one: Content, other: Content, couplings: readonly Coupling[]): string[] {
  const first = durationMs(one);
  const second = durationMs(other);
  if (first === undefined || second === undefined || first === second) return [];
  const tolerance = couplings.find(({ covariate }) => covariate === "durationMs")?.toleranceShare ?? 0.15;
  return Math.abs(second - first) > tolerance * Math.max(first, 1) ? ["durationMs"] : [];
}

/** Of the first rendition that has one; a hook may be shorter or longer than its sibling. */
export function durationMs(content: Content): number | undefined {
  return content.media.renditions.find((media) => media.durationMs !== undefined)?.durationMs;
}

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((one, at) => list.slice(at + 1).map((other): [T, T] => [one, other]));
}
