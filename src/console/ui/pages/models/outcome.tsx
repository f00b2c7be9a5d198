// What became of something that somebody asked for; takes the focus, so that it is read at once.
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { Badge, type Tone } from '../../components/badge.tsx';

interface OutcomeProps {
  readonly tone: Tone;
  readonly text: string;
  readonly children?: ReactNode;
}

export function Outcome({ tone, text, children }: OutcomeProps): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    element.current?.focus();
  }, [text]);
  return (
    <div ref={element} tabIndex={-1} className="model-outcome">
      <p role="status">
        <Badge tone={tone}>{text}</Badge>
      </p>
      {children}
    </div>
  );
}
