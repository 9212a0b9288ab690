import type { QuarantineReason, RowProblem } from './quarantine-reasons.ts';

/** Thrown inside the decoder to leave a row at once; caught by it, never seen outside. */
export class UnfitRow extends Error {
  readonly problem: RowProblem;

  constructor(reason: QuarantineReason, field: string | null = null) {
    super(reason);
    this.problem = { reason, field };
  }
}
