/** vLLM servers on the run's nodes: where they may be, and what their own GET answers say (research/metrics.md §5.4, §5.5). */
import type { ServerFacts } from '../api';
import { HttpError, type HttpGet } from '../http/httpGet';
import { asObject, asNonEmptyText, type JsonObject } from '../shared/json';

const firstPort = 8000;
const portStep = 100;
/** No cluster is asked at more places than this, whatever its config says. */
const maxAddresses = 256;
const longestWaitMs = 1000;
const largestAnswer = 64 * 1024;
/** Facts older than this are nobody's any more. */
const factsMaxAgeMs = 60_000;
/** Who is no server, or cannot be reached, is asked less and less often, down to this. */
const maxRetryDelayMs = 300_000;
const firstWaitMs = 10_000;

/** Where a server may be: `http://node:port`, without a path. */
export interface ServerAddress {
  base: string;
  /** As in `GetOptions`. */
  typedByUser?: boolean;
}

export interface ProbeOptions {
  get: HttpGet;
  signal: AbortSignal;
  timeoutMs: number;
  /** Unix ms. */
  now: () => number;
}

export interface DiscoveredServer {
  base: string;
  facts: ServerFacts;
  /** When it last answered, Unix ms. */
  at: number;
}

const urlHost = (address: string): string =>
  address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;

/** Port by port, node by node: server n starts at 8000 + 100 n, or one port on where that was taken. */
export function listServerAddresses(nodes: readonly string[], count: number, shift = 0): ServerAddress[] {
  const ports = Array.from(
    { length: Math.min(count, maxAddresses) },
    (_, index) => firstPort + portStep * index + shift,
  );
  return ports
    .flatMap((port) => nodes.map((node) => ({ base: `http://${urlHost(node)}:${port}` })))
    .slice(0, maxAddresses);
}

const flag =
  (name: string) =>
  (answer: JsonObject): Partial<ServerFacts> => {
    const value = answer[name];
    return typeof value === 'boolean' ? { [name === 'is_sleeping' ? 'sleeping' : 'paused']: value } : {};
  };

/** What is asked beside `/version`; in dev mode only, which SkyRL turns on. */
const questions: Record<string, (answer: JsonObject) => Partial<ServerFacts>> = {
  '/is_sleeping': flag('is_sleeping'),
  '/is_paused': flag('is_paused'),
  '/weight_info': (answer) => {
    const weightVersion = asNonEmptyText(answer['weight_version']);
    return weightVersion === undefined ? {} : { weightVersion };
  },
};

interface ProbeState {
  failures: number;
  triedAt: number;
  /** How it failed last; undefined while it answers as a server. */
  error?: HttpError;
  server?: DiscoveredServer;
  /** Questions it has no answer for. */
  missingPaths: Set<string>;
}

/** Remembers who is a server and who is not, so that nobody is asked in vain time and again. */
export class ServerProbe {
  private readonly probeStates = new Map<string, ProbeState>();

  /** Everyone is asked again at the next opportunity. */
  forgetFailures(): void {
    for (const [base, { server }] of this.probeStates) if (!server) this.probeStates.delete(base);
  }

  /** Asks those that are due; gives everyone among `places` who answered lately, in their order. Never rejects. */
  async probeAll(places: readonly ServerAddress[], options: ProbeOptions): Promise<DiscoveredServer[]> {
    const listed = new Set(places.map(({ base }) => base));
    for (const base of this.probeStates.keys()) if (!listed.has(base)) this.probeStates.delete(base);
    await Promise.all(
      places.filter(({ base }) => this.isDue(base, options.now())).map((place) => this.probe(place, options)),
    );
    return places.flatMap(({ base }) => {
      const seen = this.probeStates.get(base)?.server;
      return seen && options.now() - seen.at <= factsMaxAgeMs ? [seen] : [];
    });
  }

  /**
   * Looks for `count` servers on these nodes. Where some are missing and their nodes can be reached, the port behind each is asked, too:
   * a server whose port was taken went there.
   */
  async find(nodes: readonly string[], count: number, options: ProbeOptions): Promise<DiscoveredServer[]> {
    const [places, shifted] = [listServerAddresses(nodes, count), listServerAddresses(nodes, count, 1)];
    const known = [...places, ...shifted].filter(({ base }) => this.probeStates.get(base)?.server);
    if (known.length >= count) return this.probeAll(known, options);
    const before = shifted.filter(({ base }) => this.probeStates.has(base));
    const found = await this.probeAll([...places, ...before], options);
    if (found.length >= count) return found;
    const silent = new Set(
      places
        .filter(({ base }) => isSilent(this.probeStates.get(base)?.error))
        .map(({ base }) => new URL(base).hostname),
    );
    return this.probeAll([...places, ...shifted.filter(({ base }) => !silent.has(new URL(base).hostname))], options);
  }

  private isDue(base: string, now: number): boolean {
    const known = this.probeStates.get(base);
    if (!known || known.failures === 0) return true;
    return now >= known.triedAt + Math.min(maxRetryDelayMs, firstWaitMs * 2 ** (known.failures - 1));
  }

  private async probe(place: ServerAddress, options: ProbeOptions): Promise<void> {
    const known: ProbeState = this.probeStates.get(place.base) ?? { failures: 0, triedAt: 0, missingPaths: new Set() };
    this.probeStates.set(place.base, known);
    known.triedAt = options.now();
    try {
      const version = asNonEmptyText((await getJson(place, '/version', options))['version']);
      if (version === undefined) throw new HttpError('wrong-type', '/version names no version');
      const asked = Object.entries(questions).filter(([path]) => !known.missingPaths.has(path));
      const answers = await Promise.all(
        asked.map(async ([path, read]) => {
          try {
            return read(await getJson(place, path, options));
          } catch (error) {
            if (error instanceof HttpError && error.status === 404) known.missingPaths.add(path);
            return {};
          }
        }),
      );
      known.server = {
        base: place.base,
        at: options.now(),
        facts: Object.assign({ version }, ...answers) as ServerFacts,
      };
      known.failures = 0;
      delete known.error;
    } catch (error) {
      known.failures += 1;
      known.error = error instanceof HttpError ? error : new HttpError('other', String(error));
      if (known.error.kind === 'refused') delete known.server;
    }
  }
}

/** Nobody there, as far as can be told from here: asking a port further brings nothing. */
const isSilent = (error: HttpError | undefined): boolean =>
  error !== undefined &&
  ['time-out', 'unreachable', 'name-not-resolved', 'not-allowed', 'cancelled'].includes(error.kind);

async function getJson(
  { base, typedByUser = false }: ServerAddress,
  path: string,
  { get, signal, timeoutMs }: ProbeOptions,
): Promise<JsonObject> {
  const chunks: Uint8Array[] = [];
  await get(`${base}${path}`, {
    signal,
    timeoutMs: Math.min(timeoutMs, longestWaitMs),
    maxBytes: largestAnswer,
    typedByUser,
    onChunk: (chunk) => chunks.push(Uint8Array.from(chunk)),
  });
  try {
    return asObject(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch {
    throw new HttpError('wrong-type', `${path} is no JSON`);
  }
}

/**
 * Lays what servers say to the workers on their node. Nothing names the server of a worker, so a fact is laid to all workers of a node
 * when as many servers answer there and all say the same; what they do not agree on is nobody's.
 */
export function assignFactsToWorkers(
  seen: readonly DiscoveredServer[],
  workersOf: ReadonlyMap<string, readonly string[]>,
): Map<string, ServerFacts> {
  const byNode = new Map<string, ServerFacts[]>();
  for (const { base, facts } of seen) {
    const node = new URL(base).hostname.replace(/^\[|\]$/g, '');
    byNode.set(node, [...(byNode.get(node) ?? []), facts]);
  }
  return new Map(
    [...byNode].flatMap(([node, all]) => {
      const workers = workersOf.get(node) ?? [];
      if (workers.length !== all.length) return [];
      const agreed = commonFacts(all);
      return workers.map((worker) => [worker, agreed] as const);
    }),
  );
}

function commonFacts(all: readonly ServerFacts[]): ServerFacts {
  const [first = {}] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => all.every((facts) => facts[name as keyof ServerFacts] === value)),
  );
}
