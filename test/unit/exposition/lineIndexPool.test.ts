import { strict as assert } from 'node:assert';
import { LineIndex } from '../../../src/exposition/lineIndex';
import { acquireLineIndex, maxPooledBytes, pooledBytes, releaseLineIndex } from '../../../src/exposition/lineIndexPool';

describe('the pool of line indexes', () => {
  it('gives a released index to responses that have a few lines more or less', () => {
    const first = acquireLineIndex(6_400, 0);
    releaseLineIndex(first);
    const longer = acquireLineIndex(6_440, 0);
    assert.ok(longer === first);
    releaseLineIndex(longer);
    assert.ok(acquireLineIndex(6_380, 0) === first);
  });

  it('drops indexes that fit no response, so that those that fit are kept', () => {
    // More indexes than the pool holds, of a size that no response has.
    for (let count = 0; count < 200; count += 1) releaseLineIndex(new LineIndex(3_001));
    const fitting = acquireLineIndex(50_000, 0);
    releaseLineIndex(fitting);
    assert.ok(acquireLineIndex(50_000, 0) === fitting);
  });

  it('does not give a large index to a response that is far shorter', () => {
    const large = acquireLineIndex(60_000, 0);
    releaseLineIndex(large);
    assert.ok(acquireLineIndex(700, 0) !== large);
  });

  it('holds no more than its memory, with the texts, however many indexes are released', () => {
    const indexes = Array.from({ length: 40 }, () => new LineIndex(8_000));
    for (const index of indexes) {
      index.text.reserve(200_000);
      releaseLineIndex(index);
    }
    assert.ok(indexes.every(({ memoryBytes }) => memoryBytes > 8_000 * 22 + 200_000));
    assert.ok(pooledBytes() <= maxPooledBytes, `${pooledBytes()} bytes`);
  });

  it('keeps all indexes of 16 responses of ten engines that are held whole', () => {
    const ofResponse = (): LineIndex => acquireLineIndex(2_000, 650_000);
    const first = Array.from({ length: 16 }, ofResponse);
    first.forEach(releaseLineIndex);
    const second = new Set(Array.from({ length: 16 }, ofResponse));
    assert.ok(first.every((index) => second.has(index)));
    second.forEach(releaseLineIndex);
  });

  it('keeps no index of which it could keep only one', () => {
    const kept = acquireLineIndex(20_000, 0);
    releaseLineIndex(kept);
    releaseLineIndex(new LineIndex(maxPooledBytes / 20));
    assert.ok(acquireLineIndex(20_000, 0) === kept);
  });
});
