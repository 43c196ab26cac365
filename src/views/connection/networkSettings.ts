/** VS Code's own network settings, as the dashboard's requests take them. */
import * as vscode from 'vscode';
import type { NetworkSettings } from '../../http/networkSettings';

/** Read anew at each request. Where VS Code's settings say nothing, the usual variables count, as they do for VS Code itself. */
export function readNetworkSettings(): NetworkSettings {
  const http = vscode.workspace.getConfiguration('http');
  const url = (proxy: string): string =>
    proxy === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  const variable = (name: string): string => process.env[name] || process.env[name.toUpperCase()] || '';
  const off = http.get<string>('proxySupport') === 'off';
  const set = http.get<string>('proxy')?.trim() ?? '';
  const noProxy = http.get<string[]>('noProxy') ?? [];
  const authorization = http.get<string | null>('proxyAuthorization');
  return {
    httpProxy: off ? '' : url(set || variable('http_proxy')),
    httpsProxy: off ? '' : url(set || variable('https_proxy') || variable('http_proxy')),
    noProxy: [...noProxy, variable('no_proxy')].join(','),
    ...(typeof authorization === 'string' && authorization !== '' && { proxyAuthorization: authorization }),
    strictSsl: http.get<boolean>('proxyStrictSSL') ?? true,
    systemCertificates: http.get<boolean>('systemCertificates') ?? true,
  };
}
