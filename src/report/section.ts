// A report as data: sections of sentences, tables and named pictures, which every format writes in its own way.

export interface Section {
  readonly title: string;
  /** Plain sentences; formats escape them. */
  readonly paragraphs?: readonly string[];
  /** Name of a picture; formats without pictures leave it out. */
  readonly plot?: { readonly id: string; readonly caption: string; readonly legend?: readonly LegendEntry[] };
  readonly tables?: readonly Table[];
  /** Left out of the short text for the terminal. */
  readonly detail?: boolean;
}

export interface LegendEntry {
  readonly colour: Colour;
  readonly label: string;
}

/** Colours of the page, with one value for light and one for dark. */
export type Colour = "accent" | "alarm" | "quiet" | "second" | "third";

export interface Table {
  readonly caption?: string;
  readonly head: readonly string[];
  /** Columns that hold numbers, set flush right. */
  readonly numeric: readonly number[];
  readonly rows: readonly (readonly string[])[];
}
