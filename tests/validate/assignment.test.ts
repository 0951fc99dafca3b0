import { describe, expect, it } from "vitest";
import { batteryKeys, cramersV, draw, phi, uniformityP, unitIds } from "../spec/support/battery.ts";

const unitCount = 1_000_000;

describe("a million units under 17 keys", () => {
  for (const family of ["sequential", "padded", "compound", "uuid"] as const)
    it(`of ${family} ids: no pair correlates, no bucket stands out`, () => {
      const ids = unitIds(family, unitCount);
      const draws = batteryKeys.map((key) => draw(key, ids));
      let phiMax = 0;
      let vMax = 0;
      let pMin = 1;
      for (let a = 0; a < draws.length; a++) {
        pMin = Math.min(pMin, uniformityP(draws[a]!));
        for (let b = 0; b < a; b++) {
          phiMax = Math.max(phiMax, Math.abs(phi(draws[a]!, draws[b]!)));
          vMax = Math.max(vMax, cramersV(draws[a]!, draws[b]!));
        }
      }
      console.log(`${family}: max |phi| ${phiMax.toFixed(4)}, max V ${vMax.toFixed(4)}, min p ${pMin.toPrecision(2)}`);
      expect(phiMax).toBeLessThanOrEqual(5 / Math.sqrt(unitCount));
      expect(vMax).toBeLessThanOrEqual(0.0042);
      expect(pMin).toBeGreaterThan(1e-5);
    });

  it("of consecutive ids: no memory at lags 1 to 1000", () => {
    const [first] = [batteryKeys[0]!].map((key) => draw(key, unitIds("sequential", unitCount)));
    for (let lag = 1; lag <= 1_000; lag++) expect(Math.abs(phi(first!, first!, lag))).toBeLessThanOrEqual(6 / Math.sqrt(unitCount));
  });

  it("stay uniform inside gates, layer slices and outside the holdout", () => {
    const ids = unitIds("uuid", unitCount);
    const [arm, fallback, gate, layer, holdout] = [0, 9, 10, 13, 14].map((at) => draw(batteryKeys[at]!, ids));
    for (const draws of [arm!, fallback!]) {
      expect(uniformityP(draws, (at) => gate![at]! < 0.1)).toBeGreaterThan(1e-5);
      expect(uniformityP(draws, (at) => layer![at]! >= 0.2 && layer![at]! < 0.3)).toBeGreaterThan(1e-5);
      expect(uniformityP(draws, (at) => holdout![at]! >= 0.05)).toBeGreaterThan(1e-5);
    }
  });
});
