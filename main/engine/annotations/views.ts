import type { Annotation } from '../../../shared/annotations/annotation.ts';
import {
  type AnnotationFilter,
  type AnnotationView,
  byNewest,
  matchesFilter,
} from '../../../shared/annotations/view.ts';
import { AppError } from '../../../shared/errors.ts';
import type { NotesStore } from './notes-store.ts';
import { pendingAnnotations } from './outbox.ts';

export function listAnnotations(notes: NotesStore, filter: AnnotationFilter): AnnotationView[] {
  const view = viewer(notes, filter.environment);
  return notes
    .folded(filter.environment)
    .all()
    .map(view)
    .filter((annotation) => matchesFilter(annotation, filter))
    .sort(byNewest);
}

/** Also one that is hidden by a deletion. */
export function getAnnotation(notes: NotesStore, environment: string, annotationId: string): AnnotationView {
  return viewer(notes, environment)(mustFind(notes, environment, annotationId));
}

export function mustFind(notes: NotesStore, environment: string, annotationId: string): Annotation {
  const annotation = notes.folded(environment).get(annotationId);
  if (annotation === undefined) throw new AppError('not-found', 'there is no such annotation');
  return annotation;
}

export interface AnnotationCounts {
  all: number;
  pending: number;
  conflict: number;
  mine: number;
}

/** For the tabs of a panel and the status bar; what is hidden by a deletion counts only while it waits to be sent. */
export const countAnnotations = (notes: NotesStore, environment: string): AnnotationCounts =>
  countsOf(listAnnotations(notes, { environment, withDeleted: true }));

export function countsOf(views: readonly AnnotationView[]): AnnotationCounts {
  const shown = views.filter(({ isHidden }) => !isHidden);
  return {
    all: shown.length,
    pending: views.filter(({ isPending }) => isPending).length,
    conflict: shown.filter(({ hasConflict }) => hasConflict).length,
    mine: shown.filter(({ isMine }) => isMine).length,
  };
}

function viewer(notes: NotesStore, environment: string): (annotation: Annotation) => AnnotationView {
  const pending = pendingAnnotations(notes, environment);
  const { device, author } = notes;
  return (annotation) => {
    const isPending = pending.has(annotation.annotationId);
    const sync = annotation.hasConflict ? 'conflict' : isPending ? 'pending' : 'synced';
    const isMine = annotation.device === device || (author !== '' && annotation.author === author);
    return { ...annotation, environment, sync, isPending, isMine };
  };
}
