// The log index of one post: its proxies' logs, signed so that more is better, in the brief's weights (validity note 2.3). For prediction from
// history; arms are compared on the composite of the decision room.
import type { Proxy } from "../domain/index.ts";

/** In log units, so that a difference of ln 2 is twice the count. @param metrics every proxy's metric is there. */
export function logIndex(proxies: readonly Proxy[], metrics: Readonly<Record<string, number | null>>): number {
  const total = proxies.reduce((sum, { weight }) => sum + weight, 0);
  return proxies.reduce(
    (sum, proxy) => sum + (proxy.weight / total) * (proxy.direction === "increase" ? 1 : -1) * logValue(proxy, metrics),
    0,
  );
}

/** ln(1 + count), ln((s + .5)/(r + 1)) of a rate, the figure itself where it is binary or ordinal; the metric is known to be there. */
function logValue({ metric, scale, exposureMetric }: Proxy, metrics: Readonly<Record<string, number | null>>): number {
  const value = Math.max(0, metrics[metric]!);
  switch (scale) {
    case "rate":
      return Math.log((value + 0.5) / (Math.max(0, metrics[exposureMetric!]!) + 1));
    case "binary":
    case "ordinal":
      return value;
    case "count":
    case "value":
      return Math.log1p(value);
    default:
      return scale satisfies never;
  }
}
