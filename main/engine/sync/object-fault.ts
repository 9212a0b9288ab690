import { AppError } from '../../../shared/errors.ts';

/** Something is wrong with one object of a source, not with the store: the sync notes it and goes on. */
export class ObjectFault extends AppError {}
