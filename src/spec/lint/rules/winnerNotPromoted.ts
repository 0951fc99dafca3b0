// A winner is promoted and the experiment retired (best practice 5).
import { StabilityEnum } from "../../stability.ts";
import type { LintRule } from "../rule.ts";

export const winnerNotPromoted: LintRule = {
  id: "winner-not-promoted",
  severity: "warn",
  meaning: "no decided or finished experiment lingers",
  check: (experiment, { winners = {}, nowMs }) => {
    const { meta, window } = experiment;
    if (meta.stability === StabilityEnum.Deprecated) return [];
    const winner = winners[meta.name];
    const isOver = window?.endMs !== undefined && nowMs !== undefined && nowMs >= window.endMs;
    if (winner === undefined && !isOver) return [];
    return [
      {
        path: "meta.stability",
        message: winner === undefined ? "the window is over and the experiment is not retired" : `${winner} has won and is not promoted`,
        fix:
          winner === undefined
            ? "Decide it, then retire the experiment."
            : `Promote ${winner} to the canonical spec and retire the experiment.`,
      },
    ];
  },
};
