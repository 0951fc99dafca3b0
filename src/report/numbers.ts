// Numbers as people read them in reports; the JSON keeps full precision.

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const count = (value: number) => grouped.format(value);

export const percent = (share: number | null, digits = 1) => (share === null ? "-" : `${(100 * share).toFixed(digits)} %`);

/** Three significant digits. */
export function figure(value: number | null): string {
  if (value === null) return "-";
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  return size > 0 && size < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** A probability with three decimals that is never rounded to certainty. */
export const probability = (value: number) => (value > 0.999 ? "> .999" : value < 0.001 ? "< .001" : value.toFixed(3).replace(/^0/, ""));

/** A p-value with two digits, from its logarithm where the value itself underflows. */
export function pValue(p: number | null, logP: number | null): string {
  if (p === null || logP === null) return "-";
  if (p >= 0.001) return String(Number(p.toPrecision(2)));
  const exponent = Math.floor(logP / Math.LN10);
  return `${Math.exp(logP - exponent * Math.LN10).toFixed(1)}e${exponent}`;
}

export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
