/** Tests of what a release changes, and of what keeps one from being made. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAudit } from '../../../scripts/lib/audit.mjs';
import { changelogProblem, changelogSection } from '../../../scripts/lib/changelog.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { raised, versionedFiles, versionProblem } from '../../../scripts/lib/release.mjs';

const files = Object.fromEntries(versionedFiles.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const { version: current } = JSON.parse(files['package.json'] ?? '') as { version: string };
const changelog =
  '# Changelog\n\n## [1.3.0] - unreleased\n\n- A thing.\n\n## [1.2.0] - 2026-01-31\n\n## [1.1.0] - soon\n\n- x\n';

describe('a release', () => {
  it('raises the version wherever this repository writes it, and nothing else', () => {
    const changed = raised(files, { version: '99.98.97', date: '2026-12-01' });
    for (const file of ['package.json', 'package-lock.json', 'README.md']) {
      assert.equal(changed[file]?.replaceAll('99.98.97', current), files[file], file);
      assert.match(changed[file] ?? '', /99\.98\.97/, file);
    }
    const lock = JSON.parse(changed['package-lock.json'] ?? '') as {
      version: string;
      packages: Record<string, { version: string }>;
    };
    assert.deepEqual([lock.version, lock.packages['']?.version], ['99.98.97', '99.98.97']);
    assert.match(changed['README.md'] ?? '', /skyrl-metrics-99\.98\.97\.vsix/);
  });

  it('dates the changelog, once', () => {
    const dated = raised({ ...files, 'CHANGELOG.md': changelog }, { version: '1.3.0', date: '2026-12-01' })[
      'CHANGELOG.md'
    ];
    assert.equal(dated, changelog.replace('1.3.0] - unreleased', '1.3.0] - 2026-12-01'));
    const again = raised({ ...files, 'CHANGELOG.md': dated ?? '' }, { version: '1.3.0', date: '2026-12-24' });
    assert.equal(again['CHANGELOG.md'], dated);
  });

  it('is not made of a version that is none, is older, has a tag, or is not in the changelog', () => {
    const state = { version: '1.3.0', current: '1.2.10', tags: ['v1.2.0'], changelog };
    assert.equal(versionProblem(state), undefined);
    assert.equal(versionProblem({ ...state, current: '1.3.0' }), undefined, 'raised by hand, and not released');
    for (const [change, problem] of [
      [{ version: '1.3' }, /no version such as/],
      [{ version: 'v1.3.0' }, /no version such as/],
      [{ current: '1.10.0' }, /older than 1\.10\.0/],
      [{ tags: ['v1.3.0'] }, /has a tag/],
      [{ version: '1.4.0' }, /no heading for 1\.4\.0/],
      [{ version: '1.2.0', current: '1.1.0', tags: [] }, /says nothing about 1\.2\.0/],
    ] as const)
      assert.match(versionProblem({ ...state, ...change }) ?? '', problem);
  });

  it('is packaged for its tag only with a date in the changelog', () => {
    assert.match(changelogProblem(changelog, '1.3.0') ?? '', /unreleased/);
    assert.match(changelogProblem(changelog, '1.1.0') ?? '', /no date/);
    assert.equal(changelogProblem(changelog.replace('unreleased', '2026-12-01'), '1.3.0'), undefined);
  });

  it('waits for npm audit, whose answer may be a list or a reason', () => {
    assert.deepEqual(readAudit('{"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0}}}', ''), {
      problems: 0,
      summary: '',
    });
    const found = '{"vulnerabilities":{"left":{},"right":{}},"metadata":{"vulnerabilities":{"total":2}}}';
    assert.deepEqual(readAudit(found, 'npm audit failed'), { problems: 2, summary: 'left, right' });
    assert.deepEqual(readAudit('{"message":"405 Method Not Allowed"}', 'x'), { reason: '405 Method Not Allowed' });
    assert.deepEqual(readAudit('', 'npm audit failed: no network'), { reason: 'npm audit failed: no network' });
  });

  it('of this version has words for users in the changelog: about twenty lines, by capability', () => {
    const { text = '' } = changelogSection(files['CHANGELOG.md'] ?? '', current) ?? {};
    const entries = text.match(/^- /gm)?.length ?? 0;
    assert.ok(entries > 0 && entries <= 24, `${entries} entries`);
  });
});
