/** The run that a person chose on a cluster that several runs share, remembered for the workspace. */
import type { Memento } from 'vscode';

const storageKey = 'skyrl.run';

/** As stored. Ray counts jobs anew in each session, so a job counts only together with its session. */
interface StoredRun {
  session: string | undefined;
  job: string;
}

/** Stores the choice in the workspace. */
export class ChosenRun {
  constructor(private readonly memento: Memento) {}

  /** The chosen job; undefined if none is chosen, or if it is of another Ray session. */
  job(session: string | undefined): string | undefined {
    const stored = this.memento.get<StoredRun>(storageKey);
    return stored && (session === undefined || stored.session === session) ? stored.job : undefined;
  }

  /** Remembers a job of this Ray session; undefined forgets the choice. */
  async choose(job: string | undefined, session: string | undefined): Promise<void> {
    await this.memento.update(storageKey, job === undefined ? undefined : ({ session, job } satisfies StoredRun));
  }
}
