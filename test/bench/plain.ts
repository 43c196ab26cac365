/**
 * A scrape as SkyRL's scraper does it, in JavaScript: the body as one text, a pattern on each line, a pattern for the labels, sums by family.
 * It reads less than ours: no braces within values, no escapes but quotes, no histogram buckets apart.
 */
const line = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})?\s+(\S+)(?:\s+\d+)?$/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

interface Sample {
  labels: Record<string, string>;
  value: number;
}

function parse(body: Buffer): Map<string, Sample[]> {
  const families = new Map<string, Sample[]>();
  for (const text of body.toString('utf8').split('\n')) {
    if (text === '' || text.startsWith('#')) continue;
    const match = line.exec(text);
    if (!match) continue;
    const labels: Record<string, string> = {};
    for (const [, name = '', value = ''] of (match[2] ?? '').matchAll(label)) labels[name] = value;
    const name = match[1] as string;
    const samples = families.get(name);
    const sample = { labels, value: Number((match[3] as string).replace('Inf', 'Infinity')) };
    if (samples) samples.push(sample);
    else families.set(name, [sample]);
  }
  return families;
}

const summed = ['generation_tokens_total', 'prompt_tokens_total', 'prefix_cache_hits_total', 'prefix_cache_queries_total', 'num_requests_running', 'num_requests_waiting',
  'time_to_first_token_seconds_sum', 'time_to_first_token_seconds_count', 'inter_token_latency_seconds_sum', 'inter_token_latency_seconds_count'];

/** Sums over all bodies, by name; a scraper subtracts those of the scrape before. */
export function plainScrape(bodies: readonly Buffer[]): Map<string, number> {
  const parsed = bodies.map(parse);
  return new Map(summed.map((name) => [name, parsed.flatMap((families) => families.get(`ray_vllm_${name}`) ?? []).reduce((sum, { value }) => sum + value, 0)]));
}
