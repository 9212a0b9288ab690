const MOST_MEMBERS = 10_000;

/** Ids in text order, where the question asks for them. */
export const membersIf = (asked: boolean | undefined, ids: Iterable<string>): { members?: string[] } =>
  asked ? { members: listed(ids) } : {};

export const listed = (ids: Iterable<string>): string[] => [...new Set(ids)].sort().slice(0, MOST_MEMBERS);
