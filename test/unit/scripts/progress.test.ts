/** What people see of running steps, on a terminal and elsewhere. */
import assert from 'node:assert/strict';
import { Board, roundTime } from '../../../scripts/lib/progress.mjs';

/** A board whose clock and output are the test's. */
function fakeBoard(columns: number | undefined) {
  const written: string[] = [];
  let now = 0;
  const board = new Board({ write: (text) => written.push(text), columns }, () => now);
  /** Lets that many seconds pass, with a refresh after each. */
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      now += 1000;
      board.refresh();
    }
  };
  return { board, pass, take: (): string => written.splice(0).join('') };
}

describe('the progress of steps', () => {
  it('is a line when a step begins and one line a minute for all of them, where lines cannot be updated', () => {
    const { board, pass, take } = fakeBoard(undefined);
    const first = board.begin('Installing chromium');
    pass(1);
    assert.equal(take(), 'Installing chromium …\n');
    const second = board.begin('unit');
    pass(58);
    assert.equal(take(), 'unit …\n');
    first.detail = '24 % of 81 MB';
    pass(1);
    assert.equal(take(), 'Installing chromium … 1 min 0 s, 24 % of 81 MB; unit … 59 s\n');
    pass(59);
    assert.equal(take(), '');
    board.end(first);
    pass(1);
    assert.equal(take(), 'unit … 1 min 59 s\n');
    board.end(second);
    board.print('unit: 3 passed');
    assert.equal(take(), 'unit: 3 passed\n');
  });

  it('is one updated line for each step on a terminal, below the lines that stay', () => {
    const { board, pass, take } = fakeBoard(80);
    const first = board.begin('e2e');
    const second = board.begin('ray');
    pass(2);
    take();
    pass(1);
    assert.equal(take(), '\u001b[2A\u001b[Je2e … 3 s\nray … 3 s\n');
    board.print('build: 1 passed');
    assert.equal(take(), '\u001b[2A\u001b[Jbuild: 1 passed\ne2e … 3 s\nray … 3 s\n');
    board.end(first);
    assert.equal(take(), '\u001b[2A\u001b[Jray … 3 s\n');
    board.end(second);
    assert.equal(take(), '\u001b[1A\u001b[J');
  });

  it('never wraps a line, which would take more rows than are erased', () => {
    const { board, pass, take } = fakeBoard(40);
    const step = board.begin('A title that is longer than the terminal is wide');
    pass(1);
    assert.equal(take(), 'A title that is longer than the termina\n');
    board.end(step);
  });

  it('is nothing for a quick step', () => {
    for (const columns of [undefined, 80]) {
      const { board, take } = fakeBoard(columns);
      const step = board.begin('Building');
      board.refresh();
      board.end(step);
      assert.equal(take(), '');
    }
  });

  it('names a time by minutes and seconds', () => {
    assert.deepEqual([999, 59_999, 60_000, 125_400].map(roundTime), ['0 s', '59 s', '1 min 0 s', '2 min 5 s']);
  });
});
