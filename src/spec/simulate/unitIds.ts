// Made-up unit ids of the kinds people have. Hashes fail on neighbouring ids first, so the default counts up.
import { createRng } from "../../random/index.ts";

export const idFamilies = ["sequential", "padded", "uuid"] as const;
export type IdFamily = (typeof idFamilies)[number];

/** The same ids every time. */
export function* unitIds(family: IdFamily, count: number): Generator<string> {
  const rng = createRng("unit-ids");
  const hex = (): string => (rng.next() * 2 ** 32).toString(16).padStart(8, "0");
  for (let index = 0; index < count; index++) {
    switch (family) {
      case "sequential":
        yield String(index);
        break;
      case "padded":
        yield `user-${String(index).padStart(8, "0")}`;
        break;
      case "uuid": {
        const text = hex() + hex() + hex() + hex();
        yield `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
        break;
      }
      default:
        family satisfies never;
    }
  }
}
