/** URLs of external servers in the forms people write them (research/metrics.md §5.3). */

export interface UrlReading {
  urls: string[];
  /** Texts that are no http or https URL. */
  bad: string[];
}

/** `['http://a:1', "b:2"]`, `http://a:1, http://b:2` or one URL → its texts. */
function split(text: string): string[] {
  const list = /^\s*[[(](.*)[\])]\s*$/s.exec(text)?.[1] ?? text;
  return list.split(',').map((item) =>
    item
      .trim()
      .replace(/^(['"])(.*)\1$/s, '$2')
      .trim(),
  );
}

/** One URL with its scheme (http where none is written, as SkyRL adds it) and no slash at its end; `undefined` if it is none. */
export function asUrl(text: string): string | undefined {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!/^https?:\/\//i.test(url) || /\s/.test(url) || !URL.canParse(url)) return undefined;
  return url.replace(/\/+$/, '');
}

/** The texts of a list, a list written as text, or one URL, without those that stand for none. */
export function urlTexts(value: unknown): string[] {
  const items = Array.isArray(value) ? value : [value];
  const texts = items.flatMap((item) =>
    typeof item === 'string' ? split(item) : item === null || item === undefined ? [] : [String(item)],
  );
  return texts.filter((text) => text !== '' && text !== 'None' && text !== 'null');
}

/** Whether a text begins as an http or https URL does. */
export const hasScheme = (text: string): boolean => /^https?:\/\/[^/]/i.test(text);

/** A list, a list written as text, or one URL. `null`, empty text and Python's `None` are no URLs and no error. */
export function readUrls(value: unknown): UrlReading {
  const result: UrlReading = { urls: [], bad: [] };
  for (const text of urlTexts(value)) {
    const url = asUrl(text);
    if (url === undefined) result.bad.push(text);
    else if (!result.urls.includes(url)) result.urls.push(url);
  }
  return result;
}
