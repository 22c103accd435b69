/** Tells whether no one has been found for a while, not just in one image. */

/** ms of images without people. */
const LONG_ENOUGH = 1000;

export class Absence {
  private since: number | null = null;

  /**
   * Add an image's number of people and time (ms); return whether no one has been found for a
   * while.
   */
  note(people: number, at: number): boolean {
    if (people > 0) {
      this.since = null;
      return false;
    }
    this.since ??= at;
    return at - this.since >= LONG_ENOUGH;
  }

  forget(): void {
    this.since = null;
  }
}
