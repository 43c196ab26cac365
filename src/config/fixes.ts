/** Quick fixes by the ID of a finding, as edits of the file's text. */
import { createEditableText, removeEntry, renameKey, textAt, type EditableText, type TextEdit } from './edits';
import { obsoleteLegacyKeys, engineKey, generatorKey, toNestedKey } from './keys';
import { migrateLegacyKeys } from './migrateLegacy';
import { moveToKwargs } from './moveToKwargs';
import type { ConfigFinding, RunConfig, LocatedValue } from './types';
import { hasScheme, urlTexts } from './urls';

/** One quick fix. */
export interface Fix {
  title: string;
  edits: TextEdit[];
}

interface Case {
  cause: LocatedValue;
  config: RunConfig;
  editable: EditableText;
}

type Maker = (given: Case) => (Fix | undefined)[];

function fix(title: string, edits: readonly (TextEdit | undefined)[]): Fix | undefined {
  return edits.length > 0 && edits.every((edit) => edit !== undefined) ? { title, edits: [...edits] } : undefined;
}

const shortName = (raw: string): string => raw.replace(`${engineKey}.`, '').replace(`${generatorKey}.`, '');

const removeKey: Maker = ({ cause, editable }) => [
  cause.location && fix(`Remove ${shortName(cause.rawKey)}`, [removeEntry(editable, cause.location)]),
];

/** Replaces a value. A key without a value has no range to write to, so it has no fix. */
const setValue =
  (to: string): Maker =>
  ({ cause }) => {
    const { location, range } = cause;
    const none =
      location !== undefined &&
      range.startLine === location.keyRange.startLine &&
      range.startCharacter === location.keyRange.startCharacter;
    return [none ? undefined : fix(`Set ${shortName(cause.rawKey)} to ${to}`, [{ range, text: to }])];
  };

/** Adds `http://` to each address without a scheme, at its own range. */
function schemeEdits({ cause, editable }: Case): TextEdit[] | undefined {
  const written = textAt(editable, cause.range);
  const start = editable.offsetAt(cause.range.startLine, cause.range.startCharacter);
  const edits = urlTexts(cause.value)
    .filter((url) => !hasScheme(url))
    .map((url): TextEdit | undefined => {
      const at = written.search(new RegExp(`(?<![\\w./:-])${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.:-])`));
      const wrong = /^[a-z][\w+.-]*:\/*/i.exec(url.replace(/^[\w.-]+:\d.*$/, ''))?.[0].length ?? 0;
      return at < 0 ? undefined : { range: editable.rangeAt(start + at, start + at + wrong), text: 'http://' };
    });
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

const addUrlSchemes: Maker = (given) => {
  const edits = schemeEdits(given);
  return [edits && fix('Write the addresses with http://', edits)];
};

/** Removes a key; `remote_urls`, which were external servers without a scheme, can also be renamed. */
const replaceRemovedKey: Maker = (given) => {
  const { cause, config, editable } = given;
  const successor = `${engineKey}.external_server_urls`;
  const [remove] = removeKey(given);
  if (cause.key !== `${engineKey}.remote_urls` || config.values.has(successor) || !cause.location) return [remove];
  const { keyRange } = cause.location;
  const rename = renameKey(editable, cause.location, cause.rawKey, successor) ?? {
    range: keyRange,
    text: 'external_server_urls',
  };
  const edits = schemeEdits(given);
  return [edits && fix('Name them external_server_urls', [rename, ...edits]), remove];
};

const removePlusPrefix: Maker = ({ cause, editable }) => {
  const key = cause.location?.keyRange;
  if (!key) return [];
  const end = editable.offsetAt(key.startLine, key.startCharacter);
  const signs = /\+*$/.exec(editable.text.slice(0, end))?.[0].length ?? 0;
  return [fix('Remove the +', [{ range: editable.rangeAt(end - signs, end), text: '' }])];
};

/** Rewrites all legacy keys at once, because SkyRL refuses a file with both layouts. */
const migrateLegacyLayout: Maker = ({ config, editable }) => {
  const written = [...config.legacyKeys];
  const dotted = written.map((subject) => {
    if (!subject.location) return undefined;
    return obsoleteLegacyKeys.has(subject.rawKey)
      ? removeEntry(editable, subject.location)
      : renameKey(editable, subject.location, subject.rawKey, toNestedKey(subject.rawKey));
  });
  const title = 'Write the legacy keys as generator.inference_engine.*';
  return [
    fix(title, dotted) ??
      (config.format === 'overrides' ? undefined : fix(title, migrateLegacyKeys(editable, written) ?? [])),
  ];
};

const removeOverriddenKey: Maker = ({ cause, config, editable }) => {
  const [own] = removeKey({ cause, config, editable });
  return [own && { ...own, title: `${own.title}, which has no effect` }];
};

const makers: Partial<Record<string, Maker>> = {
  'config-stats-off': setValue('true'),
  'config-log-stats-off': removeKey,
  'config-metrics-export-off': removeKey,
  'config-slow-metrics': removeKey,
  'config-synchronous-engine': setValue('true'),
  'config-external-colocated': setValue('false'),
  'config-rejected-key': replaceRemovedKey,
  'config-plus-prefix': removePlusPrefix,
  'config-legacy-layout': migrateLegacyLayout,
  'config-chunked-prefill': (given) => [
    fix('Move it into engine_init_kwargs', moveToKwargs(given.editable, given.cause, given.config) ?? []),
  ],
  'config-overridden': removeOverriddenKey,
  'config-bad-url': addUrlSchemes,
  'config-url-scheme': addUrlSchemes,
  'config-written-twice': removeKey,
};

/** The fixes for a finding of a config that was read from exactly this text; empty if none is safe, as in a notebook's JSON. */
export function fixesFor({ id, cause }: ConfigFinding, config: RunConfig, text: string): Fix[] {
  if (!cause || /\.ipynb$/.test(config.file)) return [];
  return (makers[id]?.({ cause, config, editable: createEditableText(text) }) ?? []).filter(
    (each) => each !== undefined,
  );
}
