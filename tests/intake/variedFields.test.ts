import { describe, expect, test } from "vitest";
import { variedFields } from "../../src/intake/index.ts";

describe("L4: the single-variable rule on a finished experiment", () => {
  test("names the fields that took more than one value, in declared order, and counts them", () => {
    expect(variedFields({ headline: true, image: false, lede: false })).toEqual({ varied: ["headline"], class: "single" });
    expect(variedFields({ headline: true, image: false, lede: true })).toEqual({ varied: ["headline", "lede"], class: "multiple" });
    expect(variedFields({ headline: false })).toEqual({ varied: [], class: "none" });
    expect(variedFields({})).toEqual({ varied: [], class: "none" });
  });
});
