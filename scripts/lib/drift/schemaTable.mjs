/** The table of SkyRL's config keys by release, `src/config/schema/releases.json`: made from, and read as, one release's fields. */

/** @typedef {import('./facts.mjs').ConfigField} ConfigField */

/**
 * What a key is from one release on, up to and with the release `to`, or still.
 * @typedef {{ from: string, to?: string, type: string, default?: unknown }} Span
 * @typedef {{ releases: string[], keys: { key: string, spans: Span[] }[] }} SchemaTable
 */

/** Of what the table has keys: every key of the engines, and those others that say where metrics are or what they are about. */
export const configRequest = {
  root: 'SkyRLTrainConfig',
  files: 'skyrl/train/config/',
  keys: [
    'generator.inference_engine.*',
    'trainer.enable_ray_gpu_monitor',
    'trainer.log_path',
    'trainer.placement.colocate_all',
    'trainer.policy.model.path',
    'trainer.project_name',
    'trainer.run_name',
  ],
};

/** `0.4.0` → `0.4`. @param {string} version */
export function minorOf(version) {
  return version.split('.', 2).join('.');
}

/**
 * The newest version of each minor release from 0.1 on, the oldest first: SkyRL's first packages held no config.
 * @param {readonly string[]} versions the newest first
 */
export function schemaVersions(versions) {
  const byMinor = new Map([...versions].reverse().map((version) => [minorOf(version), version]));
  byMinor.delete('0.0');
  return [...byMinor.values()];
}

/**
 * The table of several releases, the oldest first. Keys are in the order of the newest release that has them.
 * @param {readonly { release: string, fields: readonly ConfigField[] }[]} releases
 * @returns {SchemaTable}
 */
export function schemaTable(releases) {
  const keys = new Set([...releases].reverse().flatMap(({ fields }) => fields.map(({ key }) => key)));
  return {
    releases: releases.map(({ release }) => release),
    keys: [...keys].map((key) => ({ key, spans: spansOf(key, releases) })),
  };
}

/**
 * @param {string} key
 * @param {readonly { release: string, fields: readonly ConfigField[] }[]} releases
 */
function spansOf(key, releases) {
  /** @type {Span[]} */
  const spans = [];
  /** @type {string | undefined} */
  let before;
  for (const { release, fields } of releases) {
    const field = fields.find((each) => each.key === key);
    const last = spans.at(-1);
    if (last && last.to === undefined && !(field && isSame(last, field))) last.to = before ?? release;
    if (field && (!last || last.to !== undefined)) spans.push(spanFrom(release, field));
    before = release;
  }
  return spans;
}

/** @param {string} from @param {ConfigField} field @returns {Span} */
function spanFrom(from, { type, default: value }) {
  return { from, type, ...(value !== undefined && { default: value }) };
}

/** @param {Span} span @param {ConfigField} field */
function isSame(span, field) {
  return span.type === field.type && JSON.stringify(span.default) === JSON.stringify(field.default);
}

/**
 * The keys of the table's newest release.
 * @param {SchemaTable} table
 * @returns {ConfigField[]}
 */
export function newestFields({ keys }) {
  return keys.flatMap(({ key, spans }) => {
    const span = spans.at(-1);
    return span === undefined || span.to !== undefined
      ? []
      : [{ key, type: span.type, ...(span.default !== undefined && { default: span.default }) }];
  });
}
