import { useCallback, useSyncExternalStore } from 'react';
import { dateIn } from '../format/dates';

const checkMs = 20_000;

function everySoOften(listener: () => void): () => void {
  const timer = setInterval(listener, checkMs);
  return () => clearInterval(timer);
}

/** The current date in a time zone. A dashboard left open over night moves on to the new day by itself. */
export function useToday(timezone: string): string {
  return useSyncExternalStore(
    everySoOften,
    useCallback(() => dateIn(timezone, new Date()), [timezone]),
  );
}
