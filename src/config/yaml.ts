/** Reads YAML by the rules of Python's loader (YAML 1.1: `off` is false, `<<` merges). */
import type { Document, ParseOptions, DocumentOptions, SchemaOptions, YAMLError } from 'yaml';
import { flatten } from './flatten';
import { fileStart } from './ranges';
import { overridePattern } from './commandTexts';
import { findArgumentLists, findScripts, isSkyPilotTask } from './embeddedScripts';
import type { Launchers } from './launchers';
import { createFileText, type SourceText } from './sourceText';
import type { ConfigFinding, TextRange } from './types';
import { UnreadableConfigError, type RawValues } from './rawValues';

type TagValue = Parameters<Extract<SchemaOptions['customTags'], (...given: never) => unknown>>[0][number];

/** Tags for which Python's loader makes objects; their text is used instead. */
const ignoredTags = new Set(['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`));

const isIgnoredTag = (tag: TagValue): boolean => typeof tag === 'object' && 'tag' in tag && ignoredTags.has(tag.tag);

/** What Python's loader reads as a boolean or number where YAML 1.1 or the library read more or less. By tag and a text that tells its form. */
const pythonTests: readonly (readonly [tag: string, example: string, test: RegExp])[] = [
  ['bool', 'y', /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/],
  ['bool', 'n', /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/],
  ['int', '18', /^[-+]?(?:0|[1-9][0-9_]*)$/],
  ['float', '.5', /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9_]+)$/],
  ['float', '1e5', /^(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?[eE][-+]?[0-9]+|\.[0-9_]+[eE][-+][0-9]+)$/],
];

const pythonScalar = (tag: TagValue): TagValue => {
  if (typeof tag !== 'object' || tag.test === undefined) return tag;
  const own = pythonTests.find(([name, example]) => tag.tag === `tag:yaml.org,2002:${name}` && tag.test?.test(example));
  return own ? { ...tag, test: own[2] } : tag;
};

const options: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  schema: 'yaml-1.1',
  customTags: (tags) => tags.filter((tag) => !isIgnoredTag(tag)).map(pythonScalar),
  resolveKnownTags: false,
  // `flatten` checks them in linear time and reports the line of the first one.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
};

const maxErrors = 20;
const maxDocuments = 100;

/** Plainer messages for the most common mistakes. */
const errorMessages: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'YAML does not allow tabs as indentation.',
  MULTILINE_IMPLICIT_KEY: 'This is no YAML: a key must be on one line and end with a colon.',
  BLOCK_AS_IMPLICIT_KEY: 'This is no YAML: a second colon on one line; put the value in quotes, or on its own line.',
};

function errorRange({ pos: [from, to] }: YAMLError, { text, rangeAt }: SourceText): TextRange {
  const begin = Math.min(from, Math.max(0, text.length - 1));
  return rangeAt(begin, Math.max(begin + 1, Math.min(to, text.length)));
}

/** The message of the library's recursion on thousands of open brackets. */
const stackOverflow = /call stack/;

function syntaxFinding(message: string, range: TextRange): ConfigFinding {
  if (stackOverflow.test(message))
    return { id: 'config-too-deep', severity: 'error', message: 'This is nested too deep to be read.', range };
  return { id: 'config-syntax', severity: 'error', message, range };
}

function syntaxFindings(document: Document, source: SourceText): ConfigFinding[] {
  return document.errors
    .slice(0, maxErrors)
    .map((error) =>
      syntaxFinding(
        errorMessages[error.code] ?? `This is no YAML: ${error.message.replace(/\.?$/, '.')}`,
        errorRange(error, source),
      ),
    );
}

/** Parses one text as one document: a value of an override, or JSON inside a script. */
export async function parseSingleDocument(
  source: SourceText,
): Promise<{ yaml: typeof import('yaml'); document: Document | undefined; findings: ConfigFinding[] }> {
  const yaml = await import('yaml');
  try {
    const [document] = new yaml.Composer(options).compose(new yaml.Parser().parse(source.text));
    return { yaml, document, findings: document ? syntaxFindings(document, source) : [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      yaml,
      document: undefined,
      findings: [syntaxFinding(`This is no YAML: ${message}.`, source.rangeAt(0, source.text.length))],
    };
  }
}

/** The values of a document and what in it starts runs. If it cannot be read it has findings instead of values; an empty one has neither. */
export interface DocumentReading {
  values?: RawValues;
  findings: ConfigFinding[];
  launchers: Launchers;
}

/**
 * Reads the documents of a text lazily, at most 100. The library is loaded at the first use.
 * Never throws: what cannot be read gives findings.
 */
export async function* readDocuments(text: string): AsyncGenerator<DocumentReading> {
  const yaml = await import('yaml');
  const source = createFileText(text);
  let count = 0;
  try {
    for (const document of new yaml.Composer(options).compose(new yaml.Parser().parse(text))) {
      if (++count > maxDocuments) return;
      const mayHaveScripts = document.errors.length === 0 && overridePattern.test(text);
      const scripts = mayHaveScripts ? findScripts(yaml, document, source) : [];
      const launcher = isSkyPilotTask(yaml, document) ? ('skypilot' as const) : undefined;
      yield {
        findings: [],
        ...readDocument(yaml, document, source),
        launchers: {
          scripts: scripts.map((script) => ({ ...script, launcher })),
          commands: mayHaveScripts ? findArgumentLists(yaml, document, source) : [],
        },
      };
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    yield {
      findings: [syntaxFinding(`This is no YAML: ${message}.`, fileStart)],
      launchers: { scripts: [], commands: [] },
    };
  }
}

function readDocument(
  yaml: typeof import('yaml'),
  document: Document,
  source: SourceText,
): { values: RawValues } | { findings: ConfigFinding[] } {
  const { text, rangeAt } = source;
  if (document.errors.length > 0) return { findings: syntaxFindings(document, source) };
  const { contents } = document;
  if (contents === null || (yaml.isScalar(contents) && contents.value === null)) return { findings: [] };
  if (!yaml.isMap(contents)) {
    const [from, to] = contents.range ?? [0, 0];
    const lineEnd = text.indexOf('\n', from);
    const range = rangeAt(from, lineEnd < 0 ? to : Math.min(to, lineEnd));
    const what = yaml.isSeq(contents) ? 'a list' : 'a single value';
    return {
      findings: [
        {
          id: 'config-not-a-mapping',
          severity: 'error',
          message: `The top level of a config is a mapping (key: value), but this is ${what}.`,
          range,
        },
      ],
    };
  }
  try {
    return { values: flatten(yaml, document, source) };
  } catch (error) {
    if (error instanceof UnreadableConfigError) return { findings: error.findings };
    throw error;
  }
}
