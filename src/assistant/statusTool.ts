/** Tools that say how the run and its metrics are: the state now, and after a new scrape. */
import * as z from 'zod/mini';
import type { EngineState } from '../api';
import { states } from '../shared/states';
import { formatDuration } from '../shared/format';
import { escapeControlChars } from '../promql/textTable';
import { fitRows, maxAsideChars } from './budget';
import { defineTool, type ToolAnswer, type ToolHost } from './tool';

const noInput = z.strictObject({});

function countStates({ snapshot }: ToolHost): Partial<Record<EngineState, number>> {
  const counts: Partial<Record<EngineState, number>> = {};
  for (const { state } of snapshot?.engines ?? []) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

const countText = (counts: Partial<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

function answerStatus(host: ToolHost): ToolAnswer {
  const { status, snapshot, config, expectedEngines, timer } = host;
  const engines = countStates(host);
  const ageMs = snapshot && host.now() - snapshot.at;
  const { actions } = states[status.state];
  const failed = snapshot?.targets.filter(({ state }) => state === 'failed') ?? [];
  const failures = fitRows(
    failed.map(({ url, error }) => ({ data: { url, error }, text: `${url} failed: ${error ?? 'no reason given'}` })),
    'SkyRL: Diagnose Connection lists all of them.',
    maxAsideChars,
  );
  const source = snapshot?.source ? `Prometheus at ${snapshot.source.url}` : 'the targets';
  const count = (severity: string): number =>
    snapshot?.findings.filter((finding) => finding.severity === severity).length ?? 0;
  const findings = { error: count('error'), warning: count('warning'), info: count('info') };
  const lines = [
    `State: ${status.state}. ${status.message}`,
    ...(actions.length > 0 ? [`What a person can do: ${actions.map(({ title }) => title).join(', ')}.`] : []),
    `Config in use: ${config ? `${config.name}; ${config.intent.metricsPathReason}` : 'none'}`,
    ageMs === undefined ? 'No scrape yet.' : `Last scrape ${formatDuration(ageMs)} ago, from ${source}.`,
    ...(snapshot
      ? [
          `Engines: ${countText(engines) || 'none'}${expectedEngines === undefined ? '' : `, ${expectedEngines} expected`}.`,
        ]
      : []),
    ...(snapshot?.phase
      ? [`Training phase: ${snapshot.phase.name} for ${formatDuration(host.now() - snapshot.phase.since)}.`]
      : []),
    ...failures.lines,
    ...(snapshot ? [`Findings: ${countText(findings)}.`] : []),
    `Timer: ${timer}.`,
  ];
  return {
    text: lines.map(escapeControlChars).join('\n'),
    data: {
      state: status.state,
      message: status.message,
      actions: actions.map(({ title }) => title),
      timer,
      ...(config && {
        config: { file: config.name, metricsPath: config.intent.metricsPath, reason: config.intent.metricsPathReason },
      }),
      ...(snapshot && {
        ageSeconds: Math.round((ageMs ?? 0) / 1000),
        source: snapshot.source ?? { kind: 'targets' },
        engines,
        targets: {
          total: snapshot.targets.length,
          failed: failures.data,
          ...(failures.omitted > 0 && { omitted: failures.omitted }),
        },
        findings,
      }),
      ...(expectedEngines !== undefined && { expectedEngines }),
      ...(snapshot?.phase && {
        phase: { name: snapshot.phase.name, seconds: (host.now() - snapshot.phase.since) / 1000 },
      }),
    },
  };
}

/** State, source, config, engines by state, age. */
export const statusTool = defineTool({
  name: 'skyrl_get_status',
  title: 'Get SkyRL Run Status',
  modelDescription:
    'State of the SkyRL training run that this VS Code window watches: whether metrics arrive and how old they are, from where, the config in use, engines by state (active, quiet, asleep, paused, starting, silent, dead, gone), the training phase, and how many findings there are. Call it first. What is missing is not known; it is not zero.',
  input: noInput,
  run: answerStatus,
});

/** Scrapes and answers as the status tool. */
export const scrapeTool = defineTool({
  name: 'skyrl_scrape_now',
  title: 'Scrape vLLM Metrics Now',
  modelDescription:
    'Reads the metrics of all engines now and answers with the new status. Use it before the other tools when the status says that metrics are old or the timer is stopped. It only reads; it cannot change the run. Rates need two scrapes some seconds apart.',
  input: noInput,
  run: async (host) => {
    await host.scrape();
    return answerStatus(host);
  },
});
