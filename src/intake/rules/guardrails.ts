// Guardrails: at least one, each on a figure that somebody reports, and none that trips when the test succeeds.
import { type BriefRule, briefRule, type Guardrail } from "../../domain/index.ts";
import { findMetric, missingMetric, unreportedMetric } from "../metrics.ts";

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

/** Figures that nobody reports, such as hides, can still guard: a person types them in. */
export const reportedGuardrails: BriefRule = briefRule(["guardrails"], ({ guardrails }) =>
  metricNames(guardrails).flatMap(({ name, path }) => {
    const issue = unreportedMetric(name);
    return issue === undefined
      ? []
      : [{ ...issue, path, fix: "Set source to manual, so that a person types it in, or remove the guardrail." }];
  }),
);

export const readableGuardrails: BriefRule = briefRule(["guardrails", "surfaces"], ({ guardrails, surfaces }) =>
  metricNames(guardrails).flatMap(({ name, path }) =>
    unreportedMetric(name) !== undefined
      ? []
      : surfaces.flatMap((surface) => (findMetric(surface, name) === undefined ? [{ path, ...missingMetric(surface, name) }] : [])),
  ),
);

/** The metrics that guardrails read from snapshots, with their places. */
function metricNames(guardrails: readonly Guardrail[]): { name: string; path: string }[] {
  return guardrails.flatMap(({ source, statistic, per }, at) =>
    source === "metric"
      ? [
          { name: statistic, path: `guardrails[${at}].statistic` },
          ...(per === undefined ? [] : [{ name: per, path: `guardrails[${at}].per` }]),
        ]
      : [],
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
