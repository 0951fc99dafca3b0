import { defineConfig } from "vitest/config";

const validate = process.env["EXPOS_VALIDATE"] === "1";

// Pure rooms share one module graph (no module-level state lives there); rooms that touch the outside stay isolated.
export default defineConfig({
  test: {
    setupFiles: ["tests/support/setup.ts"],
    reporters: ["default", ["json", { outputFile: `.vitest/${validate ? "validate" : "test"}.json` }]],
    testTimeout: 60_000,
    projects: validate
      ? [{ extends: true, test: { name: "validate", include: ["tests/validate/**/*.test.ts"], testTimeout: 600_000 } }]
      : [
          {
            extends: true,
            test: {
              name: "pure",
              include: ["tests/{domain,canon,random,stats,spec,intake,preflight,schedule,erm,decision,bandit,machines}/**/*.test.ts"],
              isolate: false,
            },
          },
          {
            extends: true,
            test: {
              name: "outside",
              include: ["tests/*.test.ts", "tests/{stream,platforms,adapters,campaign,report,memory,engine,sim,testing,cli}/**/*.test.ts"],
            },
          },
        ],
  },
});
