/** Bytes, and the same memory for reading four at a time at any place. */
export interface ByteView {
  bytes: Uint8Array;
  view: DataView;
}

export const viewBytes = (bytes: Uint8Array): ByteView => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

export const viewText = (text: string): ByteView => viewBytes(Buffer.from(text));
