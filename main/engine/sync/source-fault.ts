import { AppError } from '../../../shared/errors.ts';

/** A whole source cannot be read now: its sync ends with these words, the other sources go on. */
export class SourceFault extends AppError {}
