/** Typed columns that double when full; `length` is kept by the owner. */
export const grownF64 = (array: Float64Array, needed: number): Float64Array<ArrayBuffer> => {
  const larger = new Float64Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
};

export const grownI32 = (array: Int32Array, needed: number): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
};

export const grownU32 = (array: Uint32Array, needed: number): Uint32Array<ArrayBuffer> => {
  const larger = new Uint32Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
};

export const grownU8 = (array: Uint8Array, needed: number): Uint8Array<ArrayBuffer> => {
  const larger = new Uint8Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
};
