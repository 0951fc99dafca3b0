// What platforms charge for a post. Only X does; a link makes it 13 times dearer there.
import { z } from "zod";
import { platformSchema } from "../../domain/index.ts";

export const prices = z
  .strictObject({
    version: z.string().min(1),
    asOf: z.iso.date(),
    source: z.string().min(1),
    posts: z.array(z.strictObject({ platform: platformSchema, usd: z.number(), usdWithLink: z.number() })),
  })
  .parse({
    version: "2026-11-22",
    asOf: "2026-11-22",
    source: "X API pricing page (x-pricing)",
    posts: [{ platform: "x", usd: 0.015, usdWithLink: 0.2 }],
  });
