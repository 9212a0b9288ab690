// A process that cannot start, and says why.
import { runChild } from '../../main/process/parent.ts';
import { AppError } from '../../shared/errors.ts';

runChild({
  start() {
    throw new AppError('not-writable', 'the folder cannot be written');
  },
});
