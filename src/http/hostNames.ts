/** Host names as URLs write them: an IPv6 address has brackets in a URL and none elsewhere. */

/** A URL's host without the brackets of an IPv6 address. */
export const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

/** The host that a URL names, without brackets; undefined if the text is not a URL. */
export function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? withoutBrackets(new URL(url).hostname) : undefined;
}

/** An address as a URL needs it: an IPv6 address gets its brackets. */
export const toUrlHost = (address: string): string =>
  address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
