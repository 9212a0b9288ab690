import { z } from 'zod';
import { Instant, method, none, SMALL_REQUEST_BYTES } from '../method.ts';

/** Saved views: addresses with a name, in a private file of the data folder. */

const ViewKey = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'is not the id of a saved view' });
export const LONGEST_ADDRESS = 16_000; // a builder's draft stands in its address

export const SavedView = z.strictObject({
  viewId: ViewKey,
  name: z.string().trim().min(1).max(120),
  address: z
    .string()
    .max(LONGEST_ADDRESS)
    .startsWith('#/')
    .meta({ description: 'As in the address bar; read with the care that a typed address is.' }),
  createdAt: Instant,
  changedAt: Instant,
});
export type SavedView = z.infer<typeof SavedView>;

export const VIEW_METHODS = {
  /** By name. */
  'query.views': method({
    role: 'engine',
    kind: 'read',
    cancel: 'queue',
    params: none,
    result: z.strictObject({ views: z.array(SavedView) }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Saves a new view, or another name or address under the id that is given. */
  'command.view.save': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({
      viewId: ViewKey.nullable().default(null),
      name: SavedView.shape.name,
      address: SavedView.shape.address,
    }),
    result: SavedView,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** What was saved is given back, so that the removal can be undone. */
  'command.view.remove': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({ viewId: ViewKey }),
    result: SavedView,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
} as const;

/** A view was saved or removed, by this window or another. */
export const VIEW_TOPICS = { 'views.changed': z.strictObject({ viewId: z.string() }) } as const;
