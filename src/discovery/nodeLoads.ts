/** Load averages of a cluster's nodes, from Ray's dashboard: Prometheus has none. */
import { fetchTwice, type DashboardRequestOptions } from './dashboard';
import { isObject } from '../shared/json';

/** Over 1, 5 and 15 minutes. */
export type LoadAverage = [number, number, number];

function readNode(node: unknown): [string, LoadAverage] | undefined {
  if (!isObject(node) || !Array.isArray(node['loadAvg'])) return undefined;
  const address =
    isObject(node['raylet']) && node['raylet']['state'] !== 'DEAD'
      ? (node['ip'] ?? node['raylet']['nodeManagerAddress'])
      : undefined;
  const [whole] = node['loadAvg'] as unknown[];
  const fits =
    Array.isArray(whole) &&
    whole.length === 3 &&
    whole.every((value) => typeof value === 'number' && Number.isFinite(value));
  return typeof address === 'string' && fits ? [address, whole as LoadAverage] : undefined;
}

/** By node address, living nodes only. Rejects with an HttpError. */
export async function fetchNodeLoads(
  dashboard: string,
  asking: DashboardRequestOptions,
): Promise<Map<string, LoadAverage>> {
  const answer = await fetchTwice(dashboard, '/nodes?view=summary', asking);
  const data = isObject(answer) && isObject(answer['data']) ? answer['data'] : {};
  const summary = Array.isArray(data['summary']) ? data['summary'] : [];
  return new Map(
    summary.flatMap((node: unknown) => {
      const read = readNode(node);
      return read ? [read] : [];
    }),
  );
}
