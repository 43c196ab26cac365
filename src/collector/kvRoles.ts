/** Roles that vLLM servers report in `kv_transfer_config`, asked once of each server. */
import type { EngineRole } from '../api';
import { workersByNode, type Actor } from '../discovery/actors';
import type { ProbeOptions } from '../discovery/serverFacts';
import type { Target } from '../discovery/targets';
import { getJson } from '../http/getJson';
import { hostOf } from '../http/hostNames';
import { HttpError } from '../http/httpGet';
import { asObject } from '../shared/json';

/** vLLM's names. `kv_both`, which SkyRL sets unless told otherwise, is no role. */
const roleByName: Readonly<Record<string, EngineRole>> = { kv_producer: 'prefill', kv_consumer: 'decode' };

/** A real answer has 25 kB; it also has the server's environment, which is not read. */
const maxAnswerBytes = 2 ** 20;
/** The first answer of a server is slow, because it inspects its system. */
const timeoutMs = 5_000;
const retryAfterMs = 300_000;

/** The role in the answer to `/server_info?config_format=json`, of any shape. */
export function parseKvRole(answer: unknown): EngineRole | undefined {
  const name = asObject(asObject(asObject(answer)['vllm_config'])['kv_transfer_config'])['kv_role'];
  return typeof name === 'string' && Object.hasOwn(roleByName, name) ? roleByName[name] : undefined;
}

interface AskedServer {
  role: EngineRole | undefined;
  /** When it may be asked again, Unix ms. */
  retryAt: number;
}

/** Asks servers, and remembers their answers. */
export class KvRoleReader {
  private readonly byUrl = new Map<string, AskedServer>();

  /** Asks again what failed before. */
  forgetFailures(): void {
    for (const [url, { retryAt }] of this.byUrl) if (retryAt !== Infinity) this.byUrl.delete(url);
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const server of this.byUrl.values()) server.retryAt += ms;
  }

  /**
   * The roles that are known by now, by the URL of the server's `/metrics`, of the servers in `urls`. Servers that are
   * due are asked meanwhile: a scrape does not wait for them. `targets` says which addresses a person typed.
   */
  read(urls: readonly string[], targets: readonly Target[], options: ProbeOptions): ReadonlyMap<string, EngineRole> {
    const typed = new Set(targets.filter(({ typedByUser }) => typedByUser).map(({ url }) => url));
    for (const url of this.byUrl.keys()) if (!urls.includes(url)) this.byUrl.delete(url);
    const due = urls.filter((url) => options.now() >= (this.byUrl.get(url)?.retryAt ?? 0));
    for (const url of due) {
      this.byUrl.set(url, { role: undefined, retryAt: Infinity });
      void this.ask(url, typed.has(url), options);
    }
    return new Map(
      urls.flatMap((url) => {
        const role = this.byUrl.get(url)?.role;
        return role ? [[url, role] as const] : [];
      }),
    );
  }

  /** Never rejects. */
  private async ask(url: string, typedByUser: boolean, { get, signal, now }: ProbeOptions): Promise<void> {
    const address = `${url.replace(/\/metrics\/?$/, '')}/server_info?config_format=json`;
    try {
      const options = { signal, timeoutMs, maxBytes: maxAnswerBytes, typedByUser };
      this.byUrl.set(url, { role: parseKvRole(await getJson(get, address, options, 'not JSON')), retryAt: Infinity });
    } catch (error) {
      const isMissing = error instanceof HttpError && error.status === 404;
      this.byUrl.set(url, { role: undefined, retryAt: isMissing ? Infinity : now() + retryAfterMs });
    }
  }
}

/**
 * Roles by worker id. Nothing names the server of a Ray worker, so they are known only where as many servers answer on
 * a node as it has workers, and all report one role.
 */
export function rolesOfWorkers(
  serverUrls: readonly string[],
  roleByUrl: ReadonlyMap<string, EngineRole>,
  actors: ReadonlyMap<string, Actor> | undefined,
  otherWorkers: ReadonlySet<string>,
): Map<string, EngineRole> {
  return new Map(
    [...workersByNode(actors?.values() ?? [], otherWorkers)].flatMap(([node, workers]) => {
      const roles = serverUrls.filter((url) => hostOf(url) === node).map((url) => roleByUrl.get(url));
      const [role] = roles;
      const isCommon = role !== undefined && roles.length === workers.length && roles.every((other) => other === role);
      return isCommon ? workers.map((worker) => [worker, role] as const) : [];
    }),
  );
}

/** Roles by the ids of the engines that these servers serve: one engine for each data-parallel rank. */
export const rolesOfServers = (roleByUrl: ReadonlyMap<string, EngineRole>): Map<string, EngineRole> =>
  new Map([...roleByUrl].flatMap(([url, role]) => ranks.map((rank) => [`${url} ${rank}`, role] as const)));

/** More ranks than any server has. */
const ranks = Array.from({ length: 64 }, (_, rank) => rank);
