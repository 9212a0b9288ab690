/** Why a bucket is not judged; 0 where it is. */
export const SKIPPED = {
  judged: 0,
  /** Still open: its end has not come. */
  partial: 1,
  /** A source it rests on is behind its target. */
  late: 2,
  /** Known to be incomplete, or without a value. */
  gap: 3,
  /** Too little past to compare with. */
  learning: 4,
} as const;
export type Skipped = (typeof SKIPPED)[keyof typeof SKIPPED];

/** Whether it can be a number of things; what cannot is a gap, whatever the bucket claims. */
export const isCount = (value: number): boolean => value >= 0 && value <= Number.MAX_SAFE_INTEGER;

export interface DetectorOptions {
  /** Multiplies the evidence that an alarm needs; 1 by default. More is quieter and later, whatever the detector. */
  caution?: number;
}

/** What a detector says about one bucket. */
export interface Judgement {
  /** 0..1, from this bucket and earlier ones only; at ALARM_SCORE or above an alarm begins here. */
  score: number;
  /** Null while nothing is expected yet. */
  expectedLow: number | null;
  expectedHigh: number | null;
  isAlarm: boolean;
  skipped: Skipped;
}

/** The same as columns, one entry per bucket; NaN where nothing is expected. */
export interface Judged {
  score: Float64Array;
  expectedLow: Float64Array;
  expectedHigh: Float64Array;
  isAlarm: Uint8Array;
  skipped: Uint8Array;
}

export function createJudged(length: number): Judged {
  return {
    score: new Float64Array(length),
    expectedLow: new Float64Array(length).fill(NaN),
    expectedHigh: new Float64Array(length).fill(NaN),
    isAlarm: new Uint8Array(length),
    skipped: new Uint8Array(length),
  };
}

export function writeJudgement(judged: Judged, index: number, judgement: Judgement): void {
  judged.score[index] = judgement.score;
  judged.expectedLow[index] = judgement.expectedLow ?? NaN;
  judged.expectedHigh[index] = judgement.expectedHigh ?? NaN;
  judged.isAlarm[index] = judgement.isAlarm ? 1 : 0;
  judged.skipped[index] = judgement.skipped;
}
