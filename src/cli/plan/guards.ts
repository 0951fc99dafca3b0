// What commands share that let the guards look: the files of a brief read from its asset folder, the client's own rules, and blocks that are remembered.
import { basename, dirname, resolve } from "node:path";
import { type AssetFolder, createMediaHasher, createMediaProber, openAssetFolder, pinAssets } from "../../adapters/index.ts";
import type { Brief, PreflightReport, Variant } from "../../domain/index.ts";
import {
  compileRiskPack,
  gatherMedia,
  guardBlocksOf,
  noMedia,
  policyEngine,
  preflight,
  type PreflightInput,
} from "../../preflight/index.ts";
import type { Store, Write } from "../../schedule/index.ts";
import { readDocumentFile, type TextFileKind } from "../textFile.ts";
import type { PlanSource } from "./readPlanInput.ts";

export interface GuardArguments {
  /** Folder of the media files. */
  readonly assets?: string;
  /** Rule packs of RiskScan, in place of the shipped one. */
  readonly riskPack?: readonly string[];
  /** Rule sets beside the shipped policies. */
  readonly policies?: readonly string[];
}

/**
 * The brief with its files pinned by their bytes, and the folder they are in: `assets`, or what the document in `file` calls `assetsDir`.
 * @throws DomainError `assets-unreadable`, `asset-missing`, `asset-outside`, `asset-not-a-file`.
 */
export async function withAssets(
  { brief, assetsDir }: Pick<PlanSource, "brief" | "assetsDir">,
  file: string,
  assets: string | undefined,
): Promise<{ brief: Brief; folder?: AssetFolder }> {
  const folder = assets ?? (assetsDir === undefined ? undefined : resolve(dirname(file), assetsDir));
  if (folder === undefined) return { brief };
  const opened = openAssetFolder(folder);
  return { brief: await pinAssets(brief, opened), folder: opened };
}

const rules = (name: string): TextFileKind => ({
  name,
  bytesMax: 8 * 1024 * 1024,
  fixes: { tooLarge: "Split it into several files.", unreadable: "Name a YAML or JSON file with rules." },
});
const riskPackFile = rules("risk-pack");
const policyFile = rules("policies");

/** All five guards on the input; files are read only where there is a folder. @throws DomainError for packs and policies that cannot be used. */
export async function judge(
  input: PreflightInput,
  folder: AssetFolder | undefined,
  { riskPack = [], policies = [] }: GuardArguments,
): Promise<PreflightReport> {
  const media =
    folder === undefined ? noMedia : await gatherMedia(input, { prober: createMediaProber(folder), hasher: createMediaHasher(folder) });
  return preflight(input, {
    media,
    ...(riskPack.length > 0 && {
      riskPacks: riskPack.map((path) => compileRiskPack(readDocumentFile(path, riskPackFile), basename(path))),
    }),
    ...(policies.length > 0 && {
      policy: policyEngine(
        policies.map((path) => readDocumentFile(path, policyFile)),
        policies.map((path) => basename(path)).join(", "),
      ),
    }),
  });
}

/** The writes that remember what was blocked; none for what is remembered already. */
export async function blockWrites(store: Store, report: PreflightReport, brief: Brief, variants: readonly Variant[]): Promise<Write[]> {
  const writes: Write[] = [];
  for (const value of guardBlocksOf(report, brief, variants))
    if ((await store.get("guardBlock", value.guardBlockId)) === undefined)
      writes.push({ kind: "guardBlock", id: value.guardBlockId, rev: 0, value });
  return writes;
}
