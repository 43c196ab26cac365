/**
 * `/metrics` bodies of servers that are not plain vLLM servers: a router, and Dynamo's worker and frontend
 * (docs/decisions.md, What a target is).
 */

const histogram = (name: string, labels: string, count: number, sum: number): string =>
  [
    `${name}_bucket{${labels}le="0.1"} 0`,
    `${name}_bucket{${labels}le="1.0"} ${count}`,
    `${name}_bucket{${labels}le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${count}`,
  ].join('\n');

const modelLabels = 'model_name="m",engine="0",';
const dynamoLabels =
  'dynamo_namespace="ns",dynamo_component="backend",dynamo_endpoint="generate",worker_id="7",model="m",';

/** The lines of a vLLM engine that has finished some requests, each with 0.5 s to its first token. */
const engineLines = (requests: number, labels: string): string =>
  [
    `vllm:num_requests_running{${labels}} 2`,
    `vllm:generation_tokens_total{${labels}} ${requests * 100}`,
    histogram('vllm:time_to_first_token_seconds', labels, requests, requests * 0.5),
  ].join('\n');

/** Bodies by kind of server; `requests` is the number of finished ones. */
export const serverBodies = {
  router: (): string =>
    [
      'vllm_router_active_workers 2',
      'vllm_router_requests_total{route="/v1/completions"} 9',
      'vllm_router_running_requests{worker="http://192.0.2.1:8000"} 3',
      '',
    ].join('\n'),
  dynamoWorker: (requests: number): string =>
    [
      `dynamo_component_inflight_requests{${dynamoLabels}} 2`,
      `dynamo_component_requests_total{${dynamoLabels}} ${requests}`,
      engineLines(requests, dynamoLabels + modelLabels),
      `lmcache:num_hit_tokens_total{${modelLabels}} 5`,
      `lmcache:local_cache_usage{${modelLabels}} 1024`,
      '',
    ].join('\n'),
  dynamoFrontend: (requests: number): string =>
    [
      `dynamo_frontend_inflight_requests{model="m"} 2`,
      `dynamo_frontend_requests_total{model="m"} ${requests}`,
      histogram('dynamo_frontend_time_to_first_token_seconds', 'model="m",', requests, requests * 0.9),
      '',
    ].join('\n'),
};
