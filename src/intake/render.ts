// The caption as a surface is sent it. One deterministic rendering, so that "fields not under test are equal" can be checked on the result.
import { addressesIn } from "../catalogue/index.ts";
import type { Content, Rendering, Surface } from "../domain/index.ts";

/** Hook, body, call to action with its links, mentions and hashtags, each in its own paragraph; empty parts leave no gap. */
export function renderCaption(content: Content): string {
  const { hook, body, cta, links, mentions, hashtags } = content.parts;
  const action = [cta, ...links].filter((text) => text !== undefined && text !== "").join(" ");
  const tags = [...mentions.map((name) => `@${name}`), ...hashtags.map((tag) => `#${tag}`)].join(" ");
  return [hook, body, action, tags].filter((paragraph) => paragraph !== undefined && paragraph !== "").join("\n\n");
}

/** The same caption wherever it goes; what a surface cannot show is refused by its limits and never cut. */
export function renderingsOf(content: Content, surfaces: readonly Surface[]): Rendering[] {
  const captionAsSent = renderCaption(content);
  return surfaces.map((surface) => ({ surface, captionAsSent }));
}

/** A link in the text counts as much as one listed as such. */
export function hasLink(content: Content): boolean {
  return content.parts.links.length > 0 || addressesIn(renderCaption(content)).length > 0;
}
