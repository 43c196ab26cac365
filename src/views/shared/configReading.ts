/** The thread of this window that reads configs. */
import path from 'node:path';
import { createConfigThread } from '../../config/configThread';
import { systemClock } from '../../shared/clock';

const thread = createConfigThread({ program: path.join(__dirname, 'configWorker.js'), clock: systemClock });

/** As `readConfig`, in the thread. Never rejects. */
export const readConfigText = thread.read;

/** Ends the thread with the window. */
export const endConfigReading = (): void => thread.dispose();
