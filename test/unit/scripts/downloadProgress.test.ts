/** What is read from the output of package managers while they download. */
import assert from 'node:assert/strict';
import { aptProgress } from '../../../scripts/lib/debian.mjs';
import { pipProgress } from '../../../scripts/lib/python.mjs';

function read(progress: (report: (detail: string) => void) => (text: string) => void, ...chunks: string[]): string[] {
  const details: string[] = [];
  const take = progress((detail) => details.push(detail));
  chunks.forEach(take);
  return details;
}

describe('the progress of a download', () => {
  it('by apt-get is a share of the size that it names, then of the installation', () => {
    const details = read(
      aptProgress,
      'Reading package lists...\nNeed to get 81.2 MB of archives.\n',
      'dlstatus:1:0.0000:Retrieving file 1 of 3\ndlstatus:1:12.5183:Retrieving file 1 of 3\n',
      'Get:1 chromium [81.2 MB]\n',
      'dlstatus:3:100.0000:Retrieving file 3 of 3 (1min 2s remaining)\n',
      'pmstatus:chromium:62.5000:Unpacking chromium (amd64)\n',
    );
    assert.deepEqual(details, ['13 % of 81.2 MB', '100 % of 81.2 MB', '81.2 MB, unpacking: 63 %']);
  });

  it('by apt-get says so if the size is not known', () => {
    assert.deepEqual(read(aptProgress, 'dlstatus:1:50.0:Retrieving file 1 of 1\n'), ['50 % of unknown size']);
  });

  it('by pip adds up the sizes of the files', () => {
    const details = read(
      pipProgress,
      'Collecting ray\n  Downloading ray-2.57.0-cp311-manylinux2014_x86_64.whl (72.1 MB)\n',
      'Collecting aiohttp\n  Using cached aiohttp-3.14-cp311.whl (1.7 MB)\n  Downloading idna-3.11-py3-none-any.whl (900 kB)\n',
      'Installing collected packages: ray, aiohttp, idna\n',
    );
    assert.deepEqual(details, ['72 MB', '74 MB', '75 MB', '75 MB, unpacking']);
  });
});
