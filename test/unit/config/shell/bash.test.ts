/** Compares what the reader makes of scripts with what bash itself passes to the program, key by key. */
import { strict as assert } from 'node:assert';
import { noteOfWord } from '../../../../src/config/shell/lookUp';
import { findCandidates, programOf } from '../../../../src/config/shell/chooseCommand';
import { overrideOf } from '../../../../src/config/shell/overrideWords';
import { readScript } from '../../../../src/config/shell/script';
import { exactText } from '../../../../src/config/mappedText';
import { createFileText } from '../../../../src/config/sourceText';
import { skip } from '../../../vscode/skip';
import { createRecorder, findBash, type Recorder } from './recordCommands';
import { scripts } from './scripts';

interface Override {
  text: string;
  isUnresolved: boolean;
}

/** The overrides that the reader finds, by key; the last one of a key counts. */
async function readOverrides(script: string): Promise<{ program: string; overrides: Map<string, Override> }> {
  const file = createFileText(script);
  const reading = await readScript({
    text: exactText(script, 0),
    fileText: script,
    rangeAt: file.rangeAt,
    environment: {},
  });
  const [chosen] = findCandidates(reading, file);
  assert.ok(chosen, 'no command with overrides was found');
  const overrides = new Map<string, Override>();
  for (const word of chosen.words) {
    const override = overrideOf(word.value.text);
    if (!override) continue;
    const isUnresolved = noteOfWord(word)?.unresolvedReason !== undefined;
    overrides.set(override.key, { text: word.value.text.slice(override.valueAt), isUnresolved });
  }
  return { program: programOf(chosen, file), overrides };
}

/** The overrides of each recorded command of that program that has some of the engines. */
function recordedOverrides(commands: readonly string[][], program: string): Map<string, string>[] {
  const own = commands.filter((words) => words.includes(program) && words.some((word) => /^\+*generator\./.test(word)));
  return own.map((words) => {
    const found = words.flatMap((word): [string, string][] => {
      const override = overrideOf(word);
      return override ? [[override.key, word.slice(override.valueAt)]] : [];
    });
    return new Map(found);
  });
}

describe('config: scripts as bash runs them', function () {
  const bash = findBash();
  let recorder: Recorder | undefined;
  before(function () {
    // Windows comes without bash.
    if (bash === undefined) return skip(this, 'no bash in /bin or /usr/bin');
    recorder = createRecorder(bash);
  });
  after(() => recorder?.dispose());

  for (const { title, script, unresolved = [] } of scripts) {
    it(`reads ${title}`, async () => {
      assert.ok(recorder);
      const { program, overrides } = await readOverrides(script);
      const runs = recordedOverrides(recorder.run(script), program);
      assert.ok(runs.length > 0, `bash started no ${program} with overrides`);
      const expected = new Map<string, string>();
      for (const run of runs) for (const [key, text] of run) expected.set(key, text);
      const short = (key: string): string => key.replace('generator.inference_engine.', '');
      const notKnown = [...overrides].filter(([, { isUnresolved }]) => isUnresolved).map(([key]) => short(key));
      assert.deepEqual(notKnown.sort(), [...unresolved].sort(), 'unresolved keys');
      const known = (from: Iterable<readonly [string, string]>): Record<string, string> =>
        Object.fromEntries([...from].filter(([key]) => !unresolved.includes(short(key))).sort());
      assert.deepEqual(known([...overrides].map(([key, { text }]) => [key, text] as const)), known(expected));
      for (const run of runs.filter((each) => each !== expected))
        for (const [key, text] of run)
          if (!unresolved.includes(short(key))) assert.equal(text, expected.get(key), `${key} differs from run to run`);
    });
  }
});
