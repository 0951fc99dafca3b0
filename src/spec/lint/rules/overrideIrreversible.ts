// Overrides are reversible (best practice 2): it must be clear what is put back.
import { isDomainError } from "../../../domain/index.ts";
import type { LintRule } from "../rule.ts";

export const overrideIrreversible: LintRule = {
  id: "override-irreversible",
  severity: "warn",
  meaning: "every override says, or lets be found, which spec it replaces",
  check: (experiment, { catalog }) =>
    experiment.variants.flatMap(({ overrides = [] }, variant) =>
      overrides.flatMap((override, at) => {
        const path = `variants[${variant}].overrides[${at}]`;
        try {
          if (catalog !== undefined) {
            catalog.overridden(override, experiment);
            catalog.replacement(override);
          } else if (override.replaces === undefined)
            return [
              { path, message: `nothing says what ${override.target} replaces`, fix: "Set replaces to the name of the overridden spec." },
            ];
          return [];
        } catch (error) {
          if (!isDomainError(error)) throw error;
          return [{ path, message: error.message, fix: error.fix }];
        }
      }),
    ),
};
