/** The run that is watched, as the data of a chart. */
import path from 'node:path';
import type * as vscode from 'vscode';
import { chartRows } from '../../metrics/chartRows';
import { allRows, otherRowsIn } from '../../metrics/otherRows';
import type { ChartIncrement, ChartQuery, ChartSeries, ChartSubject } from '../../shared/chartData';
import type { SubjectChoice } from '../../shared/subjectChoice';
import type { RunWatcher } from '../shared/runWatcher';
import type { ChartFeed } from './chartFeed';

type NameSubject = (subject: ChartSubject) => ChartSubject;

/** Adds the roles that engines have in the newest snapshot to their names; undefined if none has a role. */
function nameWithRoles({ snapshot }: RunWatcher): NameSubject | undefined {
  const roles = new Map(snapshot?.engines.flatMap(({ id, role }) => (role ? [[id, role] as const] : [])));
  if (roles.size === 0) return undefined;
  return (subject) => {
    const role = roles.get(subject.id);
    return role ? { ...subject, name: `${subject.name} (${role})` } : subject;
  };
}

function nameSeries(series: ChartSeries[], runWatcher: RunWatcher): ChartSeries[] {
  const nameSubject = nameWithRoles(runWatcher);
  if (!nameSubject) return series;
  return series.map((one) => (one.engine ? { ...one, engine: nameSubject(one.engine) } : one));
}

/** The subjects of the run, with the states of the engines that the newest snapshot lists. */
function subjectChoices(runWatcher: RunWatcher): SubjectChoice[] {
  const engines = runWatcher.snapshot?.engines ?? [];
  const states = new Map(engines.map(({ id, state }) => [id, state]));
  const replaced = new Set(engines.flatMap(({ follows }) => follows ?? []));
  const nameSubject = nameWithRoles(runWatcher);
  return runWatcher.shownRun.chartSubjects.map((known) => {
    const subject = nameSubject?.(known) ?? known;
    const state = states.get(subject.id);
    if (state === undefined) return subject;
    return { ...subject, state, ...(replaced.has(subject.id) && { isReplaced: true as const }) };
  });
}

function replayNotice({ replay }: RunWatcher): string {
  if (!replay) return '';
  return replay.example
    ? 'Recorded run. Nothing here is live.'
    : `Replay of ${path.basename(replay.name)}. Nothing here is live.`;
}

/** A metric counts as available once the run has measured it. */
export function createRunFeed(runWatcher: RunWatcher): ChartFeed & vscode.Disposable {
  const measured = new Set<string>();
  // What a recording measured says nothing about the live run.
  const subscription = runWatcher.onDidSwitchRun(() => measured.clear());
  const noteMeasures = ({ series }: Pick<ChartIncrement, 'series'>): void => {
    for (const { measure } of series) measured.add(measure);
  };
  const everything = (): ChartQuery => ({
    measures: allRows(runWatcher.snapshot).map(({ id }) => id),
    engines: 'aggregate',
    from: 0,
    to: Infinity,
    maxPoints: 1,
  });
  return {
    now: () => runWatcher.now(),
    query: (query, histograms) => {
      const data = runWatcher.shownRun.queryChart(query, histograms);
      return { ...data, series: nameSeries(data.series, runWatcher) };
    },
    choices: (search) => {
      if (search) noteMeasures(runWatcher.shownRun.queryChart(everything(), []));
      // Other families are known by name before they are computed, so that a person can choose them.
      const others = otherRowsIn(runWatcher.snapshot);
      const otherIds = new Set(others.map(({ id }) => id));
      return {
        rows: chartRows((id) => measured.has(id) || otherIds.has(id), others),
        engines: subjectChoices(runWatcher),
      };
    },
    onDidAdd: (listener, thisArgs, disposables) =>
      runWatcher.onDidAddPoints(
        (increment) => {
          noteMeasures(increment);
          listener.call(thisArgs, { ...increment, series: nameSeries(increment.series, runWatcher) });
        },
        undefined,
        disposables,
      ),
    onDidReplace: runWatcher.onDidReplaceHistory,
    get status() {
      return runWatcher.status;
    },
    get notice() {
      return replayNotice(runWatcher);
    },
    onDidChangeStatus: runWatcher.onDidChangeStatus,
    dispose: () => void subscription.dispose(),
  };
}
