/** A problem with a source, with a message for users. */
export class SourceError extends Error {}

/** What to say of an error that ended a source or kept it from opening. */
export function problemOf(error: unknown): string {
  return error instanceof SourceError
    ? error.message
    : `The source could not be started (${String(error)}). Press Start to try again.`;
}
