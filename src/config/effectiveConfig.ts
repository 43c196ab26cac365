/** The effective config as a document: every known key with its value and its origin. */
import { obsoleteLegacyKeys, engineKey } from './keys';
import { externalRow } from './metricsPath';
import { formatLine } from './ranges';
import type { RunIntent } from './runIntent';
import { defaultsFor, newestRelease } from './schema';
import { maskSecret } from './secrets';
import type { SkyrlRelease } from './skyrlRelease';
import type { ConfigFinding, ConfigValue, RunConfig } from './types';

/** What the document is made of. */
export interface EffectiveFacts {
  /** The file's name for people. */
  name: string;
  config: RunConfig;
  intent: RunIntent;
  findings: readonly ConfigFinding[];
  /** Whether the file cannot be read now, so that this is what it was before. */
  broken: boolean;
  /** The release of SkyRL in use; undefined if no file says it. */
  release?: SkyrlRelease | undefined;
}

/** A key as it is in effect. */
export interface EffectiveKey {
  key: string;
  value: string;
  from: string;
}

/** A key as it is in effect, with its whole value as JSON; secrets are masked. */
export interface EffectiveEntry extends EffectiveKey {
  /** One-based line of the file that writes it; absent if the file does not. */
  line?: number;
  /** The value is the default of the release. */
  isDefault?: true;
  /** Why the value is not known, as a clause. */
  unknownBecause?: string;
}

/** Longer values are cut, so that their origins stay in view. */
const maxValueLength = 60;

const formatConfigValue = (key: string, value: unknown): string => JSON.stringify(maskSecret(key, value)) ?? '';

const shorten = (text: string): string => (text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text);

/** `$1` and `$@` are arguments of the script, other names are variables. */
function describeDefault(names: readonly string[]): string {
  const variables = names.filter((name) => !name.startsWith('$'));
  const others = variables.length > 0 ? [`the job may have ${variables.join(', ')} set`] : [];
  const isArgument = variables.length < names.length;
  return ['its own default', ...others, ...(isArgument ? ['the script may be started with others'] : [])].join('; ');
}

function describeOrigin({ range, unresolvedReason, fromEnvironment, environmentDefaults }: ConfigValue): string {
  return [
    formatLine(range),
    ...(unresolvedReason === undefined ? [] : [`unresolved: ${unresolvedReason}`]),
    ...(fromEnvironment ? [`${fromEnvironment.join(', ')} from VS Code's environment, which is not the job's`] : []),
    ...(environmentDefaults ? [describeDefault(environmentDefaults)] : []),
  ].join('; ');
}

const writtenEntry = (value: ConfigValue): EffectiveEntry => ({
  key: value.key,
  value: formatConfigValue(value.key, value.value),
  from: describeOrigin(value),
  line: value.range.startLine + 1,
  ...(value.unresolvedReason !== undefined && { unknownBecause: value.unresolvedReason }),
});

/** A key that another script may set. */
const unknownEntry = (key: string, unknownSource: string): EffectiveEntry => ({
  key,
  value: '"?"',
  from: `not written here; ${unknownSource} may set it`,
  unknownBecause: `${unknownSource} may set it`,
});

/** The known keys in the order of the schema, each with the keys written below it, then the other written keys. */
function findEntries(
  { values, layout, command }: RunConfig,
  release: string | undefined,
): { engines: EffectiveEntry[]; others: EffectiveEntry[] } {
  const { unknownSource } = command ?? {};
  const rest = new Map(values);
  const known = defaultsFor(layout, release).flatMap(({ key, value, description }): EffectiveEntry[] => {
    const written = [...rest.values()].filter((each) => each.key === key || each.key.startsWith(`${key}.`));
    for (const each of written) rest.delete(each.key);
    return written.length > 0
      ? written.map(writtenEntry)
      : [
          unknownSource === undefined
            ? { key, value: formatConfigValue(key, value), from: description, isDefault: true }
            : unknownEntry(key, unknownSource),
        ];
  });
  const all = [...known, ...[...rest.values()].filter(({ key }) => !obsoleteLegacyKeys.has(key)).map(writtenEntry)];
  const isEngine = ({ key }: EffectiveEntry): boolean => key.startsWith(`${engineKey}.`) || key === engineKey;
  return {
    engines: all.filter(isEngine),
    others: all.filter((entry) => !isEngine(entry)).sort((one, other) => (one.key < other.key ? -1 : 1)),
  };
}

const shortKey = ({ key, value, from }: EffectiveEntry): EffectiveKey => ({ key, value: shorten(value), from });

function table(entries: readonly EffectiveEntry[]): string[] {
  const all = entries.map(shortKey);
  const width = Math.max(0, ...all.map(({ key, value }) => key.length + value.length + 2));
  return all.map(({ key, value, from }) => `${`${key}: ${value}`.padEnd(width)}  # ${from}`);
}

const formatNames: Record<RunConfig['format'], string> = {
  yaml: 'YAML',
  json: 'JSON',
  overrides: 'overrides of a command',
};

function describeSkyrl(release: SkyrlRelease | undefined): string {
  if (release === undefined)
    return `SkyRL: release not known; defaults are those of ${newestRelease} unless they name others`;
  const { release: read, version, source } = release;
  return `SkyRL: ${version}, by ${source}${version.startsWith(read) ? '' : `; read as ${read}`}`;
}

function head({ name, config, intent, broken, release }: EffectiveFacts): string[] {
  const { command, layout, format } = config;
  const { servers, proxy } = {
    servers: intent.fieldValues.externalServerUrls !== undefined,
    proxy: intent.fieldValues.externalProxyUrl !== undefined,
  };
  return [
    `SkyRL config in effect: ${name} (${formatNames[format]}, ${layout} layout)`,
    ...(broken ? ['The file cannot be read now; this is what it said before.'] : []),
    ...(command
      ? [
          `Command: ${command.program}, ${formatLine(command.range)}${command.otherCommandCount > 0 ? `; ${command.otherCommandCount} more with overrides in this file, not taken` : ''}`,
        ]
      : []),
    ...(command?.forwardsArguments === true
      ? ['It hands on arguments it is started with ("$@"): overrides given there are not known here.']
      : []),
    ...(command?.unknownSource !== undefined
      ? [`${command.unknownSource} may add overrides to it, which are not known here.`]
      : []),
    ...config.environmentHints.map(
      ({ name, value, range }) =>
        `The script sets ${name} to ${value ?? 'a value that is not known here'} (${formatLine(range)}).`,
    ),
    describeSkyrl(release),
    `Engine metrics: ${intent.metricsPathReason}`,
    `Engine stats: ${intent.statsReason}`,
    `Engines expected: ${intent.expectedEngines ?? 'not known'}`,
    `Servers: ${externalRow({ hasServers: servers, hasProxy: proxy }).message}`,
  ];
}

type EffectiveSource = Pick<EffectiveFacts, 'config' | 'release'>;

/** Every key that is known or written, the engines' first, with its whole value; secrets are masked. */
export function effectiveEntries({ config, release }: EffectiveSource): EffectiveEntry[] {
  const { engines, others } = findEntries(config, release?.release);
  return [...engines, ...others];
}

/** As `effectiveEntries`, for people: long values are cut. */
export const effectiveKeys = (source: EffectiveSource): EffectiveKey[] => effectiveEntries(source).map(shortKey);

/** The document, as YAML with the origin of each value in a comment. Values that look like secrets are masked. */
export function effectiveConfig(facts: EffectiveFacts): string {
  const { engines, others } = findEntries(facts.config, facts.release?.release);
  const findings = facts.findings.map(
    ({ severity, message, range }) => `${formatLine(range)}: ${severity}: ${message}`,
  );
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
