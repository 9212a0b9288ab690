import { z } from 'zod';
import type { Annotation } from './annotation.ts';
import { compareClocks } from './clock.ts';
import { STATUSES } from './operation.ts';

/** An annotation as the interface shows it: its fold, and how far its operations have travelled. */
export interface AnnotationView extends Annotation {
  environment: string;
  /** A conflict is shown before anything else; pending: an operation of it waits to be sent. */
  sync: 'conflict' | 'pending' | 'synced';
  isPending: boolean;
  /** Written on this device, or by the person who works on it. */
  isMine: boolean;
}

export const AnnotationFilter = z.strictObject({
  environment: z.string().min(1).max(64),
  view: z.string().max(100).optional(),
  metric: z.string().max(200).optional(),
  /** With any of these. */
  tags: z.array(z.string().max(200)).max(100).optional(),
  author: z.string().max(200).optional(),
  status: z.enum(STATUSES).optional(),
  show: z.enum(['all', 'pending', 'conflict', 'mine']).optional(),
  /** In title, text, replies or tags, whatever the case of letters. */
  contains: z.string().max(200).optional(),
  /** Hidden by a deletion; default false. */
  withDeleted: z.boolean().optional(),
});
export type AnnotationFilter = z.infer<typeof AnnotationFilter>;

export function matchesFilter(annotation: AnnotationView, filter: AnnotationFilter): boolean {
  const { view, metric, tags, author, status, show = 'all', contains, withDeleted = false } = filter;
  return (
    (withDeleted || !annotation.isHidden) &&
    (view === undefined || annotation.target?.view === view) &&
    (metric === undefined || annotation.target?.metric === metric) &&
    (tags === undefined || tags.some((tag) => annotation.tags.includes(tag))) &&
    (author === undefined || annotation.author === author) &&
    (status === undefined || annotation.status === status) &&
    isShown(annotation, show) &&
    (contains === undefined || holdsText(annotation, contains.toLowerCase()))
  );
}

function isShown(annotation: AnnotationView, show: NonNullable<AnnotationFilter['show']>): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'pending':
      return annotation.isPending;
    case 'conflict':
      return annotation.hasConflict;
    case 'mine':
      return annotation.isMine;
  }
}

function holdsText({ title, body, tags, replies }: Annotation, wanted: string): boolean {
  const visible = replies.filter(({ isHidden }) => !isHidden).map((reply) => reply.body);
  const texts = [title, body, ...visible].flatMap(({ versions }) => versions.map(({ text }) => text));
  return [...texts, ...tags].some((text) => text.toLowerCase().includes(wanted));
}

/** Newest first; annotations without a plausible clock come last. */
export const byNewest = (a: AnnotationView, b: AnnotationView): number =>
  compareClocks(b.clock, a.clock) || (a.annotationId < b.annotationId ? -1 : 1);
