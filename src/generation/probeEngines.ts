/** Asks engines what they really run with: the server's own GET where there is one, else the labels of `cache_config_info`. */
import type { Engine } from '../api';
import { HttpError, type HttpGet } from '../http/httpGet';
import { parseCacheConfig, parseServerInfo, type EngineConfig, type LabelMap, type ProbedEngine } from './engineConfig';

/** A server of the run. */
export interface ProbeServer {
  /** Without a path. */
  url: string;
  typedByUser: boolean;
  /** Ids of the engines it serves; none where nobody can tell: then it stands for itself. */
  engines: readonly string[];
}

export interface ProbeInput {
  get: HttpGet;
  signal: AbortSignal;
  timeoutMs: number;
  servers: readonly ProbeServer[];
  /** The engines that live. */
  engines: readonly Engine[];
  /** By engine id, as last seen. */
  cacheConfigs: ReadonlyMap<string, LabelMap>;
}

/** A real answer has 25 kB; far more is still read, and what is beyond this is no server's config. */
export const maxServerInfoBytes = 16 * 2 ** 20;

/** The six fields of one server; empty where it does not say. The rest of its answer, environment data among it, is let go at once. */
async function askServer(
  { get, signal, timeoutMs }: ProbeInput,
  { url, typedByUser }: ProbeServer,
): Promise<EngineConfig> {
  const chunks: Uint8Array[] = [];
  try {
    await get(`${url}/server_info?config_format=json`, {
      signal,
      timeoutMs,
      typedByUser,
      maxBytes: maxServerInfoBytes,
      onChunk: (chunk) => chunks.push(Uint8Array.from(chunk)),
    });
    return parseServerInfo(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (error) {
    if (error instanceof HttpError || error instanceof SyntaxError) return {};
    throw error;
  }
}

const isEmpty = (config: EngineConfig): boolean => Object.keys(config).length === 0;

/** One entry for each engine of which something could be had. What the server did not say, the labels may. */
export async function probeEngines(input: ProbeInput): Promise<ProbedEngine[]> {
  const asked = await Promise.all(
    input.servers.map(async (server) => ({ server, config: await askServer(input, server) })),
  );
  const nobodys = asked.filter(({ server, config }) => server.engines.length === 0 && !isEmpty(config));
  const byServer = nobodys.map(({ server, config }): ProbedEngine => ({
    engine: server.url,
    source: 'server_info',
    config,
  }));
  const byEngine = input.engines.flatMap(({ id, name }): ProbedEngine[] => {
    const server = asked.find(({ server: { engines }, config }) => engines.includes(id) && !isEmpty(config))?.config;
    const labels = input.cacheConfigs.get(id);
    const config = { ...(labels && parseCacheConfig(labels)), ...server };
    return isEmpty(config) ? [] : [{ engine: name, source: server ? 'server_info' : 'cache_config_info', config }];
  });
  return [...byEngine, ...byServer];
}
