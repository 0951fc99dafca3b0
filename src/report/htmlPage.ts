// One self-contained HTML page from sections and pictures: no script, no network, light and dark by the reader's setting.
import type { Section, Table } from "./section.ts";

export interface HtmlPage {
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly Section[];
  /** SVG text by picture name. */
  readonly plot: (id: string) => string | undefined;
}

export function htmlPage({ title, subtitle, sections, plot }: HtmlPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(subtitle)}</p></header>
<main>
${sections.map((section) => sectionHtml(section, plot)).join("\n")}
</main>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function sectionHtml({ title, paragraphs = [], plot: picture, tables = [] }: Section, plot: HtmlPage["plot"]): string {
  const drawn = picture === undefined ? undefined : plot(picture.id);
  const legend = (picture?.legend ?? []).map(
    ({ colour, label }) => `<span><i style="background:var(--${colour})"></i>${escapeHtml(label)}</span>`,
  );
  return `<section>
<h2>${escapeHtml(title)}</h2>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n")}
${
  picture === undefined || drawn === undefined
    ? ""
    : `<figure><figcaption>${escapeHtml(picture.caption)}</figcaption>${legend.length === 0 ? "" : `<div class="legend">${legend.join("")}</div>`}<div class="plot">${drawn}</div></figure>`
}
${tables.map(tableHtml).join("\n")}
</section>`;
}

function tableHtml({ caption, head, numeric, rows }: Table): string {
  const cell = (tag: "th" | "td") => (text: string, index: number) =>
    `<${tag}${numeric.includes(index) ? ' class="n"' : ""}${tag === "th" ? ' scope="col"' : ""}>${escapeHtml(text)}</${tag}>`;
  return `<div class="table"><table>
${caption === undefined ? "" : `<caption>${escapeHtml(caption)}</caption>`}
<thead><tr>${head.map(cell("th")).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`).join("\n")}
</tbody></table></div>`;
}

const style = `
:root { --page: #ffffff; --text: #1d2129; --muted: #5a6270; --line: #d9dde3; --accent: #2f6bb3; --alarm: #c0392b; --second: #b8720a; --third: #21805b; --quiet: #6b7280; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181d; --text: #e6e9ee; --muted: #a3acba; --line: #363c46; --accent: #6ea8ea; --alarm: #f0776a; --second: #e3a44a; --third: #5cc196; --quiet: #98a1b0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 70rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
header p { margin: .25rem 0 0; color: var(--muted); }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.2rem; }
p { margin: .5rem 0; max-width: 46rem; }
figure { margin: 1rem 0; }
figcaption, caption { text-align: left; font-weight: 600; font-size: .9rem; padding: .25rem 0; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .8rem; color: var(--muted); }
.legend i { display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem; border-radius: 2px; }
.plot, .table { overflow-x: auto; }
.plot svg { min-width: 36rem; width: 100%; max-width: 60rem; color: var(--text); }
table { border-collapse: collapse; font-size: .82rem; margin: .75rem 0; min-width: 50%; }
th, td { padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 600; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media print { .table, .plot { overflow: visible; } }
`;
