/** Compares what this project claims with the facts of a package's sources: what is gone, changed and new. */

/** @typedef {import('./facts.mjs').Facts} Facts */
/** @typedef {import('./facts.mjs').Family} Family */
/** @typedef {import('./facts.mjs').ConfigField} ConfigField */
/** @typedef {import('./packages.mjs').Claim} Claim */

/** Lines for people, each one fact. @typedef {{ gone: string[], changed: string[], added: string[] }} Difference */

/**
 * The parts of a catalog row that are compared.
 * @typedef {{ family: string, sampleKind?: string, where?: Record<string, string> }} Selector
 * @typedef {object} Row
 * @property {string} id
 * @property {string} kind
 * @property {readonly string[]} families canonical names
 * @property {Selector} [selector]
 * @property {Selector | string} [numerator]
 * @property {Selector | readonly string[]} [denominator]
 */

/** The families of a package that need no row, each with the reason. @typedef {readonly (readonly [families: RegExp, reason: string])[]} LeftOut */

/** @param {Difference[]} differences @returns {Difference} */
export function merge(...differences) {
  return {
    gone: differences.flatMap(({ gone }) => gone),
    changed: differences.flatMap(({ changed }) => changed),
    added: differences.flatMap(({ added }) => added),
  };
}

/** How a row reads a family: a row of a rate over a histogram reads its count or sum. @param {Row} row @param {string} family */
function typeThatRowReads({ kind, selector, numerator, denominator }, family) {
  const selectors = [selector, numerator, denominator].filter((each) => typeof each === 'object' && 'family' in each);
  const own = selectors.find((each) => each.family === family);
  if (kind === 'mean' || kind === 'quantile' || own?.sampleKind === 'sum' || own?.sampleKind === 'count') {
    return { type: 'histogram', labels: [] };
  }
  return { type: own?.sampleKind, labels: Object.keys(own?.where ?? {}) };
}

/**
 * The catalog's rows against the families that a package declares.
 * @param {object} input
 * @param {readonly Row[]} input.rows those that read families of this package
 * @param {readonly Family[]} input.families of the package, by canonical name
 * @param {Readonly<Record<string, string>>} input.older families that only older releases have, each with the reason
 * @param {LeftOut} input.leftOut
 * @returns {Difference}
 */
export function compareFamilies({ rows, families, older, leftOut }) {
  const byName = new Map(families.map((family) => [family.name, family]));
  /** @type {Map<string, string[]>} */
  const goneRows = new Map();
  const changed = new Set();
  for (const row of rows) {
    for (const name of row.families) {
      const family = byName.get(name);
      if (!family) {
        if (!(name in older)) goneRows.set(name, [...(goneRows.get(name) ?? []), row.id]);
        continue;
      }
      const { type, labels } = typeThatRowReads(row, name);
      if (type !== undefined && family.type !== 'unknown' && type !== family.type) {
        changed.add(`${name} is a ${family.type}, the row ${row.id} reads it as a ${type} (${family.path})`);
      }
      for (const label of labels) {
        if (family.labels.includes(label) || family.labels.includes('*')) continue;
        goneRows.set(`${name}{${label}}`, [...(goneRows.get(`${name}{${label}}`) ?? []), row.id]);
      }
    }
  }
  const claimed = new Set(rows.flatMap((row) => row.families));
  const added = families.filter(({ name }) => !claimed.has(name) && !leftOut.some(([pattern]) => pattern.test(name)));
  return {
    gone: [...goneRows].map(([name, ids]) => `${name}, which ${ids.length === 1 ? 'is' : 'are'} read by ${list(ids)}`),
    changed: [...changed],
    added: added.map(({ name, type, labels, path }) => `${name}, ${type}, labels ${list(labels) || 'none'} (${path})`),
  };
}

/** At most four of them. @param {readonly string[]} names */
function list(names) {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/**
 * The schema's keys of its newest release against the fields of a package's config classes.
 * @param {readonly ConfigField[]} known
 * @param {readonly ConfigField[]} found
 * @returns {Difference}
 */
export function compareFields(known, found) {
  const foundByKey = new Map(found.map((field) => [field.key, field]));
  const knownByKey = new Map(known.map((field) => [field.key, field]));
  return {
    gone: known.filter(({ key }) => !foundByKey.has(key)).map(({ key }) => key),
    changed: known.flatMap((field) => {
      const now = foundByKey.get(field.key);
      return now === undefined || describeField(now) === describeField(field)
        ? []
        : [`${field.key}: ${describeField(now)}, the schema has ${describeField(field)}`];
    }),
    added: found.filter(({ key }) => !knownByKey.has(key)).map((field) => `${field.key}: ${describeField(field)}`),
  };
}

/** @param {ConfigField} field */
function describeField({ type, default: value }) {
  return value === undefined ? type : `${type} = ${JSON.stringify(value)}`;
}

/**
 * Claims about constants, functions and routes.
 * @param {readonly Claim[]} claims
 * @param {Facts} facts
 * @returns {Difference}
 */
export function compareClaims(claims, { values = [], functions = [], routes = [], texts = [] }) {
  /** @type {Difference} */
  const difference = { gone: [], changed: [], added: [] };
  for (const { what, value, function: name, route, text, expected } of claims) {
    if (route !== undefined || text !== undefined) {
      const isThere = route === undefined ? texts.includes(text ?? '') : routes.includes(route);
      if (!isThere) difference.gone.push(`${route === undefined ? text : `the route ${route}`}: ${what}`);
      continue;
    }
    const found =
      value !== undefined
        ? values.filter((each) => each.name === value).map((each) => JSON.stringify(each.value))
        : functions.filter((each) => each.name === name).flatMap(({ expressions }) => expressions);
    const wanted = value !== undefined ? JSON.stringify(expected) : String(expected);
    const subject = value ?? `${name}()`;
    if (found.length === 0) difference.gone.push(`${subject}: ${what}`);
    else if (!found.includes(wanted)) {
      difference.changed.push(`${subject} is ${list(found)}, was ${wanted}: ${what}`);
    }
  }
  return difference;
}

/**
 * Whether a package has a newer minor release than the newest known one.
 * @param {string} version
 * @param {string | undefined} newest as `major.minor`; undefined if none is kept
 * @returns {Difference}
 */
export function compareRelease(version, newest) {
  const numbers = (/** @type {string} */ text) => text.split('.', 2).map(Number);
  const [[major = 0, minor = 0], [knownMajor = 0, knownMinor = 0]] = [numbers(version), numbers(newest ?? version)];
  const isNewer = major > knownMajor || (major === knownMajor && minor > knownMinor);
  const changed = isNewer ? [`${version} is newer than ${newest}, the newest in src/shared/knownReleases.ts`] : [];
  return { gone: [], changed, added: [] };
}

/**
 * Names that the catalog reads against a list of names without types.
 * @param {readonly Row[]} rows
 * @param {ReadonlySet<string>} names
 * @param {Readonly<Record<string, string>>} older
 * @returns {Difference}
 */
export function compareNames(rows, names, older) {
  const families = [...names].map((name) => ({
    name,
    type: /** @type {const} */ ('unknown'),
    labels: ['*'],
    path: '',
  }));
  return { ...compareFamilies({ rows, families, older, leftOut: [[/./, 'names only']] }), added: [] };
}
