// Products and sums with their rounding error, for the one difference in each tail whose error would be multiplied by its size.
// Source: Dekker, "A floating-point technique for extending the available precision", 1971; Knuth's two-sum.

const splitter = 2 ** 27 + 1;
const splitMax = 2 ** 996;

/** The rounding error of the product a * b: a * b = product + error exactly, barring overflow and underflow. */
function productError(a: number, b: number, product: number): number {
  if (Math.abs(a) > splitMax || Math.abs(b) > splitMax || !Number.isFinite(product)) return 0;
  const aWide = splitter * a;
  const aHigh = aWide - (aWide - a);
  const aLow = a - aHigh;
  const bWide = splitter * b;
  const bHigh = bWide - (bWide - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The rounding error of the sum a + b. */
function sumError(a: number, b: number, sum: number): number {
  const bSeen = sum - a;
  return a - (sum - bSeen) + (b - bSeen);
}

/** a - (a + b) x, rounded once in effect: how far x lies below the mean a / (a + b), in counts. */
export function distanceBelowMean(a: number, b: number, x: number): number {
  const ax = a * x;
  const bx = b * x;
  const first = a - ax;
  const second = first - bx;
  const lost = sumError(a, -ax, first) + sumError(first, -bx, second) - productError(a, x, ax) - productError(b, x, bx);
  return second + lost;
}
