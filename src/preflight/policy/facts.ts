// What policy rules may ask about a post, and where the answers come from.
import type { Facts } from "../../canon/index.ts";
import { platformOf, type Surface, type Variant } from "../../domain/index.ts";
import type { PreflightInput } from "../input.ts";
import { textSimilarity } from "../uniqueness/text.ts";

/** The names that conditions of a rule may use. */
export const policyAttributes = [
  "platform",
  "surface",
  "action",
  "lane",
  "approval",
  "clientId",
  "clientTag",
  "experimentType",
  "variable",
  "openSignal",
  "changesOfferOrClaim",
  "similarAcrossXAccounts",
  "materialConnection",
  "replyConsent",
  "synthetic",
  "overlay",
  "ageGate",
] as const;

/** The facts of one variant on one surface; undefined is not known. */
export function policyFacts(
  input: PreflightInput,
  variant: Variant,
  surface: Surface,
): Facts & Record<(typeof policyAttributes)[number], unknown> {
  const { brief, account, meta } = input;
  const { flags, lane } = variant.content;
  return {
    platform: platformOf(surface),
    surface,
    action: brief.experimentType === "engagement" ? "reply" : "publish",
    lane,
    approval: brief.approvalLevel,
    clientId: brief.clientId,
    clientTag: brief.clientTags,
    experimentType: brief.experimentType,
    variable: brief.variableUnderTest,
    openSignal: account.openSignals,
    changesOfferOrClaim: brief.changesOfferOrClaim,
    similarAcrossXAccounts: isSimilarAcrossXAccounts(input),
    // A disclosure that is made says that there is something to disclose.
    materialConnection: flags.paidPartnership === true || flags.brandContent === true || meta?.post.materialConnection,
    replyConsent: meta?.post.replyConsent,
    synthetic: flags.aiGenerated === true || flags.syntheticMedia === true || meta?.asset.synthetic,
    overlay: meta?.asset.overlay,
    ageGate: meta?.account.ageGate,
  };
}

/** What the variant and the brief already meet of what rules may require. */
export function metObligations({ brief, meta }: PreflightInput, { content: { flags } }: Variant): Set<string> {
  const met: [string, boolean][] = [
    ["humanApproval", brief.approvalLevel !== "auto"],
    ["brandDisclosure", flags.brandContent === true || flags.brandOrganic === true],
    ["aiGeneratedFlag", flags.aiGenerated === true],
    ["syntheticMediaFlag", flags.syntheticMedia === true],
    ["paidPartnershipFlag", flags.paidPartnership === true],
    ["overlayRemoved", meta?.asset.overlay === false],
  ];
  return new Set(met.flatMap(([name, isMet]) => (isMet ? [name] : [])));
}

const similarFrom = 0.5;

/** One plan on several X accounts publishes every variant on each of them; siblings that are near-equal do the same. */
function isSimilarAcrossXAccounts({ brief, variants }: PreflightInput): boolean {
  if (brief.accounts.filter(({ platform }) => platform === "x").length < 2) return false;
  const captions = variants.flatMap(({ renderings }) =>
    renderings.flatMap(({ surface, captionAsSent }) => (platformOf(surface) === "x" ? [captionAsSent] : [])),
  );
  return captions.some((one, at) => captions.slice(at).some((other) => one === other || textSimilarity(one, other) >= similarFrom));
}
