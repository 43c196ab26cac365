/** Errors as text for people. */
import { withoutLinks } from '../../shared/withoutLinks';

/** The message of an error; anything else that was thrown, as text. It may hold untrusted text, and is no link. */
export const errorText = (error: unknown): string =>
  withoutLinks(error instanceof Error ? error.message : String(error));
