// The colour of an arm in every picture and legend of an experiment: control is quiet, tests are not.
import type { Colour } from "../section.ts";

/** Control first; more arms than colours repeat them. */
const armColours: readonly Colour[] = ["quiet", "accent", "second", "third"];

export function armColour(at: number): Colour {
  return armColours[at % armColours.length]!;
}
