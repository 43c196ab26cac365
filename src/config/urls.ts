/** Reads URLs of external servers in the forms people write them (docs/decisions.md, External servers and proxies). */
import { isIPv6 } from 'node:net';

/** The URLs of a value, and what in it is none. */
export interface UrlReading {
  urls: string[];
  /** Texts that are not http or https URLs. */
  bad: string[];
}

/** Splits `['http://a:1', "b:2"]`, `http://a:1, http://b:2` or one URL into its items. */
function split(text: string): string[] {
  const list = /^\s*[[(](.*)[\])]\s*$/s.exec(text)?.[1] ?? text;
  return list.split(',').map((item) =>
    item
      .trim()
      .replace(/^(['"])(.*)\1$/s, '$2')
      .trim(),
  );
}

/** A URL with a scheme (http if it has none) and without a slash at its end; undefined if the text is not a URL. */
export function asUrl(text: string): string | undefined {
  const bare = text.replace(/^\[|\]$/g, '');
  const host = isIPv6(bare) ? `[${bare}]` : text;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${host}`;
  if (!/^https?:\/\//i.test(url) || /\s/.test(url) || !URL.canParse(url)) return undefined;
  return url.replace(/\/+$/, '');
}

/** The items of a list, of a list written as text, or one URL, without `None`, `null` and empty ones. */
export function urlTexts(value: unknown): string[] {
  const items = Array.isArray(value) ? value : [value];
  const texts = items.flatMap((item) =>
    typeof item === 'string' ? split(item) : item === null || item === undefined ? [] : [String(item)],
  );
  return texts.filter((text) => text !== '' && text !== 'None' && text !== 'null');
}

/** Whether a text begins with `http://` or `https://`. */
export const hasScheme = (text: string): boolean => /^https?:\/\/[^/]/i.test(text);

/** The URLs of a list, of a list written as text, or of one URL. `null`, empty text and Python's `None` give none. */
export function readUrls(value: unknown): UrlReading {
  const result: UrlReading = { urls: [], bad: [] };
  for (const text of urlTexts(value)) {
    const url = asUrl(text);
    if (url === undefined) result.bad.push(text);
    else if (!result.urls.includes(url)) result.urls.push(url);
  }
  return result;
}
