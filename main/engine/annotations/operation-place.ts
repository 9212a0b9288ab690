import {
  type Operation,
  contentOf,
  emptyOperation,
  isEmptied,
} from '../../../shared/annotations/operation.ts';
import { fileNameOf } from '../store/folder-names.ts';

/** How operations lie in a source of files or objects: `annotations/${ENV}/ops/<device>/<sequence>-<op_id>.json`. */

const SEQUENCE_DIGITS = 6;
const OPERATION_FILE = /^(\d{1,15})-(.+?)(?:\.\d+)?\.json$/;
const PLAIN_NAME = /^\w[\w.-]{0,63}$/;

/** Environments and devices have plain names as a rule; any other is spelled so that it stays one folder. */
export const placeName = (name: string): string => (PLAIN_NAME.test(name) ? name : fileNameOf(name));

export const operationsPlace = (environment: string): string => `annotations/${placeName(environment)}/ops`;

/** `copy` from 2 on: the name is taken by something else. */
export function operationName(sequence: number, opId: string, copy: number): string {
  const stem = `${String(sequence).padStart(SEQUENCE_DIGITS, '0')}-${opId}`;
  return copy === 1 ? `${stem}.json` : `${stem}.${copy}.json`;
}

/** null: it has no number. */
export function sequenceIn(name: string): number | null {
  const digits = OPERATION_FILE.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

export const operationIdIn = (name: string): string => OPERATION_FILE.exec(name)?.[2] ?? '';

/** An operation that was emptied since it was sent lies there with its payload. */
export function isSameOperation(stored: Operation, wanted: Operation): boolean {
  const comparable = isEmptied(wanted) ? emptyOperation(stored) : stored;
  return contentOf(comparable) === contentOf(wanted);
}
