import type { ReactNode } from 'react';

/** A field with its label in sight; the control inside carries the same name for a screen reader. */
export function Labelled({
  label,
  className,
  children,
}: {
  label: string;
  className: string;
  children: ReactNode;
}) {
  return (
    <div className={className}>
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  );
}
