// What an experiment remembers, hears and is started with.
import type {
  AccountSignal,
  ApprovalLevel,
  DecisionKind,
  DecisionPreset,
  ExperimentType,
  GuardVerdict,
  PostStatus,
  Verdict,
} from "../../domain/index.ts";
import type { Envelope } from "../events.ts";

/** What no approval level switches off (seed 6.3); the fourth point there, any escalation, is the state `paused`. */
export const approvalNeeds = ["regulated", "claims", "browserLane"] as const;
export type ApprovalNeed = (typeof approvalNeeds)[number];

/** Who approves or reviews; `rule` is nobody, a rule or an agent. */
export const signerRoles = ["operator", "client", "legal", "rule"] as const;
export type SignerRole = (typeof signerRoles)[number];

export interface ExperimentContext {
  experimentId: string;
  type: ExperimentType;
  approvalLevel: ApprovalLevel;
  /** How much the decision rule may claim. */
  preset: DecisionPreset;
  /** The points at which a person has to agree whatever the level. */
  needs: ApprovalNeed[];
  layer: string;
  windowStartMs: number;
  windowEndMs: number;
  /** Whether the run's window has opened or is over, as the clock told it; it is told once, wherever the experiment stands then. */
  window: "ahead" | "open" | "over";
  account: string;
  contentHashes: string[];
  /** Rows of the variants, control first, if there are any; they are told what happens to the experiment. */
  variantIds: string[];
  planHash: string | null;
  guards: GuardVerdict | null;
  /** What was approved: the machine goes on only while it equals what would be published. */
  approvedHashes: string[];
  /** Everybody who has approved exactly this. */
  approvers: string[];
  postIds: string[];
  settled: number;
  /** Of the settled, those that an audience has seen. */
  published: number;
  layerHeld: boolean;
  verdict: Verdict | null;
  proposal: DecisionKind | null;
  reason: string | null;
  pauses: number;
  /** A guardrail lets open blocks be finished and no new one begin. */
  holding: boolean;
}

export type ExperimentEvent = Envelope &
  (
    | { type: "submitted" }
    | { type: "variantsReady"; contentHashes: string[]; variantIds?: string[] }
    | { type: "generationFailed"; reason: string }
    /** The guards have spoken about variants and plan together; without a block there is a plan, with so many units for each arm. */
    | { type: "preflighted"; verdict: GuardVerdict; reason: string; planHash?: string; postIds?: string[]; unitsPerArm?: number[] }
    | { type: "revised" }
    | { type: "withdrawn"; by: string }
    | { type: "approved"; approver: string; role: SignerRole; contentHashes: string[]; planHash: string }
    | { type: "rejected"; approver: string; reason: string }
    | { type: "layerReserved" }
    | { type: "layerBusy"; holder: string }
    | { type: "windowOpened" }
    | { type: "postSettled"; postId: string; status: PostStatus }
    | { type: "survivalSignal"; signal: AccountSignal }
    | { type: "guardrailTripped"; guardrailId: string; action: "warn" | "hold" | "pause"; reason: string }
    | { type: "resumed"; by: string }
    | { type: "stopRequested"; by: string }
    | { type: "windowClosed" }
    | { type: "checkpoint"; verdict: Verdict; proposal: DecisionKind; final: boolean; reason: string }
    | {
        type: "reviewed";
        reviewer: string;
        role: SignerRole;
        confounders: string[];
        verdict: Verdict;
        proposal: DecisionKind;
        reason: string;
        winner?: string;
      }
  );

export interface ExperimentInput {
  experimentId: string;
  type: ExperimentType;
  approvalLevel: ApprovalLevel;
  preset: DecisionPreset;
  needs: ApprovalNeed[];
  layer: string;
  account: string;
  windowStartMs: number;
  windowEndMs: number;
}
