// Exact probabilities by whole-number arithmetic: the oracle that needs no floating point until its last step.

/** A non-negative rational number. */
export interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}

/** log of a probability whose complement is known too, relatively accurate also near 1. */
export function logOfShare(share: Ratio, rest: Ratio): number {
  return 2n * share.over > share.under ? Math.log1p(-numberOfRatio(rest)) : logOfRatio(share);
}

function logOfRatio({ over, under }: Ratio): number {
  const [high, highBits] = leading(over);
  const [low, lowBits] = leading(under);
  return Math.log(high / low) + (highBits - lowBits) * Math.LN2;
}

/** The nearest double of a ratio, up to one rounding. */
export function numberOfRatio({ over, under }: Ratio): number {
  if (over === 0n) return 0;
  const [high, highBits] = leading(over);
  const [low, lowBits] = leading(under);
  return (high / low) * 2 ** (highBits - lowBits);
}

/** The first 60 bits as a double, and how many bits were left off. */
function leading(value: bigint): [head: number, bitsOff: number] {
  const bits = value.toString(2).length;
  const off = Math.max(0, bits - 60);
  return [Number(value >> BigInt(off)), off];
}

/** P(K <= k) and P(K > k) of a binomial with p = parts / 2^bits. */
export function exactBinomialTails(k: number, n: number, parts: bigint, bits: number): { lower: Ratio; upper: Ratio } {
  const whole = 1n << BigInt(bits);
  const under = whole ** BigInt(n);
  let term = (whole - parts) ** BigInt(n);
  let lower = 0n;
  for (let j = 0; j <= k; j++) {
    lower += term;
    term = (term * BigInt(n - j) * parts) / (BigInt(j + 1) * (whole - parts));
  }
  return { lower: { over: lower, under }, upper: { over: under - lower, under } };
}
