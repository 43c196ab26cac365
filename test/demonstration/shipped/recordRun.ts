/** Records the simulated run for the extension's own recording: the same bytes at each call. */
import { brotliCompressSync, constants } from 'node:zlib';
import { packColumn, type BundledTarget, type CaptureBundle } from '../../../src/capture/captureBundle';
import { capturedFields, pickFields, type DashboardResponseName } from '../../../src/capture/captureFiles';
import type { Json } from '../json';
import { demonstrationScenario } from '../live/demonstrationScenario';
import { createLive } from '../live/live';
import { nodeAddress } from '../live/names';

/** The moment at which the simulated run begins. */
const startedAt = Date.UTC(2026, 10, 30, 9, 0, 0);
/** Ray's report interval, and that of the extension's timer. */
const stepMs = 10_000;
/** From the run's second generation on, up to the one after next: two rollouts, an evaluation, an engine that dies. */
const firstStepMs = 73_000;
const stepCount = 42;
const metricsPort = 8080;

/** Up to where an engine is overloaded, shortly before another one dies. */
const catchUpSteps = 27;

const pad = (step: number): string => String(step + 1).padStart(4, '0');

/** The last space parts a sample from its value; comments are whole. */
function splitLine(line: string): [head: string, value: string] {
  const space = line.startsWith('#') ? -1 : line.lastIndexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}

/** The bodies of a target as lines and columns. New lines follow the line that they came after. */
function packTarget(url: string, bodies: readonly string[]): BundledTarget {
  const columns = new Map<string, (string | undefined)[]>();
  const lines: string[] = [];
  for (const [step, body] of bodies.entries()) {
    let previous: string | undefined;
    for (const line of body.split('\n').filter(Boolean)) {
      const [head, value] = splitLine(line);
      let column = columns.get(head);
      if (!column) {
        column = Array.from({ length: bodies.length });
        columns.set(head, column);
        lines.splice(previous === undefined ? 0 : lines.indexOf(previous) + 1, 0, head);
      }
      column[step] = value;
      previous = head;
    }
  }
  return { url, lines, columns: lines.map((line) => packColumn(columns.get(line) ?? [])) };
}

/** The recording, before compression. */
export function recordRun(): CaptureBundle {
  let now = startedAt;
  const live = createLive({ now: () => now });
  const bodies = Array.from({ length: live.nodes }, (): string[] => []);
  const steps: CaptureBundle['steps'] = [];
  const answers: CaptureBundle['answers'] = {};
  const newest: Partial<Record<DashboardResponseName, string>> = {};
  const ports = bodies.map(() => metricsPort);
  for (let step = 0; step < stepCount; step++) {
    now = startedAt + firstStepMs + step * stepMs;
    const name = `${pad(step)}-timer`;
    steps.push([name, now]);
    for (const [node, list] of bodies.entries()) list.push(live.body(node).toString());
    const answer: Partial<Record<DashboardResponseName, Json>> = {
      version: live.version(),
      'nodes-summary': live.nodeSummary(ports),
      'logical-actors': live.actors(),
    };
    for (const [kind, value] of Object.entries(answer) as [DashboardResponseName, Json][]) {
      const text = JSON.stringify(pickFields(value, capturedFields[kind]));
      if (text !== newest[kind]) answers[`${name}-${kind}.json`] = text;
      newest[kind] = text;
    }
  }
  return {
    skyrl_capture_bundle: 1,
    license: 'Apache-2.0',
    about: 'a simulated run of four engines on two nodes',
    expectedEngines: demonstrationScenario.engines.length,
    catchUpSteps,
    steps,
    targets: bodies.map((list, node) => packTarget(`http://${nodeAddress(node)}:${metricsPort}/metrics`, list)),
    answers,
  };
}

/** The file that ships. */
export function compressBundle(bundle: CaptureBundle): Buffer {
  const text = JSON.stringify(bundle);
  return brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
}
