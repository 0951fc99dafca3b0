// What counts as a web address in a text, wherever an address changes a price, a count or a comparison.

/**
 * Web addresses as X finds them: with or without https, the full stop behind one not part of it. X knows every top-level domain; of addresses
 * without https this knows the common ones.
 */
const address =
  /https?:\/\/[^\s<>"]*[^\s<>".,:;!?)\]}']|(?<![\p{L}\p{N}@._-])(?:www\.)?(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:com|org|net|edu|gov|io|co|ai|app|dev|shop|store|blog|news|info|biz|me|tv|ly|gg|xyz|online|site|eu|uk|us|ca|au|nz|ie|de|fr|es|it|pt|nl|be|ch|at|se|no|dk|fi|pl|cz|gr|br|mx|ar|in|jp|cn|kr|za)(?![\p{L}\p{N}_-])(?:\/[^\s<>"]*[^\s<>".,:;!?)\]}'])?/giu;

/** The web addresses in a text. */
export function addressesIn(text: string): string[] {
  return text.match(address) ?? [];
}

/** The text with its web addresses taken out. */
export function withoutAddresses(text: string): string {
  return text.replace(address, "");
}
