// How long an account rests after a signal: the product's cool-downs, a judgement (platforms note 2.7).
import type { AccountSignal } from "../domain/index.ts";
import { platformCatalogue } from "./catalogue.ts";

/** The rest that a signal asks for. */
export function coolDownOf(signal: AccountSignal): { until: "hours" | "cleared" | "content"; hours: number } {
  const { until, hours = 0 } = platformCatalogue().pacingDefaults.coolDowns[signal];
  return { until, hours };
}
