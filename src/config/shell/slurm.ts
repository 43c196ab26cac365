/** The variables that Slurm sets for a job, as far as its `#SBATCH` lines and options say so. */
import { sliceText, type MappedText } from '../mappedText';
import type { Variable } from './variables';

/** An option with its value. */
interface SlurmOption {
  name: string;
  value: MappedText;
}

const shortNames: Readonly<Record<string, string>> = {
  N: 'nodes',
  n: 'ntasks',
  G: 'gpus',
  c: 'cpus-per-task',
  J: 'job-name',
};

/** Options among words: `--nodes=2`, `--nodes 2`, `-N 2`, `-N2`. */
function parseOptions(words: readonly MappedText[]): SlurmOption[] {
  const options: SlurmOption[] = [];
  words.forEach((word, index) => {
    const long = /^--([\w-]+)(=?)/.exec(word.text);
    const short = /^-([A-Za-z])/.exec(word.text);
    const name = long ? long[1] : shortNames[short?.[1] ?? ''];
    if (name === undefined) return;
    const from = long ? long[0].length : 2;
    const isJoined = long ? long[2] === '=' : word.text.length > 2;
    const value = isJoined ? sliceText(word, from) : words[index + 1];
    if (value) options.push({ name, value });
  });
  return options;
}

/** The number at the end of `8`, `a100:8` or `gpu:a100:8`; undefined if there is none. */
function countAtEnd(value: MappedText): MappedText | undefined {
  const found = /(?:^|:)(\d+)$/.exec(value.text);
  return found?.[1] === undefined ? undefined : sliceText(value, value.text.length - found[1].length);
}

const isCount = (value: MappedText): boolean => /^\d+$/.test(value.text);

/** The variables that one option sets. */
const variablesOf: Readonly<
  Record<string, (value: MappedText) => readonly (readonly [string, MappedText | undefined])[]>
> = {
  // A range such as `1-4` gives no single number.
  nodes: (value) => ['SLURM_NNODES', 'SLURM_JOB_NUM_NODES'].map((name) => [name, isCount(value) ? value : undefined]),
  'gpus-per-node': (value) => [
    ['SLURM_GPUS_PER_NODE', value],
    ['SLURM_GPUS_ON_NODE', countAtEnd(value)],
  ],
  gres: (value) => [['SLURM_GPUS_ON_NODE', /^gpu[:\w.-]*$/.test(value.text) ? countAtEnd(value) : undefined]],
  gpus: (value) => [['SLURM_GPUS', value]],
  ntasks: (value) => ['SLURM_NTASKS', 'SLURM_NPROCS'].map((name) => [name, value]),
  'ntasks-per-node': (value) => [['SLURM_NTASKS_PER_NODE', value]],
  'cpus-per-task': (value) => [['SLURM_CPUS_PER_TASK', value]],
  'job-name': (value) => [['SLURM_JOB_NAME', value]],
};

function toVariables(options: readonly SlurmOption[]): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const { name, value } of options)
    for (const [variable, text] of Object.hasOwn(variablesOf, name) ? (variablesOf[name]?.(value) ?? []) : [])
      if (text) variables.set(variable, { kind: 'text', value: text, exported: true });
  const gpus = variables.get('SLURM_GPUS');
  const nodes = variables.get('SLURM_NNODES');
  // All GPUs of a job on one node are on that node.
  if (
    gpus?.kind === 'text' &&
    nodes?.kind === 'text' &&
    nodes.value.text === '1' &&
    !variables.has('SLURM_GPUS_ON_NODE')
  ) {
    const count = countAtEnd(gpus.value);
    if (count) variables.set('SLURM_GPUS_ON_NODE', { ...gpus, value: count });
  }
  return variables;
}

/** The `#SBATCH` lines of a script, which are those before its first command. */
function directives(script: MappedText): MappedText[] {
  const words: MappedText[] = [];
  let at = 0;
  for (const line of script.text.split('\n')) {
    if (line.trim() !== '' && !line.startsWith('#')) break;
    const body = /^#SBATCH\s+/.exec(line);
    if (body) {
      const text = line.slice(body[0].length).replace(/\s#.*$/, '');
      for (const { index, 0: word } of text.matchAll(/\S+/g)) {
        const from = at + body[0].length + index;
        words.push(sliceText(script, from, from + word.length));
      }
    }
    at += line.length + 1;
  }
  return words;
}

/** The variables of a job script; undefined if it has no `#SBATCH` lines. */
export function slurmVariables(script: MappedText): Map<string, Variable> | undefined {
  if (!/^#SBATCH\s/m.test(script.text)) return undefined;
  return toVariables(parseOptions(directives(script)));
}

/** The variables that the options of `sbatch` and `salloc` set. */
export const slurmVariablesOf = (words: readonly MappedText[]): Map<string, Variable> =>
  toVariables(parseOptions(words));
