/** Load averages of a cluster's nodes from Ray's dashboard; the node agents' metrics have none. */
import { isList, isNumber, isObject, type JsonObject } from '../shared/guards';
import { fetchNodes, type DashboardRequestOptions } from './dashboard';

/** Over 1, 5 and 15 minutes. */
export type LoadAverage = [number, number, number];

/** Address and load of a node; undefined if it is dead or reports no load. */
function parseNodeLoad(node: JsonObject): [address: string, load: LoadAverage] | undefined {
  const { raylet, loadAvg } = node;
  if (!isObject(raylet) || raylet['state'] === 'DEAD') return undefined;
  const address = node['ip'] ?? raylet['nodeManagerAddress'];
  // The dashboard reports the load of the whole node, then the load per processor.
  const load: unknown = Array.isArray(loadAvg) ? loadAvg[0] : undefined;
  return typeof address === 'string' && isList(load, isNumber) && load.length === 3
    ? [address, load as LoadAverage]
    : undefined;
}

/** Load averages by address of the node, living nodes only. Rejects with an HttpError. */
export async function fetchNodeLoads(
  dashboard: string,
  options: DashboardRequestOptions,
): Promise<Map<string, LoadAverage>> {
  const loads = (await fetchNodes(dashboard, options)).map(parseNodeLoad);
  return new Map(loads.filter((load) => load !== undefined));
}
