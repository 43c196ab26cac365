/** The tool that lists what the diagnosis found. */
import * as z from 'zod/mini';
import type { Finding } from '../api';
import { escapeControlChars } from '../promql/textTable';
import { formatDuration } from '../shared/format';
import { fitRows, type AnswerRow } from './budget';
import { describe } from './inputSchema';
import { defineTool, ToolError, type ToolHost } from './tool';

const severities = ['info', 'warning', 'error'] as const;

function findingRow(host: ToolHost, { id, severity, message, engine, since, advice }: Finding): AnswerRow {
  const name = host.snapshot?.engines.find((one) => one.id === engine)?.name;
  const age = since === undefined ? '' : ` (for ${formatDuration(host.now() - since)})`;
  return {
    data: {
      id,
      severity,
      message,
      ...(name !== undefined && { engine: name }),
      ...(since !== undefined && { sinceSeconds: Math.max(0, Math.round((host.now() - since) / 1000)) }),
      ...(advice !== undefined && { advice }),
    },
    text: escapeControlChars(
      `${severity} [${id}]${age}: ${message}${advice === undefined ? '' : ` Advice: ${advice}`}`,
    ),
  };
}

/** Findings with evidence and advice, the gravest first. */
export const findingsTool = defineTool({
  name: 'skyrl_get_findings',
  title: 'Get SkyRL Findings',
  modelDescription:
    'What is wrong with the vLLM engines of the SkyRL run now, as rules found it: dead or stuck engines, full KV caches, preemptions, unequal load, missing reports, flags that did not engage. Each finding has its numbers, since when it holds, and what to try. An empty list means that no rule fired on the metrics that there are, not that the run is healthy.',
  input: z.strictObject({
    severity: z.optional(describe(z.enum(severities), 'Only findings of this severity or graver.')),
  }),
  run: (host, { severity = 'info' }) => {
    if (!host.snapshot) throw new ToolError('No scrape yet. Call skyrl_scrape_now, then ask again.');
    const lowest = severities.indexOf(severity);
    const findings = host.snapshot.findings
      .filter((finding) => severities.indexOf(finding.severity) >= lowest)
      .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
    const { data, lines, omitted } = fitRows(
      findings.map((finding) => findingRow(host, finding)),
      'Ask for severity error.',
    );
    return {
      text: lines.join('\n') || 'No finding.',
      data: { findings: data, ...(omitted > 0 && { omitted }) },
    };
  },
});
