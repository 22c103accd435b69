/** The way that frames go; `why`, part of a sentence, says why they do not go directly. */
export type Way = { kind: "direct" } | { kind: "jupyter"; why: string };
