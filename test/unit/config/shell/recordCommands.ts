/** Runs scripts with a real bash, with recorders in place of the programs that they start. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs that only record their arguments. */
const recorded = ['python', 'python3', 'uv', 'torchrun', 'accelerate', 'deepspeed', 'ray'];

/** Programs that print something which no reader of the script can know. */
const printing = ['nvidia-smi', 'scontrol', 'hostname', 'nproc', 'date', 'git', 'whoami', 'pick-value'];

/** Programs that do nothing. */
const silent = ['wandb', 'module', 'conda', 'docker-login', 'install-packages'];

/** Programs that start the rest of their words, or the script on their input. */
const starting = ['srun', 'salloc', 'sbatch', 'ssh', 'nohup', 'timeout', 'docker', 'tmux', 'numactl', 'sudo'];

const tools =
  'cat basename dirname seq tr cut sed head tail wc sort mkdir rm chmod sleep tee env touch grep true false mv cp'.split(
    ' ',
  );

const starter = (bin: string): string => `#!/bin/bash
while [ $# -gt 0 ]; do
  case "$1" in
    --wrap=*) exec /bin/bash -c "\${1#--wrap=}" ;;
    --wrap) exec /bin/bash -c "$2" ;;
    bash|sh|*/bash|*/sh|env|nohup|timeout) exec "$@" ;;
    -*) ;;
    *' '*) exec /bin/bash -c "$1" ;;
    *) if [ -x "${bin}/$1" ]; then exec "$@"; elif [ -f "$1" ]; then f="$1"; shift; exec /bin/bash "$f" "$@"; fi ;;
  esac
  shift
done
[ -t 0 ] || exec /bin/bash
`;

/** A folder with the recorders, to be removed with \`dispose\`. */
export interface Recorder {
  /** The arguments of the commands that a script starts, in order. */
  run(script: string): string[][];
  dispose(): void;
}

/** Where bash is; undefined where there is none. */
export const findBash = (): string | undefined => ['/bin/bash', '/usr/bin/bash'].find((path) => existsSync(path));

/** Prepares the recorders. */
export function createRecorder(bash: string): Recorder {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-bash-'));
  const [bin, work, log] = [join(folder, 'bin'), join(folder, 'work'), join(folder, 'log')];
  mkdirSync(bin);
  const write = (name: string, text: string): void => {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  };
  for (const name of recorded)
    write(name, `#!/bin/bash\n{ printf '%s\\0' ${name} "$@"; printf '\\1\\0'; } >> '${log}'\n`);
  for (const name of printing) write(name, `#!/bin/bash\necho printed-by-${name}\n`);
  for (const name of silent) write(name, '#!/bin/bash\n');
  // A login shell would find the real programs.
  for (const name of ['bash', 'sh']) write(name, '#!/bin/bash\nexec /bin/bash "${@/#-lc/-c}"\n');
  for (const name of starting) write(name, starter(bin));
  for (const name of tools) {
    const path = ['/bin', '/usr/bin'].map((at) => join(at, name)).find((at) => existsSync(at));
    if (path) symlinkSync(path, join(bin, name));
  }
  return {
    run: (script) => {
      rmSync(work, { recursive: true, force: true });
      rmSync(log, { force: true });
      mkdirSync(work);
      writeFileSync(join(work, 'run.sh'), script);
      spawnSync(bash, ['run.sh'], { cwd: work, env: { PATH: bin }, stdio: 'ignore', timeout: 20_000 });
      if (!existsSync(log)) return [];
      const commands = readFileSync(log, 'utf8').split('\x01\0').slice(0, -1);
      return commands.map((each) => each.split('\0').slice(0, -1));
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
