/** Reads each package's newest sources and compares them with what this project claims of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { rowsOf } from './catalog.mjs';
import { compareClaims, compareFamilies, compareFields, compareNames, merge } from './compare.mjs';
import { readFacts } from './facts.mjs';
import { familyRequest } from './familyTable.mjs';
import { leftOutOfRay, leftOutOfVllm, olderFamilies } from './knownDifferences.mjs';
import { claimRequest, dynamoClaims, rayClaims, skyrlClaims } from './packages.mjs';
import { configRequest, newestFields } from './schemaTable.mjs';

/** @typedef {import('./compare.mjs').Difference} Difference */
/** @typedef {import('./compare.mjs').Row} Row */
/** @typedef {{ python: string, folder: string, rows: readonly Row[] }} Input */
/** @typedef {{ difference: Difference, notes: string[] }} Comparison `notes`: what could not be read or was not looked at */

/** @param {import('./facts.mjs').Facts} facts */
const notesOf = ({ unreadable }) => unreadable.map(({ path, reason }) => `${path} cannot be parsed: ${reason}`);

/** @param {Input} input @returns {Promise<Comparison>} */
async function vllm({ python, folder, rows }) {
  const facts = await readFacts(python, folder, { families: familyRequest });
  const families = (facts.families ?? []).map((family) => ({ ...family, name: family.name.replace(/^vllm:/, '') }));
  const difference = compareFamilies({
    rows: rowsOf(rows, 'vllm'),
    families,
    older: olderFamilies,
    leftOut: leftOutOfVllm,
  });
  const unknown = families
    .filter(({ type }) => type === 'unknown')
    .map(({ name }) => `the type of ${name} is not told`);
  return { difference, notes: [...notesOf(facts), ...unknown] };
}

/** @param {Input} input @returns {Promise<Comparison>} */
async function ray({ python, folder, rows }) {
  const request = { ...claimRequest(rayClaims), families: { prefix: 'node_', baseLabels: [] } };
  const facts = await readFacts(python, folder, request);
  // The reporter's gauges are those of nodes; the labels are added where they are set.
  const families = (facts.families ?? [])
    .filter(({ type, path }) => type !== 'unknown' && path.startsWith('ray/dashboard/modules/reporter/'))
    .map((family) => ({ ...family, labels: ['*'] }));
  const metrics = compareFamilies({
    rows: rowsOf(rows, 'node'),
    families,
    older: olderFamilies,
    leftOut: leftOutOfRay,
  });
  return { difference: merge(compareClaims(rayClaims, facts), metrics), notes: notesOf(facts) };
}

/** @param {Input} input @returns {Promise<Comparison>} */
async function skyrl({ python, folder, rows }) {
  const request = { ...claimRequest(skyrlClaims), config: configRequest, strings: 'skyrl_' };
  const facts = await readFacts(python, folder, request);
  const table = JSON.parse(await readFile(join(root, 'src', 'config', 'schema', 'releases.json'), 'utf8'));
  const difference = merge(
    compareFields(newestFields(table), facts.config ?? []),
    compareClaims(skyrlClaims, facts),
    compareNames(rowsOf(rows, 'skyrl'), new Set(facts.strings), olderFamilies),
  );
  return { difference, notes: notesOf(facts) };
}

/** @param {Input} input @returns {Promise<Comparison>} */
async function dynamo({ python, folder }) {
  const facts = await readFacts(python, folder, claimRequest(dynamoClaims));
  return { difference: compareClaims(dynamoClaims, facts), notes: notesOf(facts) };
}

/** Dynamo's metrics are Rust; its runtime's wheel has their names, without types. @param {Input} input @returns {Promise<Comparison>} */
async function dynamoRuntime({ python, folder, rows }) {
  const facts = await readFacts(python, folder, { classes: 'dynamo/prometheus_names.py' });
  const { frontend_service: frontend = {}, name_prefix: prefixes = {}, ...others } = facts.classes ?? {};
  const names = new Set([
    ...withPrefix(prefixes['FRONTEND'], Object.values(frontend)),
    ...withPrefix(
      prefixes['COMPONENT'],
      Object.values(others).flatMap((each) => Object.values(each)),
    ),
  ]);
  const own = [...rowsOf(rows, 'dynamo_frontend'), ...rowsOf(rows, 'dynamo_component')];
  return {
    difference: compareNames(own, names, olderFamilies),
    notes: [...notesOf(facts), 'types and labels are not in its Python sources'],
  };
}

/** @param {string | undefined} prefix @param {readonly string[]} names */
function withPrefix(prefix, names) {
  return names.map((name) => `${prefix}_${name.replace(/_total$/, '')}`);
}

/** The packages in the order of the report; `known`: their name in the list of known releases. */
export const packages = [
  { name: 'vllm', known: 'vLLM', compare: vllm },
  { name: 'ray', known: 'Ray', compare: ray },
  { name: 'skyrl', known: 'SkyRL', compare: skyrl },
  { name: 'ai-dynamo', compare: dynamo },
  { name: 'ai-dynamo-runtime', compare: dynamoRuntime },
];
