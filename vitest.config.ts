import { defineConfig } from "vitest/config";

const validate = process.env["EXPOS_VALIDATE"] === "1";

const pure = "tests/{domain,canon,catalogue,random,stats,spec,intake,preflight,schedule,erm,decision,bandit,machines}/**/*.test.ts";
const onRealData = "tests/validate/**/*.test.ts";

// Pure rooms share one module graph (no module-level state lives there); rooms that touch the outside stay isolated.
export default defineConfig({
  test: {
    setupFiles: ["tests/support/setup.ts"],
    reporters: ["default", ["json", { outputFile: `.vitest/${validate ? "validate" : "test"}.json` }]],
    testTimeout: 60_000,
    projects: validate
      ? [{ extends: true, test: { name: "validate", include: [onRealData], testTimeout: 600_000 } }]
      : [
          { extends: true, test: { name: "pure", include: [pure], isolate: false } },
          { extends: true, test: { name: "outside", include: ["tests/**/*.test.ts"], exclude: [pure, onRealData] } },
        ],
  },
});
