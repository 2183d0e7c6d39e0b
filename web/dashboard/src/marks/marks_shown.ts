import { useSearch } from '@tanstack/react-router';

/** Whether charts show what happened on their days; the address says when they do not. */
export const useMarksShown = (): boolean => useSearch({ strict: false, select: ({ marks }) => marks !== 'none' });
