/** What several displays ask for, and get done at the same time. */

interface Member {
  act(): void;
  requested: boolean;
}

export class Together {
  private readonly members = new Set<Member>();

  /** @param soon called with each request; it has `act` called */
  constructor(private readonly soon: () => void) {}

  /** Return what requests an action, until the signal ends it. */
  join(act: () => void, signal: AbortSignal): () => void {
    const { members, soon } = this;
    const member: Member = { act, requested: false };
    members.add(member);
    signal.addEventListener("abort", () => members.delete(member));
    return () => {
      member.requested = true;
      soon();
    };
  }

  /** Do what was requested. */
  act(): void {
    for (const member of this.members) {
      if (!member.requested) continue;
      member.requested = false;
      try {
        member.act();
      } catch (error) {
        // The others get theirs all the same.
        reportError(error);
      }
    }
  }
}
