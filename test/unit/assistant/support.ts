/** A window for tools, from a recording. */
import type { ToolHost } from '../../../src/assistant/tool';
import { configFindings } from '../../../src/config/findings';
import { readConfig } from '../../../src/config/readConfig';
import { resolveIntent } from '../../../src/config/runIntent';
import { History } from '../../../src/history/history';
import { replayRecording } from '../support/replay';

/** The window after these steps of a recording; `changes` replace properties. */
export async function hostAfter(steps: number, changes: Partial<ToolHost> = {}): Promise<ToolHost> {
  const replayed = (await replayRecording('ray-2.57', { trigger: 'timer', expected: 3 })).slice(0, steps);
  const history = new History({ hours: () => 24 });
  for (const { snapshot } of replayed) history.add(snapshot);
  const last = replayed.at(-1);
  return {
    isTrusted: true,
    now: () => last?.step.at ?? 0,
    status: { state: 'fresh', message: 'Up to date.' },
    snapshot: last?.snapshot,
    timer: 'running',
    expectedEngines: 3,
    config: undefined,
    rollouts: [],
    queryHistory: (query) => history.query(query),
    listComparables: () => Promise.resolve([]),
    loadComparables: () => Promise.reject(new Error('No run "x" is kept.')),
    scrape: () => Promise.reject(new Error('This window was closed.')),
    prometheusUrl: undefined,
    queryPrometheus: () => Promise.reject(new Error('No Prometheus.')),
    ...changes,
  };
}

/** A config in use. */
export async function configInUse(name: string, text: string): Promise<ToolHost['config']> {
  const { config } = await readConfig(text, { file: `/w/${name}`, environment: {} });
  return (
    config && {
      name,
      config,
      intent: resolveIntent(config, {}),
      findings: configFindings(config, {}),
      broken: false,
    }
  );
}
