/** VS Code's network settings for requests to the dashboard and to Prometheus. */
import * as vscode from 'vscode';
import { readSettings } from '../shared/settings';
import type { NetworkSettings } from '../../http/networkSettings';

/**
 * The settings as they are now. Where they are empty, the usual environment variables count, as they do for VS Code
 * itself.
 */
export function readNetworkSettings(): NetworkSettings {
  const http = vscode.workspace.getConfiguration('http');
  const withScheme = (proxy: string): string =>
    proxy === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  const variable = (name: string): string => process.env[name] || process.env[name.toUpperCase()] || '';
  const isOff = http.get<string>('proxySupport') === 'off';
  const proxy = http.get<string>('proxy')?.trim() ?? '';
  const noProxy = http.get<string[]>('noProxy') ?? [];
  const authorization = http.get<string | null>('proxyAuthorization');
  return {
    httpProxy: isOff ? '' : withScheme(proxy || variable('http_proxy')),
    httpsProxy: isOff ? '' : withScheme(proxy || variable('https_proxy') || variable('http_proxy')),
    noProxy: [...noProxy, variable('no_proxy')].join(','),
    ...(typeof authorization === 'string' && authorization !== '' && { proxyAuthorization: authorization }),
    strictSsl: http.get<boolean>('proxyStrictSSL') ?? true,
    clusterProxy: readSettings().proxy,
    systemCertificates: http.get<boolean>('systemCertificates') ?? true,
  };
}
