/** The config that is in effect, as a page to read: every known key with its value and where that is from. */
import { droppedKeys, engine } from './keys';
import { externalRow } from './metricsPath';
import { lineOf } from './ranges';
import type { RunIntent } from './runIntent';
import { defaultsFor } from './schema';
import { maskSecret } from './secrets';
import type { ConfigFinding, ConfigValue, RunConfig } from './types';

export interface EffectiveFacts {
  /** The file as a person names it. */
  name: string;
  config: RunConfig;
  intent: RunIntent;
  findings: readonly ConfigFinding[];
  /** The file cannot be read now; this is what it was before. */
  broken: boolean;
}

interface Line {
  key: string;
  value: string;
  from: string;
}

/** Longer values are cut, so that the places stay in sight. */
const widest = 60;

function shown(key: string, value: unknown): string {
  const text = JSON.stringify(maskSecret(key, value)) ?? '';
  return text.length > widest ? `${text.slice(0, widest)}…` : text;
}

function fromWords({ range, unresolved, fromEnvironment, environmentDefaults }: ConfigValue): string {
  return [
    lineOf(range),
    ...(unresolved === undefined ? [] : [`unresolved: ${unresolved}`]),
    ...(fromEnvironment ? [`${fromEnvironment.join(', ')} from VS Code's environment, which is not the job's`] : []),
    ...(environmentDefaults ? [`its own default; the job may have ${environmentDefaults.join(', ')} set`] : []),
  ].join('; ');
}

const writtenLine = (value: ConfigValue): Line => ({
  key: value.key,
  value: shown(value.key, value.value),
  from: fromWords(value),
});

/** Known keys in their order, each with what is written below it; then what else is written. */
function lines({ values, layout }: RunConfig): { engines: Line[]; others: Line[] } {
  const rest = new Map(values);
  const known = defaultsFor(layout).flatMap(({ key, value, words }): Line[] => {
    const written = [...rest.values()].filter((each) => each.key === key || each.key.startsWith(`${key}.`));
    for (const each of written) rest.delete(each.key);
    return written.length > 0 ? written.map(writtenLine) : [{ key, value: shown(key, value), from: words }];
  });
  const all = [...known, ...[...rest.values()].filter(({ key }) => !droppedKeys.has(key)).map(writtenLine)];
  const isEngine = ({ key }: Line): boolean => key.startsWith(`${engine}.`) || key === engine;
  return {
    engines: all.filter(isEngine),
    others: all.filter((line) => !isEngine(line)).sort((one, other) => (one.key < other.key ? -1 : 1)),
  };
}

function table(all: readonly Line[]): string[] {
  const width = Math.max(0, ...all.map(({ key, value }) => key.length + value.length + 2));
  return all.map(({ key, value, from }) => `${`${key}: ${value}`.padEnd(width)}  # ${from}`);
}

const formWords: Record<RunConfig['form'], string> = {
  yaml: 'YAML',
  json: 'JSON',
  overrides: 'overrides of a command',
};

function head({ name, config, intent, broken }: EffectiveFacts): string[] {
  const { command, layout, form } = config;
  const { servers, proxy } = {
    servers: intent.sources.externalServerUrls !== undefined,
    proxy: intent.sources.externalProxyUrl !== undefined,
  };
  return [
    `SkyRL config in effect: ${name} (${formWords[form]}, ${layout} layout)`,
    ...(broken ? ['The file cannot be read now; this is what it said before.'] : []),
    ...(command
      ? [
          `Command: ${command.words}, ${lineOf(command.range)}${command.others > 0 ? `; ${command.others} more with overrides in this file, not taken` : ''}`,
        ]
      : []),
    ...(command?.open === true
      ? ['It hands on arguments it is started with ("$@"): overrides given there are not known here.']
      : []),
    `Engine metrics: ${intent.metricsPathWords}`,
    `Engine stats: ${intent.statsWords}`,
    `Engines expected: ${intent.expectedEngines ?? 'nobody says'}`,
    `Servers: ${externalRow({ servers, proxy }).words}`,
  ];
}

/** The page, as YAML: comments say where each value is from. Values that look like secrets are masked; nothing of a file's other text is in it. */
export function effectiveConfig(facts: EffectiveFacts): string {
  const { engines, others } = lines(facts.config);
  const findings = facts.findings.map(({ severity, message, range }) => `${lineOf(range)}: ${severity}: ${message}`);
  const comment = (text: string): string => `# ${String(maskSecret('', text)).replace(/\s*[\r\n]+\s*/g, ' ')}`;
  return [
    ...head(facts).map(comment),
    '',
    ...(findings.length === 0 ? [] : ['# Findings', ...findings.map(comment), '']),
    '# Engines',
    ...table(engines),
    '',
    '# Other keys that are known or written',
    ...table(others),
    '',
  ].join('\n');
}
