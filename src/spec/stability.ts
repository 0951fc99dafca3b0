// How settled a contract is, with the member names published specs write: `StabilityEnum.Experimental`.
export const StabilityEnum = {
  Idea: "idea",
  InCreation: "in_creation",
  Experimental: "experimental",
  Beta: "beta",
  Stable: "stable",
  Deprecated: "deprecated",
} as const;

export type Stability = (typeof StabilityEnum)[keyof typeof StabilityEnum];
export type StabilityEnum = Stability;
