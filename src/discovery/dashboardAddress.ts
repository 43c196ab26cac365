/** Finds the address of Ray's dashboard in settings, environment and script (docs/decisions.md, Finding the dashboard). */
import { isIPv6 } from 'node:net';
import { toUrlHost, withoutBrackets } from '../http/hostNames';
import { kubernetesProxyPath } from '../http/kubernetesPath';
import { withoutCredentials } from '../http/redact';
import { hintOf, parsePort, type ScriptHint } from './scriptHints';

/** Who named the dashboard. `default`: not configured, so if nothing answers there, there is no run. */
export type DashboardOrigin = 'setting' | 'RAY_ADDRESS' | 'script' | 'default';

/** Where the dashboard is. */
export interface DashboardAddress {
  /** Without a slash at its end and without credentials. */
  url: string;
  configuredBy: DashboardOrigin;
  /** The line of the script that names it. */
  hint?: ScriptHint;
}

/** Where a dashboard listens unless it is told otherwise. */
export const defaultDashboardPort = 8265;
const loopback = '127.0.0.1';
const defaultAddress: DashboardAddress = { url: `http://${loopback}:${defaultDashboardPort}`, configuredBy: 'default' };
/** Forms of RAY_ADDRESS that name no host: Ray finds or starts the cluster. */
const formsWithoutHost = new Set(['', 'auto', 'local']);

/**
 * The setting, else RAY_ADDRESS if it is an http URL, else the host in RAY_ADDRESS with the dashboard's usual port,
 * else what the script says in the same forms, else this machine.
 */
export function dashboardAddress(
  setting: string,
  environment: Record<string, string | undefined>,
  hints: readonly ScriptHint[] = [],
): DashboardAddress {
  const configured = setting.trim();
  if (configured !== '') {
    const clientUrl = /^ray:\/\//i.test(configured) ? urlOfRayAddress(configured, defaultDashboardPort) : undefined;
    if (clientUrl !== undefined) return { url: clientUrl, configuredBy: 'setting' };
    const url = isIPv6(configured) ? `http://${toUrlHost(configured)}:${defaultDashboardPort}` : withScheme(configured);
    return { url: cleanUrl(url), configuredBy: 'setting' };
  }
  const url = urlOfRayAddress(environment['RAY_ADDRESS'], defaultDashboardPort);
  return url === undefined ? addressInScript(hints) : { url, configuredBy: 'RAY_ADDRESS' };
}

/** What the script says; the default where it says the same, since that tells clusters on one machine apart no more. */
function addressInScript(hints: readonly ScriptHint[]): DashboardAddress {
  const [address, portHint] = [hintOf(hints, 'RAY_ADDRESS'), hintOf(hints, '--dashboard-port')];
  const port = parsePort(portHint?.value);
  const named = urlOfRayAddress(address?.value, port ?? defaultDashboardPort);
  const url = named ?? `http://${loopback}:${port ?? defaultDashboardPort}`;
  const hint = port !== undefined ? portHint : address;
  return hint === undefined || url === defaultAddress.url ? defaultAddress : { url, configuredBy: 'script', hint };
}

/** The dashboard's URL by RAY_ADDRESS; undefined if it names no host. */
function urlOfRayAddress(text: string | undefined, port: number): string | undefined {
  const address = (text ?? '').trim();
  if (formsWithoutHost.has(address)) return undefined;
  if (/^https?:\/\//i.test(address)) return cleanUrl(address);
  const host = hostOfAddress(address.replace(/^ray:\/\//, ''));
  return host === undefined ? undefined : `http://${toUrlHost(host)}:${port}`;
}

/** The host of `host:port`, of `[address]:port`, or of an IPv6 address without a port, which has several colons. */
function hostOfAddress(text: string): string | undefined {
  const bare = /^[^/\s]*/.exec(text)?.[0] ?? '';
  if (isIPv6(bare)) return bare;
  const host = /^(\[[^\]]+\]|[^:/]+)/.exec(bare)?.[1];
  return host === undefined ? undefined : withoutBrackets(host);
}

const withScheme = (address: string): string => (/:\/\//.test(address) ? address : `http://${address}`);
/** Calls of the dashboard's own API, as opposed to that of Kubernetes and others that pass it on. */
const apiCalls =
  'v0|version|jobs|prometheus|prometheus_health|grafana_health|gcs_healthz|cluster_status|actors|nodes|serve|packages|data|train|component_activities|ray';
/** What follows the dashboard's own path in an address bar: its pages are in the fragment, its API below `/api`. */
const pastedPage = new RegExp(`/(?:index\\.html|api(?:/(?:${apiCalls})(?:/.*)?)?)$`);
const cleanUrl = (url: string): string =>
  withoutCredentials(url.trim())
    .replace(/[?#].*$/s, '')
    .replace(/\/+$/, '')
    .replace(pastedPage, '')
    .replace(...kubernetesProxyPath)
    .replace(/\/+$/, '');
