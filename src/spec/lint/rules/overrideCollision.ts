// Two live experiments on one target conflict unless they share a layer (assignment note 2.8).
import { targetOf } from "../../overrides/apply.ts";
import type { LintRule } from "../rule.ts";

export const overrideCollision: LintRule = {
  id: "override-collision",
  severity: "error",
  meaning: "no other live experiment overrides the same target outside a shared layer",
  check: (experiment, { live = [] }) =>
    live
      .filter((other) => other.meta.name !== experiment.meta.name && (other.layer === undefined || other.layer.id !== experiment.layer?.id))
      .flatMap((other) => {
        const taken = new Set(other.variants.flatMap(({ overrides = [] }) => overrides.map(targetOf)));
        return experiment.variants.flatMap(({ overrides = [] }, variant) =>
          overrides.flatMap((override, at) =>
            taken.has(targetOf(override))
              ? [
                  {
                    path: `variants[${variant}].overrides[${at}].target`,
                    message: `${other.meta.name} overrides ${override.type} ${override.replaces ?? override.target} too`,
                    fix: "Put both experiments into one layer, or run them one after the other.",
                  },
                ]
              : [],
          ),
        );
      }),
};
