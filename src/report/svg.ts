// Draws an Observable Plot without a browser and returns its SVG text. Colours are CSS variables and currentColor, so that one picture
// serves light and dark pages.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

export type PlotOptions = Plot.PlotOptions;

// linkedom types its document as the browser's; only Plot reads it.
const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as { document: never };

/** @param label what the picture shows, for readers who cannot see it. */
export function svgOf(options: PlotOptions, label: string): string {
  const figure = Plot.plot({
    marginLeft: 56,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 44,
    width: 860,
    height: 300,
    ...options,
    document,
    style: { fontFamily: "inherit", fontSize: "12px", overflow: "visible", background: "none" },
    ariaLabel: label,
  }) as unknown as { outerHTML: string; setAttribute(name: string, value: string): void };
  figure.setAttribute("role", "img");
  return figure.outerHTML;
}
