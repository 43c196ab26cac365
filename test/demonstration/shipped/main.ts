/** Writes the recording that ships with the extension into the file that its argument names. */
import { writeFileSync } from 'node:fs';
import { compressBundle, recordRun } from './recordRun';

const bytes = compressBundle(recordRun());
writeFileSync(process.argv[2] ?? '', bytes);
process.stdout.write(`${bytes.length}\n`);
