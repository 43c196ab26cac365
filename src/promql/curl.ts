/** A query as a `curl` command line. Credentials are named by a shell variable, never written out. */

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

interface CurlOptions {
  /** Address of the server, without `/api/v1`. */
  base: string;
  query: string;
  /** Moment of evaluation in Unix ms; now if undefined. Ignored with a range. */
  at?: number | undefined;
  /** Asks `query_range` instead of `query`; Unix ms. */
  range?: { from: number; to: number; stepMs: number } | undefined;
  /** From the settings; none of them is a secret. */
  headers: Readonly<Record<string, string>>;
  auth: 'bearer' | 'basic' | undefined;
  /** Sends the query by GET, for servers that refuse POST. */
  get?: boolean;
}

/** The command line that sends a query to Prometheus's HTTP API; a token is read from `$PROM_TOKEN`. */
export function curl({ base, query, at, range, headers, auth, get = false }: CurlOptions): string {
  const seconds = (ms: number): string => String(ms / 1000);
  const parameters: [string, string][] = range
    ? [
        ['query', query],
        ['start', seconds(range.from)],
        ['end', seconds(range.to)],
        ['step', seconds(range.stepMs)],
      ]
    : [['query', query], ...(at === undefined ? [] : [['time', seconds(at)] as [string, string]])];
  const lines = [
    `curl -sS ${quote(`${base}/api/v1/${range ? 'query_range' : 'query'}`)}`,
    ...(get ? ['--get'] : []),
    // In double quotes, because the shell must replace the variable.
    ...(auth === 'bearer' ? ['-H "Authorization: Bearer $PROM_TOKEN"'] : auth === 'basic' ? ['-u "$PROM_TOKEN"'] : []),
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...parameters.map(([name, value]) => `--data-urlencode ${quote(`${name}=${value}`)}`),
  ];
  return lines.join(' \\\n  ');
}
