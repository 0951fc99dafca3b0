// The run window: in a zone that exists, and long enough for every variant's posts under pacing.
import { capacityOf, windowTooLong } from "../../catalogue/index.ts";
import {
  type Brief,
  type BriefRule,
  briefRule,
  dateOf,
  dayNumberOf,
  experimentTypes,
  type ExperimentTypeFacts,
  type Issue,
} from "../../domain/index.ts";

export function zoneExists(isZone: (zone: string) => boolean): BriefRule {
  return briefRule(["runWindow"], ({ runWindow: { zone } }) =>
    isZone(zone)
      ? []
      : [
          {
            code: "zone-unknown",
            path: "runWindow.zone",
            message: `there is no zone ${zone}`,
            fix: "Use an IANA zone such as Europe/Lisbon.",
          },
        ],
  );
}

export const windowNotTooLong: BriefRule = briefRule(["runWindow"], ({ runWindow }) =>
  [windowTooLong(runWindow)].filter((issue) => issue !== undefined),
);

/** A suggested reply waits for its comment, so that an engagement experiment is not measured against slots. */
export const windowHoldsPlan: BriefRule = briefRule(
  ["experimentType", "exposurePlan", "runWindow", "accounts", "surfaces", "control", "testVariants", "variableUnderTest"],
  (brief): Issue[] => {
    if (brief.experimentType === "engagement") return [];
    const perVariant = brief.exposurePlan.postsPerVariant;
    if (brief.variableUnderTest === "slot") return boundCells(brief).flatMap((cell) => shortage(brief, perVariant, 1, cell));
    return shortage(brief, perVariant, 1 + brief.testVariants.length, brief.control.content.slotCell);
  },
);

type Planned = Pick<Brief, "experimentType" | "exposurePlan" | "runWindow" | "accounts" | "surfaces">;

function shortage(brief: Planned, perVariant: number, arms: number, cell: string | undefined): Issue[] {
  const { exposurePlan, runWindow, experimentType } = brief;
  const cells = exposurePlan.cells.filter((candidate) => cell === undefined || candidate.cell === cell);
  const wanted = perVariant * arms;
  const { posts, fullOn } = capacityOf(brief, wanted, cells);
  if (posts >= wanted) return [];
  if (posts === 0)
    return [
      {
        code: "window-outside-cells",
        path: "runWindow",
        message: `none of the slot cells (${cells.map((one) => one.cell).join(", ")}) opens between ${runWindow.start} and ${runWindow.end}`,
        fix: "Choose a window that holds their weekdays and hours, or other cells.",
      },
    ];
  const facts: ExperimentTypeFacts = experimentTypes[experimentType];
  const fewer = Math.floor(posts / arms);
  const remedies = [
    ...(fullOn === undefined ? [] : [`let the window end on ${dateOf(dayNumberOf(fullOn) + 1)}T00:00 or later`]),
    ...(fewer >= facts.postsPerVariant.min ? [`plan ${fewer} posts per variant`] : []),
    ...(arms > 2 ? ["test fewer variants at a time"] : []),
    "add slot cells",
  ];
  const text = remedies.length === 1 ? remedies[0]! : `${remedies.slice(0, -1).join(", ")}, or ${remedies.at(-1)}`;
  return [
    {
      code: "window-too-short",
      path: "runWindow",
      message: `${perVariant} posts for ${arms === 1 ? `the variant bound to ${cell}` : `each of ${arms} variants`} are ${wanted}, and under pacing the window holds ${posts} at most`,
      fix: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    },
  ];
}

function boundCells({ control, testVariants }: Pick<Brief, "control" | "testVariants">): string[] {
  const cells = [control.content.slotCell, ...testVariants.map(({ patch }) => patch.slotCell)];
  return [...new Set(cells.filter((cell) => typeof cell === "string"))];
}
