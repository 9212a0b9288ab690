/** Rows in COPY's text format, on their way; the server waits while nobody takes them. */
export interface RowFeed {
  /** The first rows are there, or it is known that none come; rejects with what the server has against it. */
  readonly begun: Promise<void>;
  /** null: that was all. Throws what the server or the network said. */
  next: () => Promise<Uint8Array | null>;
}
