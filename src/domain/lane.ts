// How a post is published: through the platform's API, by a person in a browser, or by the API with a person finishing.
import { z } from "zod";

export const lanes = ["api", "browser", "hybrid"] as const;
export const laneSchema = z.enum(lanes);
export type Lane = z.infer<typeof laneSchema>;

/** True if a person takes part in publishing, so that the lane never runs unattended. */
export function needsPerson(lane: Lane): boolean {
  return lane !== "api";
}
