/** Removes secrets from addresses before they are sent, logged or shown. */

/** A URL without user name and password; other texts are returned as they are. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

/** A URL that can be pasted into an issue: no user name, no password, and no query except Ray's `?view=summary`. */
export function redactUrl(url: string): string {
  const bare = withoutCredentials(url);
  return bare.includes('?') && !bare.endsWith('?view=summary') ? `${bare.slice(0, bare.indexOf('?'))}?…` : bare;
}

/** A text in which every URL is redacted by `redactUrl`. Punctuation behind a URL is kept. */
export function redactSecrets(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s`'"<>]+/gi, (match) => {
    const [, url = '', punctuation = ''] = /^(.*?)([.,:;)\]]*)$/s.exec(match) ?? [];
    return redactUrl(url) + punctuation;
  });
}
