/** Tests of versions: which release each belongs to, their order, and what is said about those that are not known. */
import { strict as assert } from 'node:assert';
import { describeUnknownVersion, describeUnknownVersions, newestKnown } from '../../../src/shared/knownReleases';
import { compareReleases, isOlderRelease, releaseOf } from '../../../src/shared/version';

describe('the release of a version', () => {
  const releases: readonly (readonly [version: string, release: string | undefined])[] = [
    ['0.33.0', '0.33'],
    ['0.33.1+cu130', '0.33'],
    ['2.61.0.dev0', '2.61'],
    ['2.57.0rc1', '2.57'],
    ['0.11.1rc2.dev12+g1a2b3c4.d20261130', '0.11'],
    ['v0.33.0', '0.33'],
    ['1!2.0.post1', '2.0'],
    ['3', '3.0'],
    [' 2.60.0\n', '2.60'],
    ['', undefined],
    ['dev', undefined],
    ['2.x', undefined],
    ['main-3fa94b1', undefined],
    ['{{SESSION_VERSION}}', undefined],
  ];
  for (const [version, release] of releases) {
    it(`${JSON.stringify(version)}: ${release ?? 'none'}`, () => assert.equal(releaseOf(version), release));
  }

  it('is none where there is no version', () => assert.equal(releaseOf(undefined), undefined));

  it('orders versions by number, whatever they are of a release', () => {
    const versions = ['0.33.0', '0.9.2', '2.60.1', 'unknown', '0.10.0', '0.9.0'];
    assert.deepEqual([...versions].sort(compareReleases), ['unknown', '0.9.2', '0.9.0', '0.10.0', '0.33.0', '2.60.1']);
    assert.equal(compareReleases('2.57.0.dev0', '2.57.1'), 0);
  });

  it('is older only where it is known to be', () => {
    assert.deepEqual(
      [isOlderRelease('0.9.2', '0.10'), isOlderRelease('0.10.0rc1', '0.10'), isOlderRelease('unknown', '0.10')],
      [true, false, false],
    );
  });
});

describe('a version that is not known', () => {
  it('is said to be read like the newest known release', () => {
    assert.equal(
      describeUnknownVersion('Ray', '2.99.0'),
      'Ray 2.99.0 is newer than 2.60, the newest release this extension knows: it is read like 2.60.',
    );
    assert.match(describeUnknownVersion('vLLM', '0.50.0+cu140') ?? '', /^vLLM 0\.50\.0\+cu140 is newer than 0\.33,/);
    assert.match(describeUnknownVersion('Ray', '3.0.0.dev0') ?? '', /read like 2\.60\.$/);
  });

  it('is said to be none where it is none', () => {
    assert.equal(describeUnknownVersion('Ray', 'nightly'), 'Ray reports "nightly", which is not a version.');
  });

  it('is said once, however many servers report it', () => {
    const versions = { Ray: ['2.99.0'], vLLM: ['0.50.0', '0.33.0', undefined, '0.50.0'], SkyRL: [undefined] };
    assert.deepEqual(
      describeUnknownVersions(versions).map((text) => text.split(' is ')[0]),
      ['Ray 2.99.0', 'vLLM 0.50.0'],
    );
  });

  it('is not mentioned where it is known or absent', () => {
    for (const version of ['2.60.0', '2.60.3', '2.51.1', '2.60.0.dev0', '', undefined])
      assert.equal(describeUnknownVersion('Ray', version), undefined);
    for (const name of ['Ray', 'vLLM', 'SkyRL'] as const)
      assert.equal(describeUnknownVersion(name, newestKnown[name]), undefined);
  });
});
