// What an experiment costs: posts times the platform's price, and the making of variants (preflight note 2.2). Where a post may go to several
// surfaces the dearest counts, so that the figure is never too low.
import { platformOf, type Surface, type Variant } from "../domain/index.ts";
import { addressesIn } from "./addresses.ts";
import { platformCatalogue } from "./catalogue.ts";

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

export type CostedVariant = Pick<Variant, "variantId" | "content" | "renderings">;

/**
 * @param variants rendered for each surface they may go to.
 * @param posts of each variant. @param generationUsdPerVariant what making one variant costs; 0 where people make it.
 */
export function expectedCost(variants: readonly CostedVariant[], posts: number, generationUsdPerVariant: number): ExpectedCost {
  const priced = variants.map(({ variantId, content, renderings }) => {
    const links = renderings.map(({ captionAsSent }) => content.parts.links.length > 0 || addressesIn(captionAsSent).length > 0);
    return {
      variantId,
      usdPerPost: Math.max(0, ...renderings.map(({ surface }, at) => postPriceUsd(surface, links[at]!))),
      hasLink: links.includes(true),
    };
  });
  const publishingUsd = priced.reduce((total, { usdPerPost }) => total + usdPerPost * posts, 0);
  const generationUsd = generationUsdPerVariant * variants.length;
  return {
    usd: rounded(publishingUsd + generationUsd),
    publishingUsd: rounded(publishingUsd),
    generationUsd: rounded(generationUsd),
    posts: variants.length * posts,
    variants: priced,
    catalogueVersion: platformCatalogue().catalogueVersion,
  };
}

/** A platform without a price takes posts for nothing. X alone charges, and 13 times more for a link (x-pricing). */
function postPriceUsd(surface: Surface, withLink: boolean): number {
  const { cost } = platformCatalogue().platforms[platformOf(surface)].account;
  const price = cost?.find(({ key }) => key === (withLink ? "postCreateWithUrl" : "postCreate"));
  return typeof price?.value === "number" ? price.value : 0;
}

/** To a hundredth of a cent: sums of prices like .015 carry binary dust. */
function rounded(usd: number): number {
  return Math.round(usd * 10_000) / 10_000;
}
