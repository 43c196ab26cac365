/** Finds the node agents of a Ray cluster: from the service-discovery file on this machine, else from the dashboard. */
import { toHttpError } from '../http/httpErrors';
import type { HttpError } from '../http/httpGet';
import { compareClusters, type ClusterConflict } from './compareClusters';
import { fetchRayInfo, fetchTargets, type DashboardRequestOptions, type RayInfo } from './dashboard';
import { dashboardAddress, type DashboardAddress } from './dashboardAddress';
import { readDiscoveryFile, type DiscoveryFile } from './discoveryFile';
import { describeHint, type ScriptHint } from './scriptHints';
import type { Target } from './targets';
import { tokenFor, type TokenState, type TokenStore } from './token';

/** What settings, environment and script say about the Ray cluster. */
export interface RayLocation {
  /** `skyrl.ray.dashboardUrl`; may be empty. */
  dashboardSetting: string;
  /** Whether a person typed the setting into user settings: then a link-local address is intended. */
  dashboardTyped: boolean;
  environment: Record<string, string | undefined>;
  /** What the script in use sets. Settings and environment come first. */
  hints?: readonly ScriptHint[];
  tokens: TokenStore;
  /** Addresses are those of another machine, since all requests go by skyrl.proxy. */
  isRemote?: boolean;
}

/** How the dashboard was found, and whether it answers. */
export interface DashboardReport extends DashboardAddress {
  typedByUser: boolean;
  state: 'ok' | 'failed';
  error?: HttpError;
  token: TokenState;
  /** Its address is that of the far end of skyrl.proxy. */
  isBeyondProxy?: boolean;
  /** It answers, but for another cluster than the one that is shown: nothing that it says counts. */
  isOfAnotherCluster?: boolean;
}

/** The node agents of a cluster. */
export interface RayDiscovery {
  targets: Target[];
  /** One to three sentences: why these targets. */
  reason: string;
  dashboard: DashboardReport;
  file?: DiscoveryFile;
  ray: RayInfo;
  /** Two clusters were found, and no person decided between them. */
  conflict?: ClusterConflict;
}

/** What looking for Ray's targets needs. */
export interface RayDiscoveryOptions {
  requestOptions: DashboardRequestOptions;
  /** Unix ms. */
  now: number;
  /** No target of the service-discovery file answers, so its cluster has ended. */
  distrustFile?: boolean;
}

/** The node agents by file or dashboard. Never rejects: the error is in the dashboard's report. */
export async function discoverRay(
  location: RayLocation,
  { requestOptions, now, distrustFile = false }: RayDiscoveryOptions,
): Promise<RayDiscovery> {
  const { environment, hints, tokens, isRemote = false } = location;
  const address = dashboardAddress(location.dashboardSetting, environment, hints);
  const { url, configuredBy } = address;
  const typedByUser = configuredBy === 'setting' && location.dashboardTyped;
  const { token, headers } = await tokenFor({ url, typedByUser, isRemote }, environment, tokens);
  const options: DashboardRequestOptions = { ...requestOptions, typedByUser, headers };
  const [file, info] = await Promise.all([
    // The file of this machine is of another cluster than the far end's.
    isRemote ? undefined : readDiscoveryFile(environment, now, hints),
    attempt(() => fetchRayInfo(url, options)),
  ]);
  const unreachable = isUnreachable(info.error) ? info.error : undefined;
  const ray = info.result ?? {};
  const usableFile = file?.isFresh && file.targets.length > 0 && !distrustFile ? file : undefined;
  // The list is asked for only if the session's name does not say enough.
  let list: { result?: Target[]; error?: HttpError } | undefined;
  const fetchList = async (): Promise<{ result?: Target[]; error?: HttpError }> =>
    (list ??= unreachable ? { error: unreachable } : await attempt(() => fetchTargets(url, options)));
  const verdict = await compareClusters({ file: usableFile, address, ray, isReachable: !unreachable, fetchList });
  const report = (error: HttpError | undefined): DashboardReport => ({
    ...address,
    typedByUser,
    token,
    ...(isRemote && { isBeyondProxy: true }),
    state: error ? 'failed' : 'ok',
    ...(error && { error }),
  });
  const common = { ...(file && { file }), ...(verdict.conflict && { conflict: verdict.conflict }) };
  if (verdict.use === 'file' && usableFile) {
    const dashboard = report(unreachable);
    return verdict.isDashboardOfAnotherCluster
      ? {
          ...common,
          ray: {},
          targets: usableFile.targets,
          reason: verdict.reason,
          dashboard: { ...dashboard, isOfAnotherCluster: true },
        }
      : { ...common, ray, targets: usableFile.targets, reason: verdict.reason, dashboard };
  }
  const { result: targets = [], error } = await fetchList();
  const sentences = [
    unreachable
      ? 'The dashboard did not answer.'
      : error
        ? 'The dashboard names no nodes.'
        : 'The dashboard names these nodes.',
    address.hint && `Its address is from ${describeHint(address.hint)}.`,
    distrustFile && 'None of the targets in the service-discovery file answers: its cluster has ended.',
    verdict.reason,
  ];
  return { ...common, ray, targets, reason: sentences.filter(Boolean).join(' '), dashboard: report(error) };
}

/**
 * What answers `/api/version` with an error or a page may be an older dashboard. After any other error it is not asked
 * again.
 */
const isUnreachable = (error: HttpError | undefined): boolean =>
  error !== undefined && error.kind !== 'status' && error.kind !== 'wrong-type';

/** The result or the error of a request. Never rejects. */
export async function attempt<T>(request: () => Promise<T>): Promise<{ result?: T; error?: HttpError }> {
  try {
    return { result: await request() };
  } catch (error) {
    return { error: toHttpError(error) };
  }
}
