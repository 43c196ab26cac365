/** The tool that gives metrics over time. */
import * as z from 'zod/mini';
import type { Snapshot } from '../api';
import type { ChartSeries } from '../shared/chartData';
import { escapeControlChars } from '../promql/textTable';
import { fitRows, type AnswerRow } from './budget';
import { describe, metricId } from './inputSchema';
import { requireRows } from './requireRows';
import { defineTool, ToolError, type ToolHost } from './tool';

const maxMinutes = 72 * 60;
const engineNames = z.array(z.string().check(z.maxLength(200))).check(z.minLength(1), z.maxLength(16));

/** Ids of the engines that are named; a name may be shared by an engine of the past, so that ids are taken, too. */
function engineIds(snapshot: Snapshot | undefined, names: readonly string[]): string[] {
  const engines = snapshot?.engines ?? [];
  return names.map((name) => {
    const engine = engines.find((one) => one.name === name || one.id === name);
    if (engine) return engine.id;
    throw new ToolError(
      `There is no engine "${name}". The engines are: ${engines.map((one) => one.name).join(', ') || 'none yet'}.`,
    );
  });
}

const compact = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'gap' : String(Number(value.toPrecision(4)));

function seriesRow(
  host: ToolHost,
  unit: string,
  { measure, engine, at, value, lowest, highest }: ChartSeries,
): AnswerRow {
  const now = host.now();
  const secondsAgo = at.map((time) => Math.round((now - time) / 1000));
  const subject = engine ? engine.name : 'all engines';
  const values = value.map((one) => (one === null ? null : Number(one.toPrecision(6))));
  return {
    data: {
      id: measure,
      unit,
      subject,
      secondsAgo,
      values,
      ...(lowest && { lowest }),
      ...(highest && { highest }),
    },
    text: escapeControlChars(
      `${measure} (${unit}), ${subject}: ${at.map((_, index) => `${secondsAgo[index]} s ago ${compact(value[index])}`).join(', ')}`,
    ),
  };
}

/** Ids, engines, span; at most so many points, gaps as gaps. */
export const historyTool = defineTool({
  name: 'skyrl_get_history',
  title: 'Get vLLM Metrics over Time',
  modelDescription:
    'Metrics of the SkyRL run over time, oldest first, for all engines together or each: to see when something began, or whether it gets better. Series are thinned to "points" rows with their lowest and highest values. A null is a gap: nothing was measured then. No series means that the metric was not reported in that time. Also gives training phases and engine states as bands.',
  input: z.strictObject({
    ids: describe(
      z.array(metricId).check(z.minLength(1), z.maxLength(6)),
      'Ids of metrics, as skyrl_get_metrics names them.',
    ),
    engines: z.optional(
      describe(
        z.union([z.enum(['aggregate', 'each']), engineNames], {
          error: 'expected "aggregate", "each", or a list of names such as ["engine 0"]',
        }),
        '"aggregate" (default): all engines together; "each": every engine; or names such as ["engine 0"].',
      ),
    ),
    minutes: z.optional(describe(z.number().check(z.positive(), z.maximum(maxMinutes)), 'How far back; default 15.')),
    points: z.optional(describe(z.int().check(z.minimum(10), z.maximum(200)), 'Most rows of a series; default 30.')),
  }),
  run: (host, { ids, engines = 'aggregate', minutes = 15, points = 30 }) => {
    const rows = requireRows(ids);
    const units = new Map<string, string>(rows.map(({ id, unit }) => [id, unit]));
    const to = host.now();
    const { series, bands } = host.queryHistory({
      measures: rows.map(({ id }) => id),
      engines: Array.isArray(engines) ? engineIds(host.snapshot, engines) : engines,
      from: to - minutes * 60_000,
      to,
      maxPoints: points,
    });
    const found = series.filter(({ at }) => at.length > 0);
    const { data, lines, omitted } = fitRows(
      found.map((one) => seriesRow(host, units.get(one.measure) ?? '', one)),
      'Ask for fewer ids, engines or points.',
    );
    const bandRows = bands.slice(-20).map(({ kind, engine, from, to: end, label }) => ({
      kind,
      label,
      ...(engine && { engine: engine.name }),
      beganSecondsAgo: Math.round((to - from) / 1000),
      ...(end !== undefined && { endedSecondsAgo: Math.round((to - end) / 1000) }),
    }));
    return {
      text: [
        found.length === 0
          ? `Nothing was reported of these in the last ${minutes} minutes.`
          : `The last ${minutes} minutes.`,
        ...lines,
        ...bandRows.map((band) =>
          escapeControlChars(
            `${band.kind} ${band.label}${band.engine === undefined ? '' : `, ${band.engine}`}: began ${band.beganSecondsAgo} s ago${band.endedSecondsAgo === undefined ? '' : `, ended ${band.endedSecondsAgo} s ago`}`,
          ),
        ),
      ].join('\n'),
      data: { series: data, bands: bandRows, ...(omitted > 0 && { omitted }) },
    };
  },
});
