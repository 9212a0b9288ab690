export interface RecordedCall {
  member: string;
  args: readonly unknown[];
}

/** What was called, in order; throws on an order that Electron would not take, or would take in silence. */
export class Recorder {
  readonly calls: RecordedCall[] = [];
  isReady = false;

  record(member: string, ...args: unknown[]): void {
    this.calls.push({ member, args });
  }

  /** A call that counts only before `ready`. */
  before(member: string, ...args: unknown[]): void {
    if (this.isReady) throw new Error(`${member} came after ready`);
    this.record(member, ...args);
  }

  /** A call that works only from `ready` on. */
  after(member: string, ...args: unknown[]): void {
    if (!this.isReady) throw new Error(`${member} came before ready`);
    this.record(member, ...args);
  }

  has(member: string): boolean {
    return this.calls.some((call) => call.member === member);
  }

  of(member: string): (readonly unknown[])[] {
    return this.calls.filter((call) => call.member === member).map(({ args }) => args);
  }

  /** Members in the order of their first call. */
  get order(): string[] {
    return [...new Set(this.calls.map(({ member }) => member))];
  }
}
