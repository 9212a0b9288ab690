import { AppError } from '../../../shared/errors.ts';

/**
 * Something is wrong with one object of a source, not with the store: the sync notes it and goes on. `retryable`: the
 * same version may be readable next time.
 */
export class ObjectFault extends AppError {}

/** The object was listed and is gone now. */
export class ObjectGone extends ObjectFault {}
