// What is to be remembered of a preflight that blocked: one record for each variant, the same for the same text and rules however often it ran.
import { blockSubject, contentHash } from "../canon/index.ts";
import type { Brief, GuardBlock, GuardName, PreflightReport, Variant } from "../domain/index.ts";

/** Whose blocks bind after the mending; a file or a budget that was wrong once is no reason to look again. */
const remembered: readonly GuardName[] = ["RiskScan"];

/** The blocks of a report that are remembered. Pure. */
export function guardBlocksOf({ guards, asOf, experimentId }: PreflightReport, brief: Brief, variants: readonly Variant[]): GuardBlock[] {
  const { clientId, name, layers, textHashes } = blockSubject(
    brief,
    variants.map(({ content }) => content),
  );
  return guards
    .filter(({ guard }) => remembered.includes(guard))
    .flatMap(({ guard, issues }) =>
      variants.flatMap(({ variantId, contentHash: hash }): GuardBlock[] => {
        const found = issues.filter((issue) => issue.verdict === "block" && (issue.variantId ?? variantId) === variantId);
        if (found.length === 0) return [];
        const ruleIds = [...new Set(found.map(({ ruleId }) => ruleId))].sort();
        return [
          {
            guardBlockId: contentHash({
              clientId,
              name,
              layers: [...layers],
              textHashes: [...textHashes],
              guard,
              variantId,
              hash,
              ruleIds,
            }),
            clientId,
            layers: [...layers],
            textHashes: [...textHashes],
            experimentName: name,
            ...(experimentId !== undefined && { experimentId }),
            guard,
            variantId,
            contentHash: hash,
            ruleIds,
            atMs: asOf,
          },
        ];
      }),
    );
}
