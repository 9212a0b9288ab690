/** What of WebAssembly the arena uses: Node has it, its types leave it to those of browsers. */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    /** In pages of 64 KiB. */
    initial: number;
    maximum: number;
    shared: true;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** The buffer as of the last growth; older ones stay valid for what they cover. */
    readonly buffer: SharedArrayBuffer;
    /** Throws RangeError beyond the maximum. */
    grow(pages: number): number;
  }
}
