/** Where the dashboard is, as far as settings and environment say. */
import { withoutCredentials } from '../http/addressRules';

export interface DashboardAddress {
  /** Without a slash at its end. */
  url: string;
  /** `default`: nobody named one, so that silence there only means that no run was found. */
  configuredBy: 'setting' | 'RAY_ADDRESS' | 'default';
}

const defaultPort = 8265;
/** Forms of RAY_ADDRESS that name no host: Ray finds or starts the cluster by itself. */
const withoutHost = new Set(['', 'auto', 'local']);

/** The setting, else RAY_ADDRESS when it is http, else its host with the dashboard's port, else this machine. */
export function dashboardAddress(setting: string, environment: Record<string, string | undefined>): DashboardAddress {
  const named = setting.trim();
  if (named !== '') return { url: trim(/:\/\//.test(named) ? named : `http://${named}`), configuredBy: 'setting' };
  const address = (environment['RAY_ADDRESS'] ?? '').trim();
  if (withoutHost.has(address)) return { url: `http://127.0.0.1:${defaultPort}`, configuredBy: 'default' };
  if (/^https?:\/\//i.test(address)) return { url: trim(address), configuredBy: 'RAY_ADDRESS' };
  const host = /^(?:ray:\/\/)?(\[[^\]]+\]|[^:/]+)/.exec(address)?.[1];
  return host === undefined
    ? { url: `http://127.0.0.1:${defaultPort}`, configuredBy: 'default' }
    : { url: `http://${host}:${defaultPort}`, configuredBy: 'RAY_ADDRESS' };
}

const trim = (url: string): string => withoutCredentials(url.trim()).replace(/\/+$/, '');
