// Grids of cells over worker threads: progress, resume, rows in one order whatever finished first.
export { campaign, type CampaignOptions, type CampaignRow } from "./campaign.ts";
export type { Batch, RunBatch } from "./task.ts";
export { type TuningCell, tuningTask } from "./tuning.ts";
