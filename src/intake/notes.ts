// What is worth knowing about a sound brief and stops nothing.
import { type Brief, decisionPresetOf, platformOf, type Surface } from "../domain/index.ts";
import { platformCatalogue } from "../catalogue/index.ts";
import { findMetric } from "./metrics.ts";

export function briefNotes(brief: Brief): string[] {
  const preset = decisionPresetOf(brief);
  const special = brief.surfaces.flatMap((surface) =>
    brief.successProxies.flatMap(({ metric }) => {
      const api = findMetric(surface, metric)?.api;
      return api === undefined ? [] : [`${metric} of ${surface} is read through another interface: ${api}.`];
    }),
  );
  const untitled =
    brief.variableUnderTest === "title"
      ? brief.surfaces
          .filter((surface) => !hasTitle(surface))
          .map((surface) => `The catalogue knows no title on ${surface}: make sure that people see it there.`)
      : [];
  return [
    ...(preset === "learning" ? ["Too small for a winner: it only feeds the memory."] : []),
    ...(preset === "exploratory" ? ["It can find a hypothesis, never a winner to ship."] : []),
    ...(brief.variableUnderTest === "blueprint" ? ["A bundle is under test: no single field gets the credit."] : []),
    ...(brief.experimentType === "engagement"
      ? ["The detectable lift is for counts; yes-or-no outcomes of replies are tested exactly."]
      : []),
    ...untitled,
    ...special,
    ...(brief.surfaces.some((surface) => surface.startsWith("linkedin.")) && brief.approvalLevel === "auto"
      ? ["LinkedIn's terms forbid automated posting; approval level auto will be warned of before publishing."]
      : []),
  ];
}

function hasTitle(surface: Surface): boolean {
  const platform = platformOf(surface);
  return platformCatalogue().platforms[platform].surfaces[surface.slice(platform.length + 1)]?.formats["title"] !== undefined;
}
