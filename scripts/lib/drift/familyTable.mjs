/** The list of vLLM's families by release, `test/fixtures/vllm-families/RELEASE.tsv`: name, type, labels and the file that declares it. */

/** @typedef {import('./facts.mjs').Family} Family */

/** vLLM's own prefix, and the labels that every engine's series have. */
export const familyRequest = { prefix: 'vllm:', baseLabels: ['model_name', 'engine'] };

/**
 * @param {string} version
 * @param {readonly Family[]} families
 */
export function writeFamilies(version, families) {
  const head = [
    `# Metric families that vLLM ${version} declares, read from its wheel by npm run schema.`,
    '# Name (counters without _total), type, labels (* is only known at run time), file in the wheel.',
  ];
  const lines = families.map(({ name, type, labels, path }) => [name, type, labels.join(','), path].join('\t'));
  return `${[...head, ...lines].join('\n')}\n`;
}
