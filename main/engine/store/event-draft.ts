import { createEventId } from './event-id.ts';
import { CODED_COLUMNS, type ValueKind } from './event-columns.ts';

export const MAX_PROPERTIES_PER_EVENT = 512; // more is a map spelled as properties, not an event

/**
 * One event on its way from text to columns: codes and numbers only. One draft is filled again and again, by the byte
 * scanner or by the JSON decoder; both leave exactly the same draft for the same row.
 */
export class EventDraft {
  readonly id = createEventId();
  hasId = false;
  /** Code in the dictionary `event_type`; 0: missing. */
  event = 0;
  /** NaN: missing. */
  tsMs = NaN;
  receivedMs = NaN;
  readonly codes = new Int32Array(CODED_COLUMNS.length);
  properties = 0;
  readonly propertyIds = new Int32Array(MAX_PROPERTIES_PER_EVENT);
  readonly kinds = new Uint8Array(MAX_PROPERTIES_PER_EVENT);
  /** The number, or the code of the text. */
  readonly values = new Float64Array(MAX_PROPERTIES_PER_EVENT);
  /** Values replaced by the scrub in this row. */
  scrubbed = 0;

  clear(): void {
    this.hasId = false;
    this.event = 0;
    this.tsMs = NaN;
    this.receivedMs = NaN;
    for (let i = 0; i < this.codes.length; i++) this.codes[i] = 0; // so few that fill() costs more
    this.properties = 0;
    this.scrubbed = 0;
  }

  /** Where a property stands in this draft, −1 if it does not. Rows carry a handful, so a walk beats a table. */
  indexOf(propertyId: number): number {
    for (let i = 0; i < this.properties; i++) if (this.propertyIds[i] === propertyId) return i;
    return -1;
  }

  /** Sets a property; a second value for the same one replaces the first. False: there are too many. */
  setProperty(propertyId: number, kind: ValueKind, value: number): boolean {
    const known = this.indexOf(propertyId);
    const at = known === -1 ? this.properties : known;
    if (at === MAX_PROPERTIES_PER_EVENT) return false;
    if (known === -1) this.properties++;
    this.propertyIds[at] = propertyId;
    this.kinds[at] = kind;
    this.values[at] = value;
    return true;
  }
}
