/** A query as a command line: the credentials are named by a variable of the shell, never written out. */

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export interface CurlOptions {
  base: string;
  query: string;
  /** Unix ms; a range asks `query_range`. Undefined is now. */
  at?: number | undefined;
  range?: { from: number; to: number; stepMs: number } | undefined;
  /** Of the settings; none of them is a secret. */
  headers: Readonly<Record<string, string>>;
  auth: 'bearer' | 'basic' | undefined;
}

export function curl({ base, query, at, range, headers, auth }: CurlOptions): string {
  const seconds = (ms: number): string => String(ms / 1000);
  const values: [string, string][] = range
    ? [
        ['query', query],
        ['start', seconds(range.from)],
        ['end', seconds(range.to)],
        ['step', seconds(range.stepMs)],
      ]
    : [['query', query], ...(at === undefined ? [] : [['time', seconds(at)] as [string, string]])];
  const parts = [
    `curl -sS ${quote(`${base}/api/v1/${range ? 'query_range' : 'query'}`)}`,
    // The shell puts the variable in, so double quotes.
    ...(auth === 'bearer' ? ['-H "Authorization: Bearer $PROM_TOKEN"'] : auth === 'basic' ? ['-u "$PROM_TOKEN"'] : []),
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...values.map(([name, value]) => `--data-urlencode ${quote(`${name}=${value}`)}`),
  ];
  return parts.join(' \\\n  ');
}
