/** The families of the recordings with their help, types, labels and bucket bounds; the simulation fills in values. */
import { loadRecording, type RayRecording } from '../replay/recording';
import { parseFamilies, type Family } from './exposition';
import type { Bounds } from './registry';

/** A family of engines or of the trainer. */
export interface WorkerFamily {
  /** Its key in a registry: the name without `ray_vllm_`, `ray_skyrl_` and a counter's `_total`. */
  key: string;
  family: Family;
}

/** What the bodies of the simulated agents are made of. */
export interface Template {
  /** Names in the recording, to be replaced by those of the simulation. */
  recorded: { session: string; address: string };
  /** Ray's own families by node: those before and those after the histograms of engines. */
  internals: readonly { before: readonly Family[]; after: readonly Family[] }[];
  histograms: readonly WorkerFamily[];
  /** Gauges and counters of engines and trainer. */
  values: readonly WorkerFamily[];
  bounds: Bounds;
}

const workerFamilyName = /^ray_(?:vllm|skyrl)_/;

/** Gauges of SkyRL that the recordings lack. They get the labels of a recorded one. */
const missingGauges: readonly (readonly [name: string, help: string])[] = [
  ['ray_skyrl_mini_batch_size', 'mini batch size'],
  ['ray_skyrl_gen_group_keep_rate', 'share of generated groups that were kept'],
];

/** These have bounds 1, 2, 5, 10, … up to `max_model_len`, which was 1024 for the recorded engines. */
const tokenHistograms = /^request_(prompt|generation|max_num_generation|params_max|prefill_kv_computed)_tokens$/;
const moreTokenBounds = [2000, 5000];

function recordedFamilies(recording: RayRecording, stepIndex: number, node: number): Family[] {
  const body = loadRecording(recording).steps[stepIndex]?.bodies.find((candidate) => candidate.node === node);
  if (!body) throw new Error(`${recording} has no body of node ${node} at step ${stepIndex}`);
  return parseFamilies(body.bytes.toString('utf8'));
}

function keyOf({ name, type }: Family): string {
  const bareName = name.replace(workerFamilyName, '');
  return type === 'counter' ? bareName.replace(/_total$/, '') : bareName;
}

function boundsOf({ key, family }: WorkerFamily): number[] {
  const bounds = family.samples.flatMap(({ labels }) =>
    labels.filter(([label]) => label === 'le').map(([, bound]) => Number(bound)),
  );
  const finiteBounds = [...new Set(bounds)].filter(Number.isFinite);
  return tokenHistograms.test(key) ? [...finiteBounds, ...moreTokenBounds] : finiteBounds;
}

const labelValue = (family: Family | undefined, name: string): string =>
  family?.samples[0]?.labels.find(([label]) => label === name)?.[1] ?? '';

/** Ray's own families of a node, before and after its first worker family. */
function internalFamilies(families: readonly Family[]): Template['internals'][number] {
  const firstWorkerFamily = families.findIndex(({ name }) => workerFamilyName.test(name));
  const isInternal = ({ name }: Family): boolean => !workerFamilyName.test(name);
  return {
    before: families.slice(0, firstWorkerFamily).filter(isInternal),
    after: families.slice(firstWorkerFamily).filter(isInternal),
  };
}

/**
 * Reads the recordings: the first step of `ray-2.57`, which has every family, and the families of speculative decoding
 * from `ray-2.57-speculation`.
 */
export function loadTemplate(): Template {
  const nodes = [0, 1].map((node) => recordedFamilies('ray-2.57', 0, node));
  const head = nodes[0] ?? [];
  const speculation = recordedFamilies('ray-2.57-speculation', 4, 0).filter(({ name }) => name.includes('spec_decode'));
  const skyrlGauge = head.find(({ name }) => name === 'ray_skyrl_gen_buffer_qsize');
  if (!skyrlGauge) throw new Error('the recording has no gauges of SkyRL');
  const families = [
    ...head.filter(({ name }) => workerFamilyName.test(name)),
    ...missingGauges.map(([name, help]) => ({ ...skyrlGauge, name, help })),
    ...speculation,
  ].map((family): WorkerFamily => ({ key: keyOf(family), family }));
  const first = families[0]?.family;
  const histograms = families.filter(({ family }) => family.type === 'histogram');
  return {
    recorded: { session: labelValue(first, 'SessionName'), address: labelValue(first, 'NodeAddress') },
    internals: nodes.map(internalFamilies),
    histograms,
    values: families.filter(({ family }) => family.type !== 'histogram'),
    bounds: Object.fromEntries(histograms.map((histogram) => [histogram.key, boundsOf(histogram)])),
  };
}
