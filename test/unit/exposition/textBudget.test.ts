import { strict as assert } from 'node:assert';
import { ExpositionReader } from '../../../src/exposition/expositionReader';
import { TextBudget } from '../../../src/exposition/textBudget';
import { feed, groupText } from './readerHelpers';

const body = `m{engine="a"} 1\n${'# long '.repeat(200)}\n`;
const newReader = (budget: TextBudget): ExpositionReader<string> =>
  new ExpositionReader(() => true, groupText, undefined, budget);

describe('TextBudget', () => {
  it('counts the text of a reader as long as it is used, whatever became of its expositions', () => {
    const budget = new TextBudget(body.length);
    const reader = newReader(budget);
    feed(reader, body);
    assert.ok(!budget.hasRoom);
    feed(reader, 'm{engine="a"} 1\n');
    assert.ok(budget.hasRoom);
    reader.begin();
    reader.feed(Buffer.from(body));
    assert.ok(!budget.hasRoom);
    reader.abandon();
    assert.ok(budget.hasRoom);
    feed(reader, body);
    reader.dispose();
    assert.ok(budget.hasRoom);
  });

  it('is shared: what comes after it is full is held as values, and read the same', () => {
    const budget = new TextBudget(body.length);
    const readers = [newReader(budget), newReader(budget)] as const;
    const labels = `x="${'y'.repeat(500)}"`;
    const lines = Array.from({ length: 50 }, (_, index) => `m{engine="${index % 2}",${labels},le="${index}"} 1\n`);
    feed(readers[0], body + lines.join(''));
    const before = readers[1].bodyBytes;
    for (const end of ['', 'n 1\n']) {
      assert.equal(feed(readers[1], lines.join('') + end).series.length, 50 + end.length / 4);
      assert.equal(Buffer.from(readers[1].lastBody).toString(), lines.join('') + end);
    }
    assert.ok(readers[1].bodyBytes - before < 50 * 400, `${readers[1].bodyBytes} bytes`);
  });
});
