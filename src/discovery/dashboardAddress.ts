/** Finds the address of Ray's dashboard in settings and environment (docs/decisions.md, Finding the dashboard). */
import { withoutCredentials } from '../http/redact';

interface DashboardAddress {
  /** Without a slash at its end and without credentials. */
  url: string;
  /** `default`: not configured, so if nothing answers there, there is no run. */
  configuredBy: 'setting' | 'RAY_ADDRESS' | 'default';
}

const defaultPort = 8265;
const defaultAddress: DashboardAddress = { url: `http://127.0.0.1:${defaultPort}`, configuredBy: 'default' };
/** Forms of RAY_ADDRESS that name no host: Ray finds or starts the cluster. */
const formsWithoutHost = new Set(['', 'auto', 'local']);

/**
 * The setting, else RAY_ADDRESS if it is an http URL, else the host in RAY_ADDRESS with the dashboard's usual port,
 * else this machine.
 */
export function dashboardAddress(setting: string, environment: Record<string, string | undefined>): DashboardAddress {
  const configured = setting.trim();
  if (configured !== '') {
    const url = /:\/\//.test(configured) ? configured : `http://${configured}`;
    return { url: cleanUrl(url), configuredBy: 'setting' };
  }
  const address = (environment['RAY_ADDRESS'] ?? '').trim();
  if (formsWithoutHost.has(address)) return defaultAddress;
  if (/^https?:\/\//i.test(address)) return { url: cleanUrl(address), configuredBy: 'RAY_ADDRESS' };
  const host = /^(?:ray:\/\/)?(\[[^\]]+\]|[^:/]+)/.exec(address)?.[1];
  return host === undefined ? defaultAddress : { url: `http://${host}:${defaultPort}`, configuredBy: 'RAY_ADDRESS' };
}

const cleanUrl = (url: string): string => withoutCredentials(url.trim()).replace(/\/+$/, '');
