// The looks of an experiment as records: each freezes its blocks, their standardised differences and the policy, so that alpha is spent once and a
// crossing stays one. Source: contracts 4; validity note 2.3.
import { type DecisionEvidence, DomainError } from "../domain/index.ts";
import type { TakenLook } from "./rule.ts";

export type LookRecord = NonNullable<DecisionEvidence["looksTaken"]>[number];

/**
 * Checks the planned looks.
 * @throws DomainError `alpha-spent-twice` for a number that is there twice or out of order, `looks-exceed-plan` beyond the plan's blocks.
 */
export function requireLooks(looks: readonly number[], plannedBlocks: number): void {
  looks.forEach((look, at) => {
    if (!Number.isSafeInteger(look) || look < 1)
      fail("look-invalid", `looks[${at}]`, `a look is a number of blocks, not ${String(look)}`, "Pass whole numbers >= 1.", look);
    if (at > 0 && look <= looks[at - 1]!)
      fail(
        "alpha-spent-twice",
        `looks[${at}]`,
        `look ${at + 1} at ${look} blocks does not go beyond look ${at}`,
        "Look at each number of blocks once, in order.",
        look,
      );
    if (look > plannedBlocks)
      fail(
        "looks-exceed-plan",
        `looks[${at}]`,
        `a look at ${look} blocks, and the plan has ${plannedBlocks}`,
        "Plan looks up to the number of blocks; a plan never grows after launch.",
        look,
      );
  });
}

/**
 * Earlier looks on the places of their blocks.
 * @param blocks those complete now, in order. @param arms test variants. @param plannedBlocks N of the plan as it is now.
 * @returns `places` of the blocks in the order of the looks: those looked at keep theirs, null where one was voided since.
 * @throws DomainError `alpha-spent-twice` for records that do not go forward, `policy-changed` for another policy's, `plan-extended` where the
 * plan has more blocks than when the look was taken, `look-record` for one that does not fit this experiment.
 */
export function placeLooks(
  records: readonly LookRecord[],
  blocks: readonly string[],
  arms: readonly string[],
  policyHash: string,
  plannedBlocks: number,
): { readonly looksTaken: TakenLook[]; readonly places: (number | null)[]; readonly names: string[] } {
  records.forEach((record, at) => {
    const path = `looksTaken[${at}]`;
    const before = records[at - 1];
    if (record.policyHash !== policyHash)
      fail(
        "policy-changed",
        `${path}.policyHash`,
        "this look was taken under another policy",
        "Decide with the policy that was frozen at launch.",
        record.policyHash,
      );
    // The last look is at t = 1 whatever was lost until then, and says nothing of N.
    if (record.t < 1 && Math.round(record.blocks.length / record.t) < plannedBlocks)
      fail(
        "plan-extended",
        `${path}.t`,
        `the plan had ${Math.round(record.blocks.length / record.t)} blocks when this look was taken, and now has ${plannedBlocks}`,
        "Keep the plan; start a new experiment for more.",
        plannedBlocks,
      );
    if (before !== undefined && !(record.t > before.t && record.blocks.length > before.blocks.length))
      fail("alpha-spent-twice", path, `look ${at + 1} does not go beyond look ${at}`, "Give each look once, in order.", record.t);
    if (before !== undefined && before.blocks.some((block, place) => record.blocks[place] !== block))
      fail("look-record", `${path}.blocks`, `it does not begin with the blocks of look ${at}`, "Give the records as decide returned them.");
    for (const arm of arms)
      if (record.differences[arm]?.length !== record.blocks.length)
        fail(
          "look-record",
          `${path}.differences.${arm}`,
          `there is not one difference for each of ${record.blocks.length} blocks`,
          "Give the records as decide returned them.",
        );
  });
  const looked = records.at(-1)?.blocks ?? [];
  const names = [...looked, ...blocks.filter((block) => !looked.includes(block))];
  return {
    looksTaken: records.map(({ t, differences }) => ({ t, differences: arms.map((arm) => differences[arm]!) })),
    places: names.map((name) => (blocks.includes(name) ? blocks.indexOf(name) : null)),
    names,
  };
}

function fail(code: string, path: string, message: string, fix: string, value?: unknown): never {
  throw new DomainError({ code, path, message, fix, ...(value !== undefined && { value }) });
}
