/** Finds scripts inside commands: `bash -c '…'`, job files, heredocs, and quoted commands for other hosts. */
import { sliceText, type MappedText } from '../mappedText';
import { overrideOf } from './overrideWords';
import type { ShellReader } from './reader';
import type { ExpandedWord } from './variables';

const shells = /^(?:ba|z|da|k)?sh$/;

/** Programs that run a file or their input as a script, possibly elsewhere. */
const scriptRunners =
  /^(?:sbatch|qsub|bsub|msub|srun|salloc|ssh|sudo|su|nohup|env|docker|podman|kubectl|singularity|apptainer|tmux|screen|at|batch)$/;

/** Programs that handle files but do not run them. */
const fileTools = new Set(
  'chmod rm cp mv ln cat tee ls head tail less more grep sed awk scp rsync touch wc test [ stat git dos2unix'.split(
    ' ',
  ),
);

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A script that a command runs, and the arguments it is started with. */
export interface NestedScript {
  text: MappedText;
  args: readonly ExpandedWord[];
}

/** What a command runs: scripts, or a file that cannot be read here. */
export interface NestedScripts {
  scripts: NestedScript[];
  /** A script in another file, which the command starts with its arguments. */
  otherScript?: ExpandedWord;
}

/** The options of a shell after its name: whether `-c` is among them, and where its operands start. */
function shellOptions(words: readonly ExpandedWord[], from: number): { hasCommand: boolean; at: number } {
  let hasCommand = false;
  let at = from;
  for (; at < words.length; at++) {
    const text = words[at]?.value.text ?? '';
    if (!/^[-+]./.test(text)) break;
    if (/^-[a-z]*c[a-z]*$/i.test(text)) hasCommand = true;
    if (/^[-+]\w*[oO]$|^--(?:rcfile|init-file)$/.test(text)) at++;
    if (text === '--') {
      at++;
      break;
    }
  }
  return { hasCommand, at };
}

/** A command with overrides inside a longer word, as in `ssh host "python … key=value"` and `--wrap="…"`. */
const scriptWord = /\s['"]?(?:\+{0,2}generator\.[\w.]{1,200}=|--backend-config)/;
const launcher =
  /(?:^|[\s/;&(])(?:python[\d.]*|uv|torchrun|accelerate|ray|srun|(?:ba)?sh|poetry|pixi|conda|deepspeed)\s|\s-m\s|\.py\s|\.sh\s/;

const isScriptText = (text: string): boolean => scriptWord.test(text) && launcher.test(text);

/** The scripts that a command runs. */
export function findNestedScripts(words: readonly ExpandedWord[], reader: ShellReader): NestedScripts {
  const { written } = reader.scope.files;
  const texts = words.map(({ value }) => value.text);
  const program = baseName(texts[0] ?? '');
  const scripts: NestedScript[] = [];
  const shellAt = texts.findIndex((text) => shells.test(baseName(text)));
  if (shellAt >= 0) {
    const { hasCommand, at } = shellOptions(words, shellAt + 1);
    const operand = words[at];
    if (operand && hasCommand) return { scripts: [{ text: operand.value, args: words.slice(at + 2) }] };
    const file = operand && written.get(operand.value.text);
    if (file) return { scripts: [{ text: file, args: words.slice(at + 1) }] };
    if (operand && texts[at] !== '-') return { scripts, otherScript: operand };
    if (reader.stdin) return { scripts: [{ text: reader.stdin, args: words.slice(at + 1) }] };
  }
  if (fileTools.has(program)) return { scripts };
  for (const [index, text] of texts.entries()) {
    const file = written.get(text.replace(/^\.\//, '')) ?? written.get(text);
    const value = words[index]?.value;
    if (file) scripts.push({ text: file, args: words.slice(index + 1) });
    else if (value && index > 0 && overrideOf(text) === undefined && isScriptText(text))
      scripts.push({ text: stripOption(value), args: [] });
  }
  if (scripts.length === 0 && reader.stdin && scriptRunners.test(program))
    scripts.push({ text: reader.stdin, args: [] });
  const [first] = words;
  const isScriptFile = /[^/]\.(?:sh|bash|zsh|slurm|sbatch)$/;
  const other =
    first && isScriptFile.test(first.value.text)
      ? first
      : scriptRunners.test(program)
        ? words.find(({ value }) => isScriptFile.test(value.text))
        : undefined;
  return { scripts, ...(other && scripts.length === 0 && { otherScript: other }) };
}

/** The value of an option such as `--wrap=…`. */
function stripOption(value: MappedText): MappedText {
  const option = /^--[\w-]+=/.exec(value.text)?.[0].length ?? 0;
  return option === 0 ? value : sliceText(value, option);
}
