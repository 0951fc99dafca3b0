// A proxy: a metric of the surface that stands for retention, conversation or distribution (or, in lane and engagement experiments, for the
// operation itself). Which metrics a surface offers is the platform catalogue's knowledge, checked in intake.
import { z } from "zod";
import { refuse } from "./issue.ts";

export const metricNameSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z][A-Za-z0-9_.]*$/, { error: "a metric name holds letters, digits, _ and . only" });

export const proxyKinds = ["retention", "conversation", "distribution", "operational"] as const;

export const proxyScales = ["count", "rate", "value", "binary", "ordinal"] as const;

export type ProxyScale = (typeof proxyScales)[number];

export const proxySchema = z
  .strictObject({
    metric: metricNameSchema.describe("the platform's own name, such as shares"),
    kind: z.enum(proxyKinds).describe("what the metric stands for"),
    direction: z.enum(["increase", "decrease"]).describe("which way is better"),
    scale: z
      .enum(proxyScales)
      .describe("rate: metric over exposureMetric; value: a continuous figure such as seconds; binary, ordinal: an outcome of each unit"),
    exposureMetric: metricNameSchema.exactOptional().describe("what a rate is per, such as reach; for rates alone"),
    weight: z.number().positive().max(1000).default(1).describe("share in the composite index, relative to the other proxies"),
  })
  .superRefine((proxy, context) => {
    if (proxy.scale === "rate" && proxy.exposureMetric === undefined)
      refuse(context, ["exposureMetric"], "a rate needs what it is per", "Give exposureMetric, such as reach.");
    if (proxy.scale !== "rate" && proxy.exposureMetric !== undefined)
      refuse(context, ["exposureMetric"], `a ${proxy.scale} has no exposure metric`, "Remove exposureMetric, or set scale to rate.");
  });
export type Proxy = z.infer<typeof proxySchema>;
