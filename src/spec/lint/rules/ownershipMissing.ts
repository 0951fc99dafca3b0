// Somebody must answer for an experiment.
import type { LintRule } from "../rule.ts";

export const ownershipMissing: LintRule = {
  id: "ownership-missing",
  severity: "warn",
  meaning: "owners, title, description, domain and stability are filled in",
  check: ({ meta }) =>
    (["title", "description", "domain", "stability", "owners"] as const)
      .filter((field) => (meta[field]?.length ?? 0) === 0)
      .map((field) => ({ path: `meta.${field}`, message: `meta.${field} is missing`, fix: `Fill in meta.${field}.` })),
};
