/** Finds the node agents of a Ray cluster: from the service-discovery file on this machine, else from the dashboard. */
import { toHttpError } from '../http/httpErrors';
import type { HttpError } from '../http/httpGet';
import { fetchRayInfo, fetchTargets, type DashboardRequestOptions, type RayInfo } from './dashboard';
import { dashboardAddress } from './dashboardAddress';
import { readDiscoveryFile, type DiscoveryFile } from './discoveryFile';
import type { Target } from './targets';
import { tokenFor, type TokenState, type TokenStore } from './token';

/** What settings and environment say about the Ray cluster. */
export interface RayLocation {
  /** `skyrl.ray.dashboardUrl`; may be empty. */
  dashboardSetting: string;
  /** Whether a person typed the setting into user settings: then a link-local address is intended. */
  dashboardTyped: boolean;
  environment: Record<string, string | undefined>;
  tokens: TokenStore;
}

/** How the dashboard was found, and whether it answers. */
export interface DashboardReport {
  url: string;
  configuredBy: 'setting' | 'RAY_ADDRESS' | 'default';
  typedByUser: boolean;
  state: 'ok' | 'failed';
  error?: HttpError;
  token: TokenState;
}

/** The node agents of a cluster. */
export interface RayDiscovery {
  targets: Target[];
  /** One or two sentences: why these targets. */
  reason: string;
  dashboard: DashboardReport;
  file?: DiscoveryFile;
  ray: RayInfo;
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
  const { url, configuredBy } = dashboardAddress(location.dashboardSetting, location.environment);
  const typedByUser = configuredBy === 'setting' && location.dashboardTyped;
  const { token, headers } = await tokenFor({ url, typedByUser }, location.environment, location.tokens);
  const options: DashboardRequestOptions = { ...requestOptions, typedByUser, headers };
  const [file, info] = await Promise.all([
    readDiscoveryFile(location.environment, now),
    attempt(() => fetchRayInfo(url, options)),
  ]);
  const ray = info.result ?? {};
  const reportDashboard = (error: HttpError | undefined): DashboardReport => ({
    url,
    configuredBy,
    typedByUser,
    token,
    state: error ? 'failed' : 'ok',
    ...(error && { error }),
  });
  const common = { ray, ...(file && { file }) };
  const unreachable = isUnreachable(info.error) ? info.error : undefined;
  if (file?.isFresh && file.targets.length > 0 && !distrustFile && !isOfAnotherSession(file, ray, configuredBy))
    return {
      ...common,
      targets: file.targets,
      reason: 'Ray’s service-discovery file on this machine is fresh.',
      dashboard: reportDashboard(unreachable),
    };
  const ended = distrustFile
    ? ' None of the targets in the service-discovery file answers: its cluster has ended.'
    : '';
  if (unreachable) {
    const reason = `The dashboard did not answer.${ended}`;
    return { ...common, targets: [], reason, dashboard: reportDashboard(unreachable) };
  }
  const { result: targets = [], error } = await attempt(() => fetchTargets(url, options));
  const reason = error ? 'The dashboard names no nodes.' : 'The dashboard names these nodes.';
  return { ...common, targets, reason: reason + ended, dashboard: reportDashboard(error) };
}

/**
 * What answers `/api/version` with an error or a page may be an older dashboard. After any other error it is not asked
 * again.
 */
const isUnreachable = (error: HttpError | undefined): boolean =>
  error !== undefined && error.kind !== 'status' && error.kind !== 'wrong-type';

/**
 * Whether the file belongs to another session than the configured dashboard. One that is only guessed proves nothing.
 */
const isOfAnotherSession = (
  file: DiscoveryFile,
  ray: RayInfo,
  configuredBy: DashboardReport['configuredBy'],
): boolean =>
  configuredBy !== 'default' && file.session !== undefined && ray.session !== undefined && ray.session !== file.session;

/** The result or the error of a request. Never rejects. */
export async function attempt<T>(request: () => Promise<T>): Promise<{ result?: T; error?: HttpError }> {
  try {
    return { result: await request() };
  } catch (error) {
    return { error: toHttpError(error) };
  }
}
