/** Quick fixes: what can be done about a finding, as edits of the file's text. A table by the finding's id. */
import { editText, removal, renaming, textAt, type EditText, type TextEdit } from './edits';
import { droppedKeys, engine, generator, toNested } from './keys';
import { nestLegacyKeys } from './migrateLegacy';
import { moveToKwargs } from './moveToKwargs';
import type { ConfigFinding, RunConfig, Subject } from './types';
import { hasScheme, urlTexts } from './urls';

export interface Fix {
  title: string;
  edits: TextEdit[];
}

interface Case {
  about: Subject;
  config: RunConfig;
  source: EditText;
}

type Maker = (given: Case) => (Fix | undefined)[];

function fix(title: string, edits: readonly (TextEdit | undefined)[]): Fix | undefined {
  return edits.length > 0 && edits.every((edit) => edit !== undefined) ? { title, edits: [...edits] } : undefined;
}

const shortName = (raw: string): string => raw.replace(`${engine}.`, '').replace(`${generator}.`, '');

const removed: Maker = ({ about, source }) => [
  about.entry && fix(`Remove ${shortName(about.raw)}`, [removal(source, about.entry)]),
];

/** A value of its own place in the file; a key without one has no place to write to. */
const set =
  (to: string): Maker =>
  ({ about }) => {
    const { entry, range } = about;
    const none =
      entry !== undefined &&
      range.startLine === entry.key.startLine &&
      range.startCharacter === entry.key.startCharacter;
    return [none ? undefined : fix(`Set ${shortName(about.raw)} to ${to}`, [{ range, text: to }])];
  };

/** `10.0.0.1:8000` → `http://10.0.0.1:8000`, each where it stands. */
function schemes({ about, source }: Case): TextEdit[] | undefined {
  const written = textAt(source, about.range);
  const start = source.offset(about.range.startLine, about.range.startCharacter);
  const edits = urlTexts(about.value)
    .filter((url) => !hasScheme(url))
    .map((url): TextEdit | undefined => {
      const at = written.search(new RegExp(`(?<![\\w./:-])${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.:-])`));
      const wrong = /^[a-z][\w+.-]*:\/*/i.exec(url.replace(/^[\w.-]+:\d.*$/, ''))?.[0].length ?? 0;
      return at < 0 ? undefined : { range: source.range(start + at, start + at + wrong), text: 'http://' };
    });
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

const schemed: Maker = (given) => {
  const edits = schemes(given);
  return [edits && fix('Write the addresses with http://', edits)];
};

/** `remote_urls` were external servers, without a scheme. */
const rejected: Maker = (given) => {
  const { about, config, source } = given;
  const successor = `${engine}.external_server_urls`;
  const [remove] = removed(given);
  if (about.key !== `${engine}.remote_urls` || config.values.has(successor) || !about.entry) return [remove];
  const { key } = about.entry;
  const rename = renaming(source, about.entry, about.raw, successor) ?? { range: key, text: 'external_server_urls' };
  const edits = schemes(given);
  return [edits && fix('Name them external_server_urls', [rename, ...edits]), remove];
};

const plus: Maker = ({ about, source }) => {
  const key = about.entry?.key;
  if (!key) return [];
  const end = source.offset(key.startLine, key.startCharacter);
  const signs = /\+*$/.exec(source.text.slice(0, end))?.[0].length ?? 0;
  return [fix('Remove the +', [{ range: source.range(end - signs, end), text: '' }])];
};

/** Every legacy key at once: a file with both layouts is refused. */
const nested: Maker = ({ config, source }) => {
  const written = [...config.legacyKeys];
  const dotted = written.map((subject) => {
    if (!subject.entry) return undefined;
    return droppedKeys.has(subject.raw)
      ? removal(source, subject.entry)
      : renaming(source, subject.entry, subject.raw, toNested(subject.raw));
  });
  const title = 'Write the legacy keys as generator.inference_engine.*';
  return [
    fix(title, dotted) ?? (config.form === 'overrides' ? undefined : fix(title, nestLegacyKeys(source, written) ?? [])),
  ];
};

const overridden: Maker = ({ about, config, source }) => {
  const [own] = removed({ about, config, source });
  return [own && { ...own, title: `${own.title}, which has no effect` }];
};

const makers: Partial<Record<string, Maker>> = {
  'config-stats-off': set('true'),
  'config-log-stats-off': removed,
  'config-synchronous-engine': set('true'),
  'config-external-colocated': set('false'),
  'config-rejected-key': rejected,
  'config-plus-prefix': plus,
  'config-legacy-layout': nested,
  'config-mixed-layout': nested,
  'config-chunked-prefill': (given) => [
    fix('Move it into engine_init_kwargs', moveToKwargs(given.source, given.about, given.config) ?? []),
  ],
  'config-overridden': overridden,
  'config-bad-url': schemed,
  'config-url-scheme': schemed,
  'config-written-twice': removed,
};

/** What can be done about a finding of a config that was read from this very text; none where nothing can without harm. */
export function fixesFor({ id, about }: ConfigFinding, config: RunConfig, text: string): Fix[] {
  if (!about) return [];
  return (makers[id]?.({ about, config, source: editText(text) }) ?? []).filter((each) => each !== undefined);
}
