import './environment-mark.css';

interface EnvironmentMarkProps {
  environment: string;
  /** Every environment, so that each keeps its colour wherever it is shown. */
  all: readonly string[];
}

const MARKS = 4;

/** Environments never mix: each has a colour and a shape of its own beside its name. */
export function EnvironmentMark({ environment, all }: EnvironmentMarkProps) {
  const index = all.toSorted().indexOf(environment);
  return (
    <span className="environment-mark" data-mark={index < 0 ? 'none' : (index % MARKS) + 1}>
      {environment === '' ? 'as rows say' : environment}
    </span>
  );
}
