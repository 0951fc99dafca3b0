// Guardrails: at least one, each on a figure that somebody reports, and none that trips when the test succeeds.
import { type BriefRule, briefRule, type Guardrail, type Issue, platformOf } from "../../domain/index.ts";
import type { CatalogueView } from "../facts.ts";
import { findMetric, missingMetric } from "../metrics.ts";

export const someGuardrail: BriefRule = briefRule(["guardrails"], ({ guardrails }) =>
  guardrails.length > 0
    ? []
    : [
        {
          code: "guardrails-missing",
          path: "guardrails",
          message: "no guardrail protects the account",
          fix: "Add one at least, such as source account, statistic loginChallenge >= 1, action pause.",
        },
      ],
);

export function readableGuardrails(catalogue: CatalogueView): BriefRule {
  return briefRule(["guardrails", "surfaces"], ({ guardrails, surfaces }) =>
    guardrails.flatMap((guardrail, at): Issue[] => {
      if (guardrail.source !== "metric") return [];
      const names = [
        { name: guardrail.statistic, path: `guardrails[${at}].statistic` },
        ...(guardrail.per === undefined ? [] : [{ name: guardrail.per, path: `guardrails[${at}].per` }]),
      ];
      return names.flatMap(({ name, path }) =>
        surfaces.flatMap((surface) => {
          if (findMetric(catalogue, surface, name) !== undefined) return [];
          const issue = { path, ...missingMetric(catalogue, surface, name) };
          return issue.code === "metric-no-source"
            ? [
                {
                  ...issue,
                  fix: `Set source to manual, so that a person types it in from ${platformOf(surface)}, or remove the guardrail.`,
                },
              ]
            : [issue];
        }),
      );
    }),
  );
}

/** A proxy that is to go up, and a guardrail on the same metric that breaches when it does. */
export const guardrailsWithProxies: BriefRule = briefRule(["guardrails", "successProxies"], ({ guardrails, successProxies }) =>
  guardrails.flatMap((guardrail, at) => {
    const proxy = guardrail.source === "metric" ? successProxies.find(({ metric }) => metric === guardrail.statistic) : undefined;
    return proxy === undefined || proxy.direction !== breachSide(guardrail)
      ? []
      : [
          {
            code: "guardrail-against-proxy",
            path: `guardrails[${at}].comparator`,
            message: `the guardrail is breached when ${proxy.metric} ${guardrail.comparator} ${guardrail.threshold}, and the proxy calls its ${proxy.direction} success`,
            fix: `Turn the comparator round, or the direction of the proxy.`,
          },
        ];
  }),
);

function breachSide({ comparator }: Guardrail): "increase" | "decrease" {
  return comparator.startsWith(">") ? "increase" : "decrease";
}
