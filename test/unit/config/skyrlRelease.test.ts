/** Tests of which release of SkyRL is in use, by the files of a project. */
import { strict as assert } from 'node:assert';
import { skyrlRelease, type ReleaseFiles } from '../../../src/config/skyrlRelease';

/** `release, version, source` in one line. */
function found(files: ReleaseFiles): string | undefined {
  const release = skyrlRelease(files);
  return release && `${release.release}, ${release.version}, ${release.source}`;
}

const metadata =
  'Metadata-Version: 2.4\nName: skyrl\nVersion: 0.4.0\nRequires-Dist: x\n\nVersion: 9.9 is in the text\n';
const uvLock = `version = 1
[[package]]
name = "skyrl-gym"
version = "9.9.0"

[[package]]
name = "skyrl"
version = "0.3.0"
source = { registry = "an index" }
dependencies = [
    { name = "ray", marker = "sys_platform == 'linux'" },
]

[package.optional-dependencies]
fsdp = [{ name = "vllm" }]

[[package]]
name = "torch"
version = "2.12.0"
`;

describe('the release of SkyRL that a project uses', () => {
  it('is what is installed, else what is locked, else what is asked for', () => {
    const pyproject = '[project]\nname = "mine"\ndependencies = ["skyrl==0.2.0"]\n';
    assert.equal(found({ metadata, uvLock, pyproject }), '0.4, 0.4.0, the package in .venv');
    assert.equal(found({ uvLock, pyproject }), '0.3, 0.3.0, uv.lock');
    assert.equal(found({ pyproject }), '0.2, ==0.2.0, pyproject.toml');
    assert.equal(found({}), undefined);
  });

  it('is read from files with the line ends of Windows', () => {
    const windows = (text: string): string => text.replaceAll('\n', '\r\n');
    assert.equal(found({ metadata: windows(metadata) }), '0.4, 0.4.0, the package in .venv');
    assert.equal(found({ uvLock: windows(uvLock) }), '0.3, 0.3.0, uv.lock');
  });

  it('is the nearest known release for a version that is not known', () => {
    const installed = (version: string): string | undefined => found({ metadata: `Version: ${version}\n` });
    assert.equal(installed('0.50.0'), '0.4, 0.50.0, the package in .venv');
    assert.equal(installed('0.4.1.dev3+g12ab'), '0.4, 0.4.1.dev3+g12ab, the package in .venv');
    assert.equal(installed('0.0.1'), '0.1, 0.0.1, the package in .venv');
    assert.equal(installed('main'), undefined);
  });

  const projects: readonly (readonly [title: string, pyproject: string, expected: string | undefined])[] = [
    ['SkyRL’s own checkout', '[project]\nname = "skyrl"\nversion = "0.3.1"\n', '0.3, 0.3.1, pyproject.toml'],
    ['its checkout with a version made at build time', '[project]\nname = "skyrl"\ndynamic = ["version"]\n', undefined],
    [
      'a range',
      '[project]\ndependencies = ["numpy", "skyrl[fsdp] >=0.2,<0.4 ; python_version > \'3.11\'"]',
      '0.3, >=0.2,<0.4, pyproject.toml',
    ],
    ['a lower bound: the newest known', '[project]\ndependencies = ["SkyRL>=0.3"]', '0.4, >=0.3, pyproject.toml'],
    ['a patch release', '[project]\ndependencies = ["skyrl~=0.3.2"]', '0.3, ~=0.3.2, pyproject.toml'],
    ['a release that is not known yet', '[project]\ndependencies = ["skyrl==0.50.0"]', '0.4, ==0.50.0, pyproject.toml'],
    [
      'an optional dependency',
      '[project.optional-dependencies]\nrl = ["skyrl==0.1.0"]',
      '0.1, ==0.1.0, pyproject.toml',
    ],
    [
      'a dependency group',
      '[dependency-groups]\nrl = [{ include-group = "x" }, "skyrl==0.2.*"]',
      '0.2, ==0.2.*, pyproject.toml',
    ],
    [
      'a tag of its repository',
      '[project]\ndependencies = ["skyrl"]\n[tool.uv.sources]\nskyrl = { git = "https://example.org/x", tag = "skyrl-v0.3.0" }',
      '0.3, 0.3.0, pyproject.toml',
    ],
    [
      'Poetry',
      '[tool.poetry.dependencies]\nskyrl = { version = "==0.3.0", extras = ["fsdp"] }',
      '0.3, ==0.3.0, pyproject.toml',
    ],
    ['no version', '[project]\ndependencies = ["skyrl"]', undefined],
    ['an address', '[project]\ndependencies = ["skyrl @ git+https://example.org/x@v0.3.0"]', undefined],
    ['another package', '[project]\ndependencies = ["skyrl-gym==0.2.0", "skyrlx==0.1"]', undefined],
    ['a file that is being edited', '[project\ndependencies = ["skyrl==0.3.0"', undefined],
    ['values of other types', '[project]\nname = 3\ndependencies = "skyrl==0.3.0"\n', undefined],
  ];
  for (const [title, pyproject, expected] of projects) {
    it(`pyproject.toml: ${title}`, () => assert.equal(found({ pyproject }), expected));
  }

  it('is not told by lock files without SkyRL', () => {
    assert.equal(found({ uvLock: uvLock.replace('"skyrl"', '"skyrl-agent"') }), undefined);
    assert.equal(found({ uvLock: '' }), undefined);
    assert.equal(found({ uvLock: '[[package]]\nname = "skyrl"\nversion = 3\n' }), undefined);
  });
});
