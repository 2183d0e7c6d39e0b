import type { ReactNode } from 'react';

interface Props {
  title: string;
  detail?: ReactNode;
  children?: ReactNode;
}

export function PageHead({ title, detail, children }: Props) {
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        {detail && <p className="muted">{detail}</p>}
      </div>
      {children && <div className="page-tools">{children}</div>}
    </header>
  );
}
