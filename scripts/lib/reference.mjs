/** The text of `docs/reference.md`: settings, commands, views, languages, states and figures of rollouts, from the manifest and the tables of the source. */

/**
 * @typedef {object} Property
 * @property {string} type
 * @property {unknown} default
 * @property {string} markdownDescription
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {(string | number)[]} [enum]
 * @property {string[]} [enumDescriptions]
 * @property {string[]} [markdownEnumDescriptions]
 */

/** @typedef {{ command: string, when?: string }} MenuItem */

/**
 * The parts of `package.json` that the page shows.
 * @typedef {object} Manifest
 * @property {{ untrustedWorkspaces: { restrictedConfigurations: string[] } }} capabilities
 * @property {object} contributes
 * @property {{ command: string, title: string, category: string }[]} contributes.commands
 * @property {{ skyrl: { id: string, name: string }[] }} contributes.views
 * @property {Record<string, MenuItem[]>} contributes.menus
 * @property {{ command: string, key: string, mac: string }[]} contributes.keybindings
 * @property {{ properties: Record<string, Property> }} contributes.configuration
 * @property {{ id: string, aliases: string[], extensions: string[] }[]} contributes.languages
 */

/** @typedef {{ tone: string, message: string, actions: readonly { title: string }[] }} State */

/** @typedef {{ id: string, label: string, unit: string, kind?: 'rollout' | 'step' | undefined, help: string, computation: string }} Figure */

/**
 * @typedef {object} ReferenceSource
 * @property {Manifest} manifest
 * @property {Record<string, string>} nls `package.nls.json`
 * @property {Record<string, State>} states `src/shared/states.ts`
 * @property {readonly Figure[]} rolloutFigures `src/shared/rolloutFigures.ts`
 */

/** When a command is in the Command Palette, by its `when` clause. */
/** @type {Record<string, string>} */
const paletteConditions = {
  'editorLangId == promql': 'in a PromQL editor',
  'editorLangId == promql || editorLangId == promql-result': 'in a PromQL editor or a query result',
  'skyrl.queryRunning': 'while a query runs',
  'skyrl.recording': 'while a generation record runs',
  '!skyrl.recording': 'while no generation record runs',
  'skyrl.window': 'while a measuring window is open',
  'skyrl.window == open': 'while a measuring window runs',
  'skyrl.window == paused': 'while a measuring window is paused',
  'skyrl.window != open && skyrl.window != paused': 'while no measuring window is open',
  'skyrl.scrapes': 'while scrapes are recorded',
  '!skyrl.scrapes': 'while no scrapes are recorded',
  'skyrl.foreign': 'during a replay or an import',
};

/** What the tone of a state means to a reader. */
/** @type {Record<string, string>} */
const tones = { good: 'good', wait: 'wait', neutral: 'information', broken: 'problem' };

/** @param {string} text */
const cell = (text) => text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

/**
 * @param {string[]} heads
 * @param {string[][]} rows
 */
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

/** VS Code's link to another setting, as plain code. @param {string} text */
const withoutLinks = (text) => text.replace(/`#([\w.]+)#`/g, '`$1`');

/** A text of the manifest, which names its key in `package.nls.json`. @param {string} text @param {Record<string, string>} nls */
function localized(text, nls) {
  const key = /^%(.+)%$/.exec(text)?.[1];
  const found = key === undefined ? text : nls[key];
  if (found === undefined) throw new Error(`package.nls.json has no ${key}`);
  return found;
}

/** @param {Property} property */
function valuesOf({ type, enum: choices, minimum, maximum }) {
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  return minimum === undefined ? type : `${type}, ${minimum} to ${maximum}`;
}

/** @param {unknown} value */
const defaultOf = (value) => (value === '' ? 'empty' : `\`${JSON.stringify(value)}\``);

/** @param {Property} property @param {Record<string, string>} nls */
function descriptionOf(property, nls) {
  const { markdownDescription, enum: choices = [], enumDescriptions, markdownEnumDescriptions } = property;
  const explained = (markdownEnumDescriptions ?? enumDescriptions ?? []).map(
    (text, index) => `\`${choices[index]}\`: ${localized(text, nls)}`,
  );
  return withoutLinks([localized(markdownDescription, nls), ...explained].join(' '));
}

/** @param {ReferenceSource} source */
function settings({ manifest: { contributes, capabilities }, nls }) {
  const restricted = new Set(capabilities.untrustedWorkspaces.restrictedConfigurations);
  return table(
    ['Setting', 'Default', 'Values', 'Description'],
    Object.entries(contributes.configuration.properties).map(([id, property]) => [
      `\`${id}\`${restricted.has(id) ? ' \\*' : ''}`,
      defaultOf(property.default),
      valuesOf(property),
      descriptionOf(property, nls),
    ]),
  );
}

/** @param {string} command @param {MenuItem[]} palette */
function inPalette(command, palette) {
  const when = palette.find((item) => item.command === command)?.when;
  if (when === 'false') return [];
  if (when === undefined) return ['Command Palette'];
  const words = paletteConditions[when];
  if (words === undefined)
    throw new Error(`no words for the condition ${when} of ${command} (scripts/lib/reference.mjs)`);
  return [`Command Palette ${words}`];
}

/** @param {string} command @param {ReferenceSource} source */
function placesOf(command, { manifest: { contributes }, nls }) {
  const { menus, views } = contributes;
  /** @param {string} menu */
  const clauses = (menu) => (menus[menu] ?? []).filter((item) => item.command === command).map(({ when = '' }) => when);
  /** @param {string} menu */
  const viewNames = (menu) =>
    views.skyrl
      .filter(({ id }) => clauses(menu).some((when) => when.includes(id)))
      .map(({ name }) => localized(name, nls));
  const [titles, rows] = [viewNames('view/title'), viewNames('view/item/context')];
  const editors = clauses('editor/title').map((when) =>
    when.includes('promql') ? 'PromQL editor' : when.includes('skyrl-result') ? 'query result' : 'chart editor',
  );
  return [
    ...inPalette(command, menus['commandPalette'] ?? []),
    ...(titles.length > 0 ? [`title of ${titles.join(', ')}`] : []),
    ...(rows.length > 0 ? [`rows of ${rows.join(', ')}`] : []),
    ...new Set(editors),
    ...(clauses('file/newFile').length > 0 ? ['New File'] : []),
  ];
}

/** `ctrl+shift+enter` → `Ctrl+Shift+Enter`. @param {string} key */
const keyName = (key) => key.replace(/(^|\+)([a-z])/g, (_, plus, letter) => plus + letter.toUpperCase());

/** @param {ReferenceSource} source */
function commands(source) {
  const { manifest, nls } = source;
  const { keybindings } = manifest.contributes;
  return table(
    ['Command', 'ID', 'Where', 'Keys'],
    manifest.contributes.commands.map(({ command, title, category }) => [
      `${localized(category, nls)}: ${localized(title, nls)}`,
      `\`${command}\``,
      placesOf(command, source).join('; '),
      keybindings
        .filter((binding) => binding.command === command)
        .map(({ key, mac }) => `${keyName(key)} (macOS: ${keyName(mac)})`)
        .join(', '),
    ]),
  );
}

/** The page. Throws where a text or the words of a condition are missing. @param {ReferenceSource} source */
export function referencePage(source) {
  const { manifest, nls, states, rolloutFigures } = source;
  const { views, languages } = manifest.contributes;
  return `# Reference

<!-- Generated from package.json, package.nls.json, src/shared/states.ts and src/shared/rolloutFigures.ts by \`npm run docs\`. Do not edit. -->

Every setting, command, view, language and state of SkyRL Metrics, and every figure of a rollout. What they do together is explained in the [user guide](user-guide.md);
arguments and results of commands, for other extensions and for tests, are in [the API](api.md).

## Settings

A star (\\*) marks settings of a workspace that VS Code ignores in Restricted Mode, because they say which addresses to contact.

${settings(source)}

## Commands

${commands(source)}

## Views

${table(
  ['View', 'ID'],
  views.skyrl.map(({ id, name }) => [localized(name, nls), `\`${id}\``]),
)}

The views are in the view container \`skyrl\`. The status bar item is \`skyrl.status\`, the editor panel with the rollouts \`skyrl.rollouts\`, that with a comparison \`skyrl.comparison\`.

## Languages

${table(
  ['Language', 'ID', 'File extension'],
  languages.map(({ id, aliases, extensions }) => [
    aliases.map((alias) => localized(alias, nls)).join(', '),
    `\`${id}\``,
    extensions.map((extension) => `\`${extension}\``).join(', '),
  ]),
)}

## States

The window is always in one of these states. The message, often with details behind it, is shown in the views; \`status.state\` of the API is the ID.
In a state of kind *problem* the status bar item leads to the Connection view. Engines have [states of their own](metrics.md#engine-states).

${table(
  ['State', 'Kind', 'Message', 'Actions offered'],
  Object.entries(states).map(([id, { tone, message, actions }]) => [
    `\`${id}\``,
    tones[tone] ?? tone,
    message,
    actions.map(({ title }) => title).join('; '),
  ]),
)}

## Rollouts and steps

What **SkyRL: Show Rollouts** lists of each rollout and of each step. The ID is a column of the CSV file. How they are found is in
[metrics](metrics.md#rollouts-and-steps).

${table(
  ['Figure', 'ID', 'Unit', 'Of', 'Meaning', 'Computed as'],
  rolloutFigures.map(({ id, label, unit, kind, help, computation }) => [
    label,
    `\`${id}\``,
    unit,
    kind === undefined ? 'both' : `${kind}s`,
    help,
    computation,
  ]),
)}
`;
}
