/** Reads the text of a config file of any kind into a `RunConfig`. */
import { assembleConfig } from './assembleConfig';
import { detectConfigFormat, isTestProgram, maxConfigLength } from './configFormat';
import type { Launchers, ProgramFormat } from './launchers';
import { exactText } from './mappedText';
import { fileStart } from './ranges';
import type { Environment } from './resolve';
import { isSpent, tooEntangledMessage, type Budget } from './shell/budget';
import type { ScriptConfig } from './shell/scriptConfig';
import { createFileText, normalizeLineEnds, type FileText } from './sourceText';
import type { ConfigFinding, ConfigReading, RunConfig } from './types';
import { readDocuments } from './yaml';

/** The file that is read, and the environment to resolve with. */
export interface ReadOptions {
  /** Absolute path of the file, or any name for it. */
  file: string;
  /** Resolves `${oc.env:…}` and the variables that a script does not set. */
  environment: Environment;
}

const notSkyrl = (message: string): ConfigFinding => ({
  id: 'config-not-skyrl',
  severity: 'info',
  message,
  range: fileStart,
});

const nothingFound: Record<RunConfig['format'], string> = {
  yaml: 'This is no SkyRL config: it has neither generator.inference_engine, nor one of the legacy keys under generator, nor a script with overrides of them.',
  json: 'This is no SkyRL config: it has no generator.inference_engine keys.',
  overrides:
    'This is no SkyRL config: no command in it has an override of generator.inference_engine or of one of the legacy keys under generator.',
};

function asReading(config: RunConfig | undefined, findings: ConfigFinding[], form: RunConfig['format']): ConfigReading {
  if (config === undefined)
    return { config, findings: findings.length > 0 ? findings : [notSkyrl(nothingFound[form])] };
  config.findings.unshift(...findings);
  return { config, findings: config.findings };
}

/** The config of a script, if it is SkyRL's. */
function fromScript(found: ScriptConfig, { file, environment }: ReadOptions): RunConfig | undefined {
  const { rawValues, command, environmentHints, isCutOff = false } = found;
  return assembleConfig(rawValues, { file, environment, format: 'overrides', command, environmentHints, isCutOff });
}

/** The reader of scripts, loaded at the first one: most configs are YAML. */
const loadScriptReader = (): Promise<typeof import('./shell/scriptConfig')> => import('./shell/scriptConfig');

async function readShell(text: string, options: ReadOptions): Promise<ConfigReading> {
  const { readScriptConfig } = await loadScriptReader();
  const file = createFileText(normalizeLineEnds(text));
  const found = await readScriptConfig({
    text: exactText(file.text, 0),
    fileText: file.text,
    rangeAt: file.rangeAt,
    environment: options.environment,
    launcher: /\.(?:slurm|sbatch)$/.test(options.file) ? 'slurm' : undefined,
  });
  return 'findings' in found
    ? asReading(undefined, found.findings, 'overrides')
    : asReading(fromScript(found, options), [], 'overrides');
}

/** The best of a file's commands and scripts. What cannot be read of the scripts is added to `findings`. */
async function readLaunchers(
  { commands, scripts }: Launchers,
  file: FileText,
  options: ReadOptions,
  findings: ConfigFinding[],
): Promise<RunConfig | undefined> {
  if (commands.length === 0 && scripts.length === 0) return undefined;
  const { readCommands, readScriptConfig } = await loadScriptReader();
  let best = await readCommands(commands, file);
  // One budget for all, so that a file of many scripts takes no longer than one script.
  const budget: Budget = { steps: 0 };
  const { environment } = options;
  for (const script of scripts) {
    const found = await readScriptConfig({
      ...script,
      fileText: file.text,
      rangeAt: file.rangeAt,
      environment,
      budget,
    });
    if ('findings' in found) findings.push(...found.findings);
    else if (best === undefined || found.weight > best.weight) best = found;
    if (isSpent(budget)) break;
  }
  return best && fromScript(best, options);
}

/** Reads the first document that is a config by its keys, else what starts a run in any document. */
async function readYaml(text: string, format: 'yaml' | 'json', options: ReadOptions): Promise<ConfigReading> {
  const findings: ConfigFinding[] = [];
  const launchers: Launchers[] = [];
  for await (const document of readDocuments(text)) {
    findings.push(...document.findings);
    const config = document.values && assembleConfig(document.values, { ...options, format });
    if (config !== undefined) return asReading(config, findings, format);
    launchers.push(document.launchers);
  }
  const all: Launchers = {
    commands: launchers.flatMap(({ commands }) => commands),
    scripts: launchers.flatMap(({ scripts }) => scripts),
  };
  const config = await readLaunchers(all, createFileText(text), options, findings);
  // A list, as of a playbook, is no config itself, but may start runs.
  const own = config ? findings.filter(({ id }) => id !== 'config-not-a-mapping') : findings;
  return asReading(config, own, format);
}

/** Reads a program, a notebook, a Makefile or a TOML file that starts runs. */
async function readProgram(text: string, format: ProgramFormat, options: ReadOptions): Promise<ConfigReading> {
  if (isTestProgram(options.file)) return asReading(undefined, [], 'overrides');
  const file = createFileText(normalizeLineEnds(text));
  const findings: ConfigFinding[] = [];
  const { findLaunchers } = await import('./launchers');
  const launchers = await findLaunchers(format, file, options.environment);
  const isTooLong = launchers === undefined;
  if (isTooLong)
    findings.push({
      id: 'config-too-entangled',
      severity: 'warning',
      message: tooEntangledMessage(),
      range: fileStart,
    });
  const config = launchers && (await readLaunchers(launchers, file, options, findings));
  return asReading(config, findings, 'overrides');
}

/**
 * Reads the text of a config file: YAML, JSON, a script, or a program with overrides in it (Python, a notebook, a
 * Makefile, TOML). Scripts and lists of arguments inside YAML and JSON are read, too.
 * `config` is undefined if the text is no config or cannot be read (syntax, duplicate keys, too large, too deep), and
 * the findings say why. With a config, `findings` are the config's own; `configFindings` adds what the values mean for
 * metrics. Never throws.
 */
export async function readConfig(text: string, options: ReadOptions): Promise<ConfigReading> {
  if (text.length > maxConfigLength) {
    const message = `This file is larger than a config: it has over ${maxConfigLength.toLocaleString('en-US')} characters. Move the config into a file of its own.`;
    return { config: undefined, findings: [{ id: 'config-too-large', severity: 'error', message, range: fileStart }] };
  }
  const plain = text.replace(/^\uFEFF/, '');
  const format = detectConfigFormat(options.file, plain);
  if (format === 'overrides') return readShell(plain, options);
  return format === 'yaml' || format === 'json'
    ? readYaml(plain, format, options)
    : readProgram(plain, format, options);
}
