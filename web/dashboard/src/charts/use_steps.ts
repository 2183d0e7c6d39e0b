import { useState, type KeyboardEvent } from 'react';

/** Reading a chart position by position, with the pointer or with arrow keys. */
export function useSteps(count: number) {
  const [active, setActive] = useState<number | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const targets: Record<string, number> = {
      ArrowLeft: (active ?? count) - 1,
      ArrowRight: active === null ? 0 : active + 1,
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target === undefined || count === 0) return;
    event.preventDefault();
    setActive(Math.max(0, Math.min(count - 1, target)));
  };
  return {
    active: active !== null && active < count ? active : null,
    setActive,
    handlers: { onKeyDown, onBlur: () => setActive(null), onMouseLeave: () => setActive(null) },
  };
}
