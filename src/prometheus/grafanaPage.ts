/** Pages of Grafana that people copy from the address bar: the data source that they show, which is a proxy of its API. */
import { HttpError } from '../http/httpGet';
import { isObject } from '../shared/guards';

const pageWithoutSource =
  'this is a page of Grafana. Give the address of the data source’s page (Connections, Data sources), or of Prometheus';

/** A data source as a pane names it: its UID, or an object with it. */
const uidOf = (source: unknown): string | undefined => {
  const uid = isObject(source) ? source['uid'] : source;
  return typeof uid === 'string' && uid !== '' ? uid : undefined;
};

/** The UID of the first pane of Explore; undefined if the address names none. Since Grafana 10 `panes`, before `left`. */
function exploredSource(parameters: URLSearchParams): string | undefined {
  try {
    const panes = JSON.parse(parameters.get('panes') ?? '{}') as unknown;
    const [pane] = isObject(panes) ? Object.values(panes) : [];
    const shown = pane ?? (JSON.parse(parameters.get('left') ?? '{}') as unknown);
    return isObject(shown) ? uidOf(shown['datasource']) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The path of the data source that a page of Grafana shows; undefined for any other address. Throws an HttpError
 * (`not-allowed`) that says what to give instead, if the page names none.
 */
export function grafanaSourcePath({ pathname, searchParams }: URL): string | undefined {
  const explore = /^(.*)\/explore\/?$/.exec(pathname);
  const isDashboard = /\/d\/[\w-]+(?:\/[^/]*)?\/?$/.test(pathname) && searchParams.has('orgId');
  if (!explore && !isDashboard) return undefined;
  const uid = explore ? exploredSource(searchParams) : undefined;
  if (uid === undefined) throw new HttpError('not-allowed', pageWithoutSource);
  return `${explore?.[1] ?? ''}/api/datasources/proxy/uid/${encodeURIComponent(uid)}`;
}
