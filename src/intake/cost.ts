// What an experiment costs: posts times the platform's price, and the making of variants (preflight note 2.2). Prices are the platform
// catalogue's; where a post may go to several platforms the dearest counts, so that the figure is never too low.
import { applyPatch, type Brief, type Content } from "../domain/index.ts";
import type { CatalogueView } from "./facts.ts";
import { renderCaption } from "./render.ts";

export interface ExpectedCost {
  /** US dollars for the whole run, make-ups not counted. */
  readonly usd: number;
  readonly publishingUsd: number;
  readonly generationUsd: number;
  readonly posts: number;
  readonly variants: readonly { readonly variantId: string; readonly usdPerPost: number; readonly hasLink: boolean }[];
  /** Version of the catalogue the prices are from. */
  readonly catalogueVersion: string;
}

type Costed = Pick<Brief, "control" | "testVariants" | "platforms" | "exposurePlan">;

/** @param generationUsdPerVariant what making one variant costs; 0 where people make it. */
export function expectedCost(brief: Costed, catalogue: CatalogueView, generationUsdPerVariant: number): ExpectedCost {
  const { control, testVariants, platforms, exposurePlan } = brief;
  const contents = [
    { variantId: control.id, content: control.content },
    ...testVariants.map(({ id, patch }) => ({ variantId: id, content: applyPatch(control.content, patch) })),
  ];
  const variants = contents.map(({ variantId, content }) => {
    const withLink = hasLink(content);
    return {
      variantId,
      usdPerPost: Math.max(...platforms.map((platform) => postPriceUsd(catalogue, platform, withLink))),
      hasLink: withLink,
    };
  });
  const publishingUsd = variants.reduce((total, { usdPerPost }) => total + usdPerPost * exposurePlan.postsPerVariant, 0);
  const generationUsd = generationUsdPerVariant * variants.length;
  return {
    usd: toCents(publishingUsd + generationUsd),
    publishingUsd: toCents(publishingUsd),
    generationUsd: toCents(generationUsd),
    posts: variants.length * exposurePlan.postsPerVariant,
    variants,
    catalogueVersion: catalogue.catalogueVersion,
  };
}

/** A platform without a price takes posts for nothing. */
function postPriceUsd(catalogue: CatalogueView, platform: Brief["platforms"][number], withLink: boolean): number {
  const price = catalogue.platforms[platform].account.cost?.find(({ key }) => key === (withLink ? "postCreateWithUrl" : "postCreate"));
  return typeof price?.value === "number" ? price.value : 0;
}

/** A link in the text counts as much as one listed as such. */
export function hasLink(content: Content): boolean {
  return /\b(https?:\/\/|www\.)\S/i.test(renderCaption(content));
}

/** To a hundredth of a cent: sums of prices like .015 carry binary dust. */
function toCents(usd: number): number {
  return Math.round(usd * 10_000) / 10_000;
}
