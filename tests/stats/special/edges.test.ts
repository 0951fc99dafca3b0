// The ends of every support, infinities, certain and impossible probabilities, and what is refused.
import { describe, expect, test } from "vitest";
import { isDomainError } from "../../../src/domain/index.ts";
import {
  betaCdf,
  betaLogCdf,
  betaPdf,
  betaQuantile,
  betaSf,
  binomialCdf,
  binomialLogPmf,
  binomialPmf,
  binomialQuantile,
  binomialSf,
  binomialUpperQuantile,
  chiSquareCdf,
  chiSquareLogSf,
  chiSquareQuantile,
  chiSquareSf,
  erf,
  erfc,
  fCdf,
  fPdf,
  fQuantile,
  fSf,
  gammaCdf,
  gammaPdf,
  gammaQuantile,
  gammaSf,
  log1mExp,
  logChoose,
  logErfc,
  logFactorial,
  logGamma,
  logSumExp,
  normalCdf,
  normalLogCdf,
  normalLogSf,
  normalQuantile,
  normalSf,
  studentTCdf,
  studentTQuantile,
  studentTSf,
} from "../../../src/stats/special/index.ts";

describe("at the ends of the support", () => {
  test("nothing lies below and nothing above", () => {
    expect([normalCdf(-Infinity), normalSf(-Infinity), normalCdf(Infinity), normalSf(Infinity)]).toEqual([0, 1, 1, 0]);
    expect([studentTCdf(-Infinity, 3), studentTSf(-Infinity, 3), studentTCdf(Infinity, 3)]).toEqual([0, 1, 1]);
    expect([chiSquareCdf(0, 3), chiSquareSf(-5, 3), chiSquareCdf(Infinity, 3), chiSquareSf(Infinity, 3)]).toEqual([0, 1, 1, 0]);
    expect([gammaCdf(-1, 2), gammaSf(0, 2), gammaSf(Infinity, 2)]).toEqual([0, 1, 0]);
    expect([fCdf(0, 2, 3), fSf(-1, 2, 3), fSf(Infinity, 2, 3)]).toEqual([0, 1, 0]);
    expect([betaCdf(0, 2, 3), betaCdf(1, 2, 3), betaSf(-1, 2, 3), betaSf(2, 2, 3)]).toEqual([0, 1, 1, 0]);
    expect([binomialCdf(-1, 5, 0.5), binomialSf(-0.5, 5, 0.5), binomialCdf(5, 5, 0.5), binomialSf(5, 5, 0.5)]).toEqual([0, 1, 1, 0]);
  });

  test("the logarithm of nothing is -Infinity and of everything 0", () => {
    const logs = [normalLogCdf(-Infinity), normalLogSf(-Infinity), chiSquareLogSf(0, 3), betaLogCdf(0, 1, 1)];
    expect(logs.map((log) => log + 0)).toEqual([-Infinity, 0, 0, -Infinity]);
  });

  test("densities at the end follow the shape", () => {
    expect([gammaPdf(0, 0.5), gammaPdf(0, 1, 4), gammaPdf(0, 2), gammaPdf(-1, 2)]).toEqual([Infinity, 0.25, 0, 0]);
    expect([fPdf(0, 1, 3), fPdf(0, 2, 3), fPdf(0, 3, 3)]).toEqual([Infinity, 1, 0]);
    expect([betaPdf(0, 0.5, 1), betaPdf(1, 1, 0.5), betaPdf(0, 2, 1), betaPdf(1.5, 2, 1)]).toEqual([Infinity, Infinity, 0, 0]);
    expect(betaPdf(1, 4, 1)).toBeCloseTo(4, 14);
  });

  test("quantiles of 0 and 1 are the ends", () => {
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
    expect([studentTQuantile(0, 3), studentTQuantile(0.5, 3), studentTQuantile(1, 3)]).toEqual([-Infinity, 0, Infinity]);
    expect([chiSquareQuantile(0, 3), chiSquareQuantile(1, 3)]).toEqual([0, Infinity]);
    expect([gammaQuantile(0, 3), gammaQuantile(1, 3)]).toEqual([0, Infinity]);
    expect([fQuantile(0, 3, 4), fQuantile(1, 3, 4)]).toEqual([0, Infinity]);
    expect([betaQuantile(0, 3, 4), betaQuantile(1, 3, 4)]).toEqual([0, 1]);
    expect([binomialQuantile(0, 5, 0.5), binomialQuantile(1, 5, 0.5), binomialUpperQuantile(0, 5, 0.5)]).toEqual([0, 5, 5]);
  });

  test("a certain binomial has one value, and no trials have none but 0", () => {
    expect([binomialCdf(3, 5, 0), binomialCdf(4, 5, 1), binomialSf(4, 5, 1)]).toEqual([1, 0, 1]);
    expect([binomialPmf(0, 5, 0), binomialPmf(5, 5, 1), binomialPmf(0, 0, 0.3), binomialSf(0, 0, 0.3)]).toEqual([1, 1, 1, 0]);
    expect([binomialQuantile(0.7, 5, 0), binomialQuantile(0.7, 5, 1), binomialQuantile(1, 5, 0)]).toEqual([0, 5, 0]);
  });

  test("a count between whole numbers counts as the one below, and has no probability of its own", () => {
    expect(binomialCdf(2.9, 5, 0.4)).toBe(binomialCdf(2, 5, 0.4));
    expect(binomialPmf(2.5, 5, 0.4)).toBe(0);
    expect(binomialLogPmf(6, 5, 0.4)).toBe(-Infinity);
  });

  test("points at the limits of a double keep their probability", () => {
    expect(studentTSf(1e200, 1)).toBeCloseTo(0, 200);
    expect(Math.abs(studentTSf(1e200, 1) / (1e-200 / Math.PI) - 1)).toBeLessThan(1e-13);
    expect(Math.abs(fSf(1e300, 2, 2) / 1e-300 - 1)).toBeLessThan(1e-13);
    expect(Math.abs(gammaCdf(1e-300, 0.01) / (1e-3 / Math.exp(logGamma(1.01))) - 1)).toBeLessThan(1e-13);
  });
});

describe("elementary pieces", () => {
  test("erf and erfc at their limits", () => {
    expect([erf(0), erf(Infinity), erf(-Infinity), erfc(0), erfc(Infinity), erfc(-Infinity)]).toEqual([0, 1, -1, 1, 0, 2]);
    expect(erfc(40)).toBe(0);
    expect(logErfc(40)).toBeCloseTo(-1604.2615566532, 8);
    expect(logErfc(-40)).toBe(Math.LN2);
  });

  test("log(1 - e^x) and log-sums keep small and large terms", () => {
    expect(log1mExp(0)).toBe(-Infinity);
    expect(log1mExp(-1e-20)).toBeCloseTo(Math.log(1e-20), 12);
    expect(log1mExp(-50)).toBe(-Math.exp(-50));
    expect(logSumExp([])).toBe(-Infinity);
    expect(logSumExp([-1000, -1000])).toBeCloseTo(-1000 + Math.LN2, 12);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
  });

  test("factorials and choices of whole numbers", () => {
    expect([logFactorial(0), logFactorial(1), logGamma(1), logGamma(2), logGamma(0)]).toEqual([0, 0, 0, 0, Infinity]);
    expect(logFactorial(10)).toBeCloseTo(Math.log(3_628_800), 13);
    expect([logChoose(7, 0), logChoose(7, 7)]).toEqual([0, 0]);
    expect(logChoose(52, 5)).toBeCloseTo(Math.log(2_598_960), 12);
  });
});

describe("L12: what is not an argument is refused by name", () => {
  const refusals: [call: () => number, path: string][] = [
    [() => normalSf(Number.NaN), "z"],
    [() => normalSf(1, Infinity), "mean"],
    [() => normalSf(1, 0, 0), "sd"],
    [() => normalQuantile(1.1), "p"],
    [() => studentTSf(1, 0), "v"],
    [() => studentTQuantile(Number.NaN, 3), "p"],
    [() => chiSquareSf(1, -1), "k"],
    [() => chiSquareSf(Number.NaN, 1), "x"],
    [() => fSf(1, 1, Infinity), "d2"],
    [() => fQuantile(0.5, 0, 1), "d1"],
    [() => betaSf(0.5, 1, Number.NaN), "b"],
    [() => betaQuantile(-0.1, 1, 1), "p"],
    [() => gammaSf(1, 0), "shape"],
    [() => gammaSf(1, 1, 0), "scale"],
    [() => binomialSf(1, 2.5, 0.5), "n"],
    [() => binomialSf(1, 2, 1.5), "p"],
    [() => binomialSf(Number.NaN, 2, 0.5), "k"],
    [() => binomialQuantile(2, 2, 0.5), "q"],
    [() => logGamma(-1), "x"],
    [() => logChoose(3, 4), "k"],
    [() => log1mExp(0.1), "x"],
    [() => logSumExp([1, Number.NaN]), "terms[1]"],
  ];

  test.for(refusals)("%s names %s", ([call, path]) => {
    let refused: unknown;
    try {
      call();
    } catch (error) {
      refused = error;
    }
    expect(isDomainError(refused)).toBe(true);
    expect(refused).toMatchObject({ code: "stats-argument", path });
  });
});
