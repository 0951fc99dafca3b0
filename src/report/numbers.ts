// Numbers as people read them in reports; the JSON keeps full precision.

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const count = (value: number) => grouped.format(value);

export const percent = (share: number | null, digits = 1) => (share === null ? "-" : `${(100 * share).toFixed(digits)} %`);

/** Three significant digits. */
export const figure = (value: number | null) =>
  value === null ? "-" : Math.abs(value) >= 1000 ? count(value) : String(Number(value.toPrecision(3)));

/** A p-value with two digits, from its logarithm where the value itself underflows. */
export function pValue(p: number | null, logP: number | null): string {
  if (p === null || logP === null) return "-";
  if (p >= 0.001) return String(Number(p.toPrecision(2)));
  const exponent = Math.floor(logP / Math.LN10);
  return `${Math.exp(logP - exponent * Math.LN10).toFixed(1)}e${exponent}`;
}

export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
