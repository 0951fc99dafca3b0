// The scale on which figures are compared, and the log index of one post: its proxies on that scale, signed so that more is better, in the brief's
// weights (validity note 2.3). The index is for prediction from history; arms are compared on the composite of the decision room.
import type { Proxy, ProxyScale } from "../domain/index.ts";
import { refuse } from "./statistics/arguments.ts";

/**
 * The scale a proxy is compared on: log1p of counts and values, ln((s + .5) / (r + 1)) of rates, and the outcome itself where it is binary or
 * ordinal.
 * @param exposure r of a rate, such as reach; for rates alone.
 * @throws DomainError `statistics-argument` for a negative or non-finite figure, or a rate without its exposure.
 */
export function logMetric(scale: ProxyScale, value: number, exposure?: number): number {
  if (!Number.isFinite(value))
    refuse("value", `value must be a finite number, not ${String(value)}`, "Leave missing figures out; missing is not zero.", value);
  if (value < 0) refuse("value", `value must not be negative, and is ${value}`, "Correct the figure or leave the post out.", value);
  switch (scale) {
    case "count":
    case "value":
      return Math.log1p(value);
    case "rate":
      if (exposure === undefined || !(exposure >= 0 && exposure < Infinity))
        refuse("exposure", `a rate needs a finite exposure >= 0, not ${String(exposure)}`, "Pass the metric the rate is per.", exposure);
      return Math.log((value + 0.5) / (exposure + 1));
    case "binary":
    case "ordinal":
      return value;
    default:
      return scale satisfies never;
  }
}

type Metrics = Readonly<Record<string, number | null>>;

/** The proxy on its scale, turned so that larger is better; null where the figure or its exposure is missing, negative or not finite. */
export function proxyValue({ metric, scale, direction, exposureMetric }: Proxy, metrics: Metrics): number | null {
  const value = metrics[metric] ?? null;
  const exposure = exposureMetric === undefined ? undefined : (metrics[exposureMetric] ?? null);
  if (!isFigure(value) || (exposure !== undefined && !isFigure(exposure))) return null;
  const compared = logMetric(scale, value, exposure);
  return direction === "increase" ? compared : -compared;
}

/** In log units, so that a difference of ln 2 is twice the count; null where a proxy has no value. */
export function logIndex(proxies: readonly Proxy[], metrics: Metrics): number | null {
  const total = proxies.reduce((sum, { weight }) => sum + weight, 0);
  return proxies.reduce<number | null>((sum, proxy) => {
    const value = proxyValue(proxy, metrics);
    return sum === null || value === null ? null : sum + (proxy.weight / total) * value;
  }, 0);
}

function isFigure(value: number | null): value is number {
  return value !== null && value >= 0 && value < Infinity;
}
