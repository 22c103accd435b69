/** Whether nobody has been found for a while: a person missed in one picture is not gone. */

/** ms of pictures without anybody. */
const LONG_ENOUGH = 1000;

export class Absence {
  private since: number | null = null;

  /** Note how many people a picture of this time (ms) has; say whether nobody is there. */
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
