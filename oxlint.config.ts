import { defineConfig, type OxlintOverride } from "oxlint";
import { firstImpureFloor, mayImport, rooms } from "./floors.ts";

const names = Object.keys(rooms);

/** Only faces are imported from another room: `../stats/index.ts`, never `../stats/inside.ts`. */
function faceRule(name: string) {
  const others = names.filter((other) => other !== name);
  return {
    group: others.flatMap((other) => [`../**/${other}/**`, `!../**/${other}/index.ts`]),
    message: "Import another room through its face, index.ts.",
  };
}

function floorRule(name: string) {
  const forbidden = names.filter((other) => !mayImport(name, other));
  return forbidden.length === 0
    ? []
    : [
        {
          regex: `^(\\.\\./)+(${forbidden.join("|")})(/|$)`,
          message: `${name}/ (floor ${rooms[name]?.floor}) may not import this room: see floors.ts.`,
        },
      ];
}

const outside = {
  regex:
    "^(node:.*|fs|path|os|crypto|child_process|worker_threads|timers|rxjs|rxjs/.*|pg|pg-boss|kysely|@duckdb/.*|@electric-sql/.*|linkedom|@observablehq/.*)$",
  message: "Floors 0 to 2 are pure: declare a port and implement it on floor 3.",
};

const ambientGlobals = [
  "Date",
  "process",
  "performance",
  "crypto",
  "fetch",
  "globalThis",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "console",
  "Intl",
];

/** zod is the ground floor's one dependency. */
const zodAlone = { regex: "^([^.z]|z[^o]).*$", message: "domain/ imports zod alone." };

function roomOverride(name: string): OxlintOverride {
  const pure = (rooms[name]?.floor ?? 0) < firstImpureFloor;
  const patterns = [...floorRule(name), faceRule(name), ...(pure ? [outside] : []), ...(name === "domain" ? [zodAlone] : [])];
  return {
    files: [`src/${name}/**`, `tests/fixtures/floors/src/${name}/**`],
    rules: {
      "no-restricted-imports": ["error", { patterns }],
      ...(pure && {
        "no-restricted-globals": ["error", ...ambientGlobals] satisfies [string, ...string[]] as ["error", string],
        "no-restricted-properties": ["error", { object: "Math", property: "random", message: "Take an Rng." }] as ["error", object],
      }),
    },
  };
}

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "vitest"],
  categories: { correctness: "error", suspicious: "error" },
  options: { typeAware: true },
  ignorePatterns: [
    "node_modules",
    "dist",
    "coverage",
    ".vitest",
    "expos-demo",
    ...(process.env["EXPOS_LINT_FIXTURES"] === "1" ? [] : ["tests/fixtures"]),
  ],
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "import/no-named-as-default-member": "off",
    "typescript/consistent-type-imports": "error",
    "typescript/no-non-null-assertion": "off",
    "import/no-default-export": "error",
    "import/no-cycle": "error",
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "unicorn/consistent-function-scoping": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect", "expect*", "fc.assert", "assertProperty", "assert*"] }],
    "vitest/require-mock-type-parameters": "off",
  },
  overrides: [
    ...names.map(roomOverride),
    { files: ["src/cli/**"], rules: { "no-console": "error" as const } },
    { files: ["*.config.ts"], rules: { "import/no-default-export": "off" as const } },
  ],
});
