import type { Filter } from '../../../shared/query/filter.ts';
import { FIELD_PROPERTY } from '../../state/question-parts.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';

/** Whom a page is about. A practice's partners are its masters, a master's the practices led. */
export interface Subject {
  kind: 'practice' | 'master';
  id: string;
  name: string;
  /** Filter that its page sets by itself. */
  own: Filter[];
}

export type PartnerKind = Subject['kind'];

export const partnerOf = (kind: Subject['kind']): PartnerKind =>
  kind === 'practice' ? 'master' : 'practice';

const listOf = (kind: Subject['kind'], environment: EnvironmentInfo): { id: string; name: string }[] =>
  kind === 'practice' ? environment.practices : environment.masters;

/** What the catalogue knows under the id; an id that only events know stands for itself. */
export function subjectOf(kind: Subject['kind'], id: string, environment: EnvironmentInfo): Subject {
  const found = listOf(kind, environment).find((each) => each.id === id);
  return {
    kind,
    id,
    name: found?.name ?? id,
    own: [{ property: FIELD_PROPERTY[kind], op: 'is', value: [id] }],
  };
}

export const knownSubjects = (kind: Subject['kind'], environment: EnvironmentInfo) =>
  listOf(kind, environment).toSorted((a, b) => a.name.localeCompare(b.name, 'en'));

export const isKnown = ({ kind, id }: Subject, environment: EnvironmentInfo): boolean =>
  listOf(kind, environment).some((each) => each.id === id);
