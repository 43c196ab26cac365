/** The form of the recorded bodies: every family with its help, type, labels and bucket bounds, for the live run to fill. */
import { loadRecording, type RayRecording } from '../replay/recording';
import { parseFamilies, type Family } from './exposition';
import type { Bounds } from './ledger';

/** A family of an engine or of the trainer. */
export interface WorkerFamily {
  /** Bare name, the key in ledgers: no `ray_vllm_`, no `ray_skyrl_`, no `_total` of a counter. */
  key: string;
  family: Family;
}

export interface Template {
  /** The recording's identities, for the live ones to take their places. */
  recorded: { session: string; address: string };
  /** Ray's own families of a node, before and after the engines' histograms. */
  internals: readonly { before: readonly Family[]; after: readonly Family[] }[];
  histograms: readonly WorkerFamily[];
  /** Gauges and counters of engines and trainer. */
  values: readonly WorkerFamily[];
  /** By bare name of a histogram. */
  bounds: Bounds;
}

const ownName = /^ray_(?:vllm|skyrl)_/;

/** Gauges of SkyRL that the recordings lack; their labels are those of the recorded ones. */
const missing: readonly (readonly [name: string, help: string])[] = [
  ['ray_skyrl_mini_batch_size', 'mini batch size'],
  ['ray_skyrl_gen_group_keep_rate', 'share of generated groups that were kept'],
];

/** Token histograms have bounds 1, 2, 5, 10, … up to `max_model_len`; the recorded engines had 1024. */
const tokenHistograms = /^request_(prompt|generation|max_num_generation|params_max|prefill_kv_computed)_tokens$/;
const moreTokenBounds = [2000, 5000];

function familiesOf(recording: RayRecording, step: number, node: number): Family[] {
  const body = loadRecording(recording).steps[step]?.bodies.find((each) => each.node === node);
  if (!body) throw new Error(`${recording} has no body of node ${node} at step ${step}`);
  return parseFamilies(body.bytes.toString('utf8'));
}

const keyOf = ({ name, type }: Family): string =>
  name.replace(ownName, '').replace(type === 'counter' ? /_total$/ : /$^/, '');

function boundsOf({ key, family }: WorkerFamily): number[] {
  const all = family.samples.flatMap(({ labels }) =>
    labels.filter(([label]) => label === 'le').map(([, bound]) => Number(bound)),
  );
  const finite = [...new Set(all)].filter(Number.isFinite);
  return tokenHistograms.test(key) ? [...finite, ...moreTokenBounds] : finite;
}

function label(family: Family | undefined, name: string): string {
  return family?.samples[0]?.labels.find(([each]) => each === name)?.[1] ?? '';
}

/** Reads the form from the recordings: `ray-2.57` at its first step, which has every family, and the drafting families of `ray-2.57-speculation`. */
export function loadTemplate(): Template {
  const nodes = [0, 1].map((node) => familiesOf('ray-2.57', 0, node));
  const head = nodes[0] ?? [];
  const drafting = familiesOf('ray-2.57-speculation', 4, 0).filter(({ name }) => name.includes('spec_decode'));
  const phase = head.find(({ name }) => name === 'ray_skyrl_gen_buffer_qsize');
  if (!phase) throw new Error('the recording has no gauges of SkyRL');
  const own = [
    ...head.filter(({ name }) => ownName.test(name)),
    ...missing.map(([name, help]) => ({ ...phase, name, help })),
    ...drafting,
  ].map((family): WorkerFamily => ({ key: keyOf(family), family }));
  const histograms = own.filter(({ family }) => family.type === 'histogram');
  return {
    recorded: { session: label(own[0]?.family, 'SessionName'), address: label(own[0]?.family, 'NodeAddress') },
    internals: nodes.map((families) => {
      const first = families.findIndex(({ name }) => ownName.test(name));
      const internal = (family: Family): boolean => !ownName.test(family.name);
      return { before: families.slice(0, first).filter(internal), after: families.slice(first).filter(internal) };
    }),
    histograms,
    values: own.filter(({ family }) => family.type !== 'histogram'),
    bounds: Object.fromEntries(histograms.map((each) => [each.key, boundsOf(each)])),
  };
}
