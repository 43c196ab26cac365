/** A source whose servers publish invented families. */
import type { Snapshot } from '../../../src/api';
import { TargetSource } from '../../../src/collector/targetSource';
import type { Target } from '../../../src/discovery/targets';
import type { HttpGet } from '../../../src/http/httpGet';
import { catalogIndex } from '../support/catalogIndex';
import { nothingElseKnown } from '../support/nothingElseKnown';

const epoch = 1_795_000_000_000;
export const serverA = 'http://192.0.2.2:8000/metrics';
export const serverB = 'http://192.0.2.3:8000/metrics';

interface Step {
  bodies: Record<string, string>;
  wants?: (id: string) => boolean;
}

/** A source of native servers, which answer with the given bodies. */
export function newSource(): { scrape: (second: number, step: Step) => Promise<Snapshot>; source: TargetSource } {
  let at = epoch;
  let bodies: Record<string, string> = {};
  const clock = { now: () => at, elapsed: () => at, follow: () => 0, after: () => () => undefined };
  const source = new TargetSource(clock, catalogIndex);
  const get: HttpGet = (url, { onChunk }) => {
    const bytes = Buffer.from(bodies[url] ?? '');
    onChunk?.(bytes);
    return Promise.resolve({ at, bytes: bytes.length, mediaType: 'text/plain', framed: true });
  };
  const scrape = async (second: number, step: Step): Promise<Snapshot> => {
    at = epoch + second * 1000;
    bodies = step.bodies;
    const targets = Object.keys(bodies).map((url): Target => ({ url, kind: 'vllm', discoveredBy: 'setting' }));
    const { signal } = new AbortController();
    const discovery = { targets, ray: {}, notes: [], foundServers: [] } as never;
    const evidence = await source.collect({
      trigger: 'api',
      discovery,
      get,
      signal,
      timeoutMs: 1000,
      intervalMs: 10_000,
      session: undefined,
      rediscover: () => Promise.resolve(discovery),
    });
    const { snapshot } = await source.evaluate(evidence, {
      trigger: 'api',
      now: at,
      signal,
      timeoutMs: 1000,
      ...nothingElseKnown,
      ...(step.wants && { wantsOther: step.wants }),
    });
    return snapshot;
  };
  return { scrape, source };
}

/** Wants every measure. */
export const all = (): boolean => true;
/** The values of other families, by id. */
export const valuesOf = ({ measures }: Pick<Snapshot, 'measures'>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(measures).flatMap(([id, { value }]) => (id.startsWith('other/') ? [[id, value]] : [])),
  );

/** Ten invented families. `n`: 0 at the first scrape, then 1, 2, … */
export const tenFamilies = (n: number, factor = 1): string => `
# HELP vllm:num_requests_running Requests.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 1
# HELP vllm:dream_depth How deep.\\nTwo lines and a \\\\.
# TYPE vllm:dream_depth gauge
vllm:dream_depth{engine="0",model_name="m"} ${3 * factor}
# HELP vllm:sheep_total Sheep.
# TYPE vllm:sheep_total counter
vllm:sheep_total{engine="0",colour="black"} ${100 + 10 * n * factor}
vllm:sheep_total{engine="0",colour="white"} ${500 + 20 * n * factor}
vllm:sheep_created{engine="0",colour="white"} 1.7e9
# HELP vllm:wool_bytes_total Wool.
# TYPE vllm:wool_bytes_total counter
vllm:wool_bytes_total{engine="0"} ${1000 * n}
# HELP vllm:nap_seconds Naps.
# TYPE vllm:nap_seconds histogram
vllm:nap_seconds_bucket{engine="0",le="1"} ${10 * n}
vllm:nap_seconds_bucket{engine="0",le="2"} ${20 * n}
vllm:nap_seconds_bucket{engine="0",le="+Inf"} ${20 * n}
vllm:nap_seconds_sum{engine="0"} ${30 * n}
vllm:nap_seconds_count{engine="0"} ${20 * n}
# HELP vllm:yawn_seconds Yawns.
# TYPE vllm:yawn_seconds summary
vllm:yawn_seconds{engine="0",quantile="0.5"} ${0.25 * factor}
vllm:yawn_seconds{engine="0",quantile="0.99"} 0.75
vllm:yawn_seconds_sum{engine="0"} ${4 * n}
vllm:yawn_seconds_count{engine="0"} ${8 * n}
# HELP vllm:pillow_info Pillow.
# TYPE vllm:pillow_info gauge
vllm:pillow_info{engine="0",filling="<b>down}, \\"x\\"</b>",__proto__="p"} 1
# TYPE vllm:blanket_total unknown
vllm:blanket_total{engine="0"} 7
vllm:undeclared{engine="0"} 9
# TYPE vllm:__proto__ gauge
vllm:__proto__{engine="0"} 11
# HELP "vllm:a name with spaces" Quoted.
# TYPE "vllm:a name with spaces" gauge
{"vllm:a name with spaces",engine="0"} 13
# HELP python_gc_objects_total Not an engine's.
# TYPE python_gc_objects_total counter
python_gc_objects_total 5
`;
