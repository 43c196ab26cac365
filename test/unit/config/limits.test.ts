/** The limits of configs that are not counted in steps: read at each limit, and refused with words one above. */
import { strict as assert } from 'node:assert';
import { maxConfigLength } from '../../../src/config/configFormat';
import { maxKeyDepth, maxValues } from '../../../src/config/rawValues';
import { readConfig } from '../../../src/config/readConfig';
import type { ConfigReading } from '../../../src/config/types';
import { engine as e } from './support';

const head = `generator:\n  inference_engine: {num_engines: 4}\n`;
const repeat = (count: number, line: (index: number) => string, separator = '\n'): string =>
  Array.from({ length: count }, (_, index) => line(index)).join(separator);

const read = (text: string, file = 'a.yaml'): Promise<ConfigReading> =>
  readConfig(text, { file: `/w/${file}`, environment: {} });

/** The value of a key, or why it is not known; without a config, its first finding. */
async function outcome(text: string, key: string, file?: string): Promise<unknown> {
  const { config, findings } = await read(text, file);
  const found = config?.values.get(key);
  if (!config) return findings[0]?.message;
  return found?.unresolvedReason ?? found?.value;
}

/** A file at the limit, and what the same with one more says. */
const limits: Readonly<
  Record<string, [key: string, textOf: (more: number) => string, atLimit: unknown, above: RegExp]>
> = {
  'characters of a file': [
    `${e}.num_engines`,
    (more) => `${head}#${'x'.repeat(maxConfigLength - head.length - 1 + more)}`,
    4,
    /over 1,000,000 characters\. Move the config into a file of its own/,
  ],
  'values of a document': [
    `${e}.num_engines`,
    // Two mappings, a number and the list are values, too.
    (more) => `${head}a: [${repeat(maxValues - 4 + more, () => '1', ',')}]\n`,
    4,
    /over 20,000 values/,
  ],
  'values of a document with its aliases': [
    `${e}.num_engines`,
    (more) => `${head}a: &a [${repeat(99, () => '1', ',')}]\nb: [${repeat(198 + more, () => '*a', ',')}]\n`,
    4,
    /over 20,000 values/,
  ],
  'levels of keys': [
    `${e}.num_engines`,
    (more) => `${head}${repeat(maxKeyDepth + 1 + more, (index) => `${' '.repeat(index)}k:`)} 1\n`,
    4,
    /deeper than 64 levels/,
  ],
  'steps of a chain of references': [
    `${e}.num_engines`,
    (more) =>
      `generator: {inference_engine: {num_engines: "\${a0}"}}\n${repeat(98 + more, (index) => `a${index}: "\${a${index + 1}}"`)}\na${98 + more}: 4\n`,
    4,
    /over 100 steps/,
  ],
};

describe('config: limits', () => {
  for (const [what, [key, textOf, atLimit, above]] of Object.entries(limits)) {
    it(`reads as many ${what} as it may, and says of one more that it is too much`, async () => {
      assert.equal(await outcome(textOf(0), key), atLimit);
      assert.match(String(await outcome(textOf(1), key)), above);
    });
  }

  it('copies as many values of mappings as it may, and not one mapping more', async () => {
    const text = (count: number): string =>
      `generator: {inference_engine: {num_engines: 4}, all: "\${m}"}\nx: {${repeat(1000, (index) => `k${index}: 1`, ', ')}}\nm: {${repeat(count, (index) => `m${index}: "\${x}"`, ', ')}}\n`;
    const { config } = await read(text(10));
    assert.equal(config?.values.get('generator.all.m9.k999')?.value, 1);
    for (const count of [99, 100]) {
      const reading = await read(text(count));
      const reasons = [...(reading.config?.values.values() ?? [])].map(({ unresolvedReason = '' }) => unresolvedReason);
      assert.equal(
        reasons.some((reason) => reason.includes('grow too large')),
        count === 100,
        String(count),
      );
    }
  });

  it('reads a sequence of 1,000 numbers, and takes a longer one for unknown', async () => {
    const text = (count: number): string => `A=$(seq ${count})\npython -m main ${e}.num_engines=4 trainer.x="'$A'"\n`;
    const value = async (count: number): Promise<unknown> => {
      const found = (await read(text(count), 'run.sh')).config?.values.get('trainer.x');
      return found?.unresolvedReason === undefined ? String(found?.value).split(/\s+/).length : 'unknown';
    };
    assert.deepEqual([await value(1000), await value(1001)], [1000, 'unknown']);
  });

  it('reads the first 100 documents of a file', async () => {
    const text = (before: number): string => `${repeat(before, () => 'a: 1\n---')}\n${head}`;
    assert.equal(await outcome(text(99), `${e}.num_engines`), 4);
    assert.equal((await read(text(100))).config, undefined);
  });

  it('has at most 100 findings, and 20 of one document’s syntax', async () => {
    const unresolved = (count: number): string =>
      `generator:\n  inference_engine: {num_engines: 4}\n${repeat(count, (index) => `  k${index}: "\${no.such.key}"`)}\n`;
    for (const [count, expected] of [
      [100, 100],
      [101, 100],
    ] as const)
      assert.equal((await read(unresolved(count))).config?.findings.length, expected);
    const broken = (count: number): string => `a: 1\n${repeat(count, () => 'b: "x" y')}\n`;
    assert.equal((await read(broken(20))).findings.length, 20);
    assert.equal((await read(broken(21))).findings.length, 20);
  });
});
