/** Finds the variables that launchers set for the command that they start: `env A=1`, `docker run -e A=1`, `srun --export=A=1`. */
import { sliceText, type MappedText } from '../mappedText';
import { baseName } from './nestedScripts';
import { overrideOf } from './overrideWords';
import { createTable, getVariable, type ExpandedWord, type VariableTable } from './variables';

/** Reads the values of an option into variables. */
type Read = (value: MappedText, set: (name: string, value: MappedText) => void, written: WrittenFiles) => void;

/** The files that the script writes. */
type WrittenFiles = ReadonlyMap<string, MappedText>;

/** Reads all places of a text that the pattern finds, as a name and a value in its groups `name` and `value`. */
const readMatches =
  (pattern: RegExp): Read =>
  (text, set) => {
    for (const { index, 0: found, groups: { name = '', value = '', rest = '' } = {} } of text.text.matchAll(pattern)) {
      const to = index + found.length - rest.length;
      set(name, sliceText(text, to - value.length, to));
    }
  };

const readOne = readMatches(/^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/gs);
const readList = readMatches(/(?<=^|,)(?<name>[A-Za-z_]\w*)=(?<value>[^,]*)/g);
const readLines = readMatches(/^(?:export[ \t]+)?(?<name>[A-Za-z_]\w*)=["']?(?<value>[^"'\n]*)(?<rest>["']?)$/gm);
const readJson = readMatches(/"(?<name>[A-Za-z_]\w*)"\s*:\s*"(?<value>[^"\\]*)(?<rest>")/g);

const readFile: Read = ({ text }, set, written) => {
  const file = written.get(text) ?? written.get(text.replace(/^\.\//, ''));
  if (file) readLines(file, set, written);
};

/** The options of launchers that set variables. */
const launchers: readonly (readonly [RegExp, Readonly<Record<string, Read>>])[] = [
  [/^(?:docker|podman|nerdctl)$/, { '-e': readOne, '--env': readOne, '--env-file': readFile }],
  [/^(?:singularity|apptainer)$/, { '--env': readList, '--env-file': readFile }],
  [/^(?:srun|sbatch|salloc)$/, { '--export': readList }],
  [/^(?:mpirun|mpiexec)$/, { '-x': readOne }],
  [/^uv$/, { '--env-file': readFile }],
  [/^ray$/, { '--runtime-env-json': readJson }],
];

/** Where the words of the program itself begin: what follows is no option of a launcher. */
const program = /^(?:python[\d.]*|(?:ba|z|da|k)?sh|-m|-c|.*\.(?:py|sh))$/;

/** The table of variables with those that launchers in front of the program set. */
export function withLaunchVariables(
  words: readonly ExpandedWord[],
  table: VariableTable,
  written: WrittenFiles,
): VariableTable {
  let own: VariableTable | undefined;
  const set = (name: string, value: MappedText, wordSpan?: ExpandedWord['wordSpan']): void => {
    own ??= createTable(table);
    const site = wordSpan && { site: { word: [wordSpan.from, wordSpan.to] as const } };
    own.changes.set(name, { kind: 'text', value, exported: true, ...site });
  };
  /** Sets what the environment does not have: uv's rule for its files. */
  const setMissing = (name: string, value: MappedText): void => {
    const before = getVariable(table, name, { steps: 0 });
    const isSet = (before?.kind === 'text' || before?.kind === 'unknown') && before.exported === true;
    if (!isSet) set(name, value);
  };
  let options: Readonly<Record<string, Read>> = {};
  let launcher = '';
  let isEnv = false;
  for (const [index, { value, wordSpan }] of words.entries()) {
    const { text } = value;
    const name = baseName(text);
    if (program.test(name) || overrideOf(text) !== undefined) break;
    // After `env` and `sudo` come assignments, each a word that can be removed.
    if (name === 'env' || name === 'sudo') isEnv = true;
    else if (isEnv && /^[A-Za-z_]\w*=/.test(text))
      readOne(value, (variable, each) => set(variable, each, wordSpan), written);
    const known = launchers.find(([pattern]) => pattern.test(name))?.[1];
    if (known) [options, launcher] = [known, name];
    const [option] = /^--?[\w-]+/.exec(text) ?? [''];
    const read = Object.hasOwn(options, option) ? options[option] : undefined;
    const next = text === option ? words[index + 1]?.value : sliceText(value, option.length + 1);
    if (read && next) read(next, launcher === 'uv' ? setMissing : set, written);
  }
  return own ?? table;
}
