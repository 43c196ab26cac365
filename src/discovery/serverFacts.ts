/** What a vLLM server answers about itself, and which engines its answers are about. */
import type { ServerFacts } from '../api';
import { getJson } from '../http/getJson';
import { hostOf, toUrlHost } from '../http/hostNames';
import { HttpError, type HttpGet } from '../http/httpGet';
import type { JsonObject } from '../shared/guards';
import { asNonEmptyText, asObject } from '../shared/json';
import { pushTo } from '../shared/pushTo';
import type { ServerAddress } from './serverAddresses';

/** A server may be slow to answer, and there may be many of them. */
const maxTimeoutMs = 1000;
const maxAnswerBytes = 64 * 1024;

/** What requests to servers need. */
export interface ProbeOptions {
  get: HttpGet;
  signal: AbortSignal;
  timeoutMs: number;
  /** Unix ms. */
  now: () => number;
}

/** A server that answered. */
export interface DiscoveredServer {
  /** `http://node:port`. */
  base: string;
  facts: ServerFacts;
  /** When it last answered, Unix ms. */
  at: number;
}

const readFlag =
  (field: string, fact: 'sleeping' | 'paused') =>
  (answer: JsonObject): Partial<ServerFacts> => {
    const value = answer[field];
    return typeof value === 'boolean' ? { [fact]: value } : {};
  };

/** Paths beside `/version`. They exist in vLLM's development mode only, which SkyRL turns on. */
const factReaders: Record<string, (answer: JsonObject) => Partial<ServerFacts>> = {
  '/is_sleeping': readFlag('is_sleeping', 'sleeping'),
  '/is_paused': readFlag('is_paused', 'paused'),
  '/weight_info': (answer) => {
    const weightVersion = asNonEmptyText(answer['weight_version']);
    return weightVersion === undefined ? {} : { weightVersion };
  },
};

async function requestObject(
  { base, typedByUser = false }: ServerAddress,
  path: string,
  { get, signal, timeoutMs }: ProbeOptions,
): Promise<JsonObject> {
  const options = {
    signal,
    timeoutMs: Math.min(timeoutMs, maxTimeoutMs),
    maxBytes: maxAnswerBytes,
    typedByUser,
  };
  return asObject(await getJson(get, `${base}${path}`, options, `${path} does not answer with JSON`));
}

/**
 * Requests the facts of a server. A fact that fails is missing; a path that does not exist (404) is added to
 * `missingPaths` and not requested again. Rejects with an HttpError if it is not a vLLM server.
 */
export async function fetchServerFacts(
  address: ServerAddress,
  options: ProbeOptions,
  missingPaths: Set<string>,
): Promise<ServerFacts> {
  const version = asNonEmptyText((await requestObject(address, '/version', options))['version']);
  if (version === undefined) throw new HttpError('wrong-type', '/version names no version');
  const readers = Object.entries(factReaders).filter(([path]) => !missingPaths.has(path));
  const facts = await Promise.all(
    readers.map(async ([path, read]) => {
      try {
        return read(await requestObject(address, path, options));
      } catch (error) {
        if (error instanceof HttpError && error.status === 404) missingPaths.add(path);
        return {};
      }
    }),
  );
  return Object.assign({ version }, ...facts) as ServerFacts;
}

/**
 * Facts by worker. Nothing names the server of a worker, so the workers of a node get a fact only if as many servers
 * answer there as there are workers, and all of them agree.
 */
export function assignFactsToWorkers(
  servers: readonly DiscoveredServer[],
  workersOf: ReadonlyMap<string, readonly string[]>,
): Map<string, ServerFacts> {
  const factsByNode = new Map<string, ServerFacts[]>();
  for (const { base, facts } of servers) {
    const node = hostOf(base) ?? '';
    pushTo(factsByNode, node, facts);
  }
  // A URL writes an IPv6 address in its shortest form; Ray need not.
  const workersByHost = new Map<string, string[]>();
  for (const [node, workers] of workersOf)
    for (const worker of workers) pushTo(workersByHost, hostOf(`http://${toUrlHost(node)}`) ?? node, worker);
  return new Map(
    [...factsByNode].flatMap(([node, facts]) => {
      const workers = workersByHost.get(node) ?? [];
      if (workers.length !== facts.length) return [];
      const common = commonFacts(facts);
      return workers.map((worker) => [worker, common] as const);
    }),
  );
}

function commonFacts(all: readonly ServerFacts[]): ServerFacts {
  const [first = {}] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => all.every((facts) => facts[name as keyof ServerFacts] === value)),
  );
}
