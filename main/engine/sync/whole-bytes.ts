/** Up to here a body from afar is taken whole before its rows are read, so a fault in it leaves no trace*. */
export const WHOLE_BYTES = 4 << 20;
