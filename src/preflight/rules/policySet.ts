// The shipped policy rules (preflight note 2.1). A rule speaks when all of its conditions hold.
import { z } from "zod";
import { approvalLevelSchema, platformSchema, platforms } from "../../domain/index.ts";

const policyRuleSchema = z.strictObject({
  id: z.string().min(1),
  when: z.strictObject({
    platforms: z.array(platformSchema).min(1).exactOptional(),
    approvalLevels: z.array(approvalLevelSchema).min(1).exactOptional(),
    lane: z.enum(["api", "browser", "hybrid", "withPerson"]).exactOptional(),
    clientTag: z.string().min(1).exactOptional(),
    openSignal: z.literal(true).exactOptional(),
    changesOfferOrClaim: z.literal(true).exactOptional(),
  }),
  effect: z.enum(["allow", "deny", "require", "warn"]),
  obligation: z.enum(["humanApproval"]).exactOptional(),
  field: z.string(),
  message: z.string().min(1),
  fix: z.string().min(1),
  source: z.string().min(1),
});
export type PolicyRule = z.infer<typeof policyRuleSchema>;

export const policySet = z.strictObject({ version: z.string().min(1), asOf: z.iso.date(), rules: z.array(policyRuleSchema).min(1) }).parse({
  version: "2026-11-22.1",
  asOf: "2026-11-22",
  rules: [
    {
      id: "policy.publish",
      when: { platforms: [...platforms] },
      effect: "allow",
      field: "platforms",
      message: "Publishing through the platform's own interfaces is allowed",
      fix: "Nothing to do.",
      source: "product default",
    },
    {
      id: "policy.openSignal",
      when: { openSignal: true },
      effect: "deny",
      field: "accounts",
      message: "The account has an open challenge, spam or restriction signal",
      fix: "Clear the signal on the account first.",
      source: "preflight note 2.1; law L5",
    },
    {
      id: "policy.linkedinAutomation",
      when: { platforms: ["linkedin"], approvalLevels: ["auto"] },
      effect: "warn",
      field: "approvalLevel",
      message: "LinkedIn's API terms forbid automated posting",
      fix: "Set approvalLevel to review or manual.",
      source: "LinkedIn API terms 3.1(26), by digest",
    },
    {
      id: "policy.browserLane",
      when: { lane: "withPerson" },
      effect: "require",
      obligation: "humanApproval",
      field: "control.content.lane",
      message: "The browser lane runs with a person only",
      fix: "Set approvalLevel to review or manual.",
      source: "product brief 6.3",
    },
    {
      id: "policy.regulatedClient",
      when: { clientTag: "regulated" },
      effect: "require",
      obligation: "humanApproval",
      field: "clientTags",
      message: "A regulated client's posts are approved by a person",
      fix: "Set approvalLevel to review or manual.",
      source: "product brief 6.3",
    },
    {
      id: "policy.offerOrClaim",
      when: { changesOfferOrClaim: true },
      effect: "require",
      obligation: "humanApproval",
      field: "changesOfferOrClaim",
      message: "A changed offer or claim is approved by a person",
      fix: "Set approvalLevel to review or manual.",
      source: "product brief 6.3",
    },
  ],
});
