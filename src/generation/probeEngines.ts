/**
 * Reads the effective config of engines: from their server if there is one, else from the labels of
 * `cache_config_info`.
 */
import type { Engine } from '../api';
import { getJson } from '../http/getJson';
import { HttpError, type HttpGet } from '../http/httpGet';
import { parseCacheConfig, parseServerInfo, type EngineConfig, type LabelMap, type ProbedEngine } from './engineConfig';

/** A server of the run. */
export interface ProbeServer {
  /** Without a path. */
  url: string;
  typedByUser: boolean;
  /** Ids of the engines that it serves; empty if unknown: then the server is listed instead of an engine. */
  engines: readonly string[];
}

interface ProbeInput {
  get: HttpGet;
  signal: AbortSignal;
  timeoutMs: number;
  servers: readonly ProbeServer[];
  /** The living engines. */
  engines: readonly Engine[];
  /** Labels of `cache_config_info` by engine id, as last seen. */
  cacheConfigs: ReadonlyMap<string, LabelMap>;
}

/** A real answer has 25 kB, and this leaves room for a long environment. */
export const maxServerInfoBytes = 16 * 2 ** 20;

/** The config of a server; empty if its answer is missing or unusable. */
async function fetchServerConfig(
  { get, signal, timeoutMs }: ProbeInput,
  { url, typedByUser }: ProbeServer,
): Promise<EngineConfig> {
  const options = { signal, timeoutMs, typedByUser, maxBytes: maxServerInfoBytes };
  try {
    return parseServerInfo(await getJson(get, `${url}/server_info?config_format=json`, options, 'not JSON'));
  } catch (error) {
    if (error instanceof HttpError) return {};
    throw error;
  }
}

const isEmpty = (config: EngineConfig): boolean => Object.keys(config).length === 0;

/**
 * The known configs: one entry for each engine, then one for each server whose engines are unknown. Fields that a
 * server lacks are taken from the engine's labels.
 */
export async function probeEngines(input: ProbeInput): Promise<ProbedEngine[]> {
  const answers = await Promise.all(
    input.servers.map(async (server) => ({ server, config: await fetchServerConfig(input, server) })),
  );
  const useful = answers.filter(({ config }) => !isEmpty(config));
  const byEngine = input.engines.flatMap(({ id, name, role }): ProbedEngine[] => {
    const serverConfig = useful.find(({ server }) => server.engines.includes(id))?.config;
    const labels = input.cacheConfigs.get(id);
    const config = { ...(labels && parseCacheConfig(labels)), ...serverConfig };
    const source = serverConfig ? 'server_info' : 'cache_config_info';
    return isEmpty(config) ? [] : [{ engine: name, source, ...(role && { role }), config }];
  });
  const byServer = useful
    .filter(({ server }) => server.engines.length === 0)
    .map(({ server, config }): ProbedEngine => ({ engine: server.url, source: 'server_info', config }));
  return [...byEngine, ...byServer];
}
