// A proxy: a metric of the surface that stands for retention, conversation or distribution (or, in lane and engagement experiments, for the
// operation itself). Which metrics a surface offers is the platform catalogue's knowledge, checked in intake.
import { z } from "zod";

export const metricNameSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z][A-Za-z0-9_.]*$/, { error: "a metric name holds letters, digits, _ and . only" });

export const proxyKinds = ["retention", "conversation", "distribution", "operational"] as const;

/** `rate` is metric over exposureMetric, `value` a continuous figure such as seconds; `binary` and `ordinal` are per-unit outcomes. */
export const proxyScales = ["count", "rate", "value", "binary", "ordinal"] as const;

export type ProxyScale = (typeof proxyScales)[number];

export const proxySchema = z.strictObject({
  /** The platform's own name, such as `shares`; see the metrics of the surface. */
  metric: metricNameSchema,
  kind: z.enum(proxyKinds),
  direction: z.enum(["increase", "decrease"]),
  scale: z.enum(proxyScales),
  /** What a rate is per, such as `reach`; for rates alone. */
  exposureMetric: metricNameSchema.exactOptional(),
  /** Share in the composite index, relative to the other proxies. Registered before launch. */
  weight: z.number().positive().max(1000).default(1),
});
export type Proxy = z.infer<typeof proxySchema>;
