/** Bands of the timeline. */
import assert from 'node:assert/strict';
import { bandTexts, lanesOf } from '../../../webview/bands';

describe('The bands of the timeline', () => {
  const engine = (index: number): { id: string; name: string } => ({ id: `w${index}`, name: `engine ${index}` });
  const bands = [
    { kind: 'state', engine: engine(10), from: 5, label: 'dead' } as const,
    { kind: 'state', engine: engine(2), from: 0, to: 4, label: 'asleep' } as const,
    { kind: 'phase', from: 1, label: 'constructor' } as const,
    { kind: 'reset', engine: engine(2), from: 90_000, label: 'restarted' } as const,
  ];

  it('are in lanes: phases first, then engines by number', () => {
    assert.deepEqual(
      lanesOf(bands, 0, 100_000).map(({ name }) => name),
      ['phase', 'engine 2', 'engine 10'],
    );
    assert.deepEqual(
      lanesOf(bands, 10, 50).map(({ name }) => name),
      ['phase', 'engine 10'],
    );
  });

  it('are described at a time', () => {
    assert.deepEqual(bandTexts(lanesOf(bands, 0, 100_000), 3), ['phase constructor', 'engine 2 asleep']);
    assert.deepEqual(bandTexts(lanesOf(bands, 0, 100_000), 95_000), [
      'phase constructor',
      'engine 2 restarted',
      'engine 10 dead',
    ]);
  });
});
