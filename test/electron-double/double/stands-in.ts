/** What a stand-in owes the thing it stands in for: no member that the real one lacks, and every call with the real
 *  arguments and, where they are plain values, the real results. Checked by the compiler against electron.d.ts. */
export type StandsIn<Real> = { readonly [Member in keyof Real]?: StandInMember<Real[Member]> };

type StandInMember<Real> = Real extends (...args: infer Args) => infer Result
  ? (...args: Args) => PlainPart<Result>
  : PlainPart<Real>;

/** Objects stand in for objects by their own check; only plain values are compared here. */
type PlainPart<Value> =
  Value extends Promise<infer Inner> ? Promise<PlainPart<Inner>> : Value extends object ? unknown : Value;

/** Events are Node's; their names and arguments are checked where the shell listens. */
export type Own<Real> = Omit<Real, keyof NodeJS.EventEmitter>;
