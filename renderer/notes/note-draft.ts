import { z } from 'zod';
import { STATUSES } from '../../shared/annotations/operation.ts';

/** What is typed and not saved yet. Its operation has an id already: saved twice it is one note. */
const NoteDraft = z.object({
  opId: z.string(),
  title: z.string(),
  body: z.string(),
  tags: z.array(z.string()),
  status: z.enum(STATUSES),
});
export type NoteDraft = z.infer<typeof NoteDraft>;

const KEY = 'tidemark.noteDraft';

export const emptyDraft = (): NoteDraft => ({
  opId: crypto.randomUUID(),
  title: '',
  body: '',
  tags: [],
  status: 'note',
});

export function keepDraft(draft: NoteDraft): NoteDraft {
  if (draft.title === '' && draft.body === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(draft));
  return draft;
}

export function keptDraft(): NoteDraft {
  const text = localStorage.getItem(KEY);
  if (text === null) return emptyDraft();
  try {
    return NoteDraft.parse(JSON.parse(text));
  } catch {
    return emptyDraft(); // written by another version
  }
}
