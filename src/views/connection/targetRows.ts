/** The rows of the targets, and of the servers whose engines report to Ray. */
import type { TargetReport } from '../../api';
import { describeServerFacts } from '../../discovery/describeFacts';
import { errorAdvice } from '../../http/errorAdvice';
import type { TreeRow } from '../shared/treeRow';
import { connectionRow, formatKilobytes, type ConnectionFacts } from './connectionRow';

const targetSourceText = {
  file: 'Named by Ray’s service-discovery file',
  dashboard: 'Named by the dashboard’s service discovery',
  nodes: 'Found on a node that Ray names',
  config: 'Named by the config',
  setting: 'Named by skyrl.endpoints',
} as const;

function targetRow(target: TargetReport, { round, engines }: ConnectionFacts): TreeRow {
  const { url, kind, about, state, error, bytes, samples, tookMs } = target;
  const httpError = round?.errors.get(url);
  const result = {
    ok: `${samples} samples, ${formatKilobytes(bytes)}, ${Math.round(tookMs)} ms`,
    empty: 'no engine series',
    failed: error ?? 'failed',
  }[state];
  const icon = {
    ok: { name: 'pass', colour: 'charts.green' },
    empty: { name: 'circle-outline' },
    failed: { name: 'error', colour: 'charts.red' },
  }[state];
  const source = round?.discovery.targets.find((discovered) => discovered.url === url)?.discoveredBy;
  const server = engines.find((engine) => engine.id.startsWith(`${url} `) && engine.server)?.server;
  return {
    ...connectionRow(`target/${url}`, url, `${about ?? kind} · ${result}`, '', [
      url,
      `${about ?? kind}: ${result}`,
      ...(source ? [targetSourceText[source]] : []),
      ...(httpError ? [errorAdvice[httpError.kind]] : []),
    ]),
    icon,
    context: 'target',
    exposition: { target: url },
    children: server
      ? [connectionRow(`target/${url}/server`, 'Server', describeServerFacts(server), 'server-process')]
      : [],
  };
}

/** One row with all targets below it; empty if there is none, or if Prometheus is the source. */
export function targetRows(facts: ConnectionFacts): TreeRow[] {
  const { targets, round } = facts;
  if (targets.length === 0 || round?.sourceReport) return [];
  const answering = targets.filter(({ state }) => state !== 'failed').length;
  return [
    {
      ...connectionRow('targets', 'Targets', `${answering} of ${targets.length} answer`, 'list-tree', [
        round?.discovery.reason ?? '',
      ]),
      children: targets.map((target) => targetRow(target, facts)),
    },
  ];
}

/** One row with what the servers of engines on Ray report, which no target's row shows. */
export function serverRows({ engines }: ConnectionFacts): TreeRow[] {
  const reporting = engines.filter(({ workerId, server }) => workerId !== undefined && server !== undefined);
  if (reporting.length === 0) return [];
  const children = reporting.map(({ id, name, node, server = {} }) =>
    connectionRow(`server/${id}`, name, `${describeServerFacts(server)} · ${node}`, 'server-process'),
  );
  const description = `${reporting.length} ${reporting.length === 1 ? 'answers' : 'answer'}`;
  return [{ ...connectionRow('servers', 'Servers', description, 'server-environment'), children }];
}
