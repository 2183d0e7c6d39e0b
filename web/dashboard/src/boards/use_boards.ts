import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Board } from './board';
import { useMemo } from 'react';
import { useApi } from '../session/session';
import { browserStore, type BoardStore } from './board_store';
import { storeBeside } from './published_store';

export const placeOfBoards = browserStore.place;

const boardsQuery = (store: BoardStore, project: number) =>
  queryOptions({ queryKey: ['boards', project], queryFn: () => store.list(project), staleTime: 0, retry: false });

/** The boards of a project. A change is shown at once and told when it could not be kept. */
export function useBoards(project: number) {
  const client = useQueryClient();
  const api = useApi();
  const store = useMemo(() => storeBeside(browserStore, api), [api]);
  const { queryKey } = boardsQuery(store, project);
  const boards = useQuery(boardsQuery(store, project)).data;
  const show = (next: (kept: Board[]) => Board[]) =>
    client.setQueryData<Board[]>(queryKey, (kept) => kept && next(kept));
  const save = useMutation({
    mutationFn: (board: Board) => store.save(project, board),
    onMutate: (board) =>
      show((kept) =>
        kept.some(({ id }) => id === board.id) ? kept.map((one) => (one.id === board.id ? board : one)) : [...kept, board],
      ),
  });
  const remove = useMutation({
    mutationFn: (id: string) => store.remove(project, id),
    onMutate: (id) => show((kept) => kept.filter((board) => board.id !== id)),
  });
  const publish = useMutation({
    mutationFn: (board: Board) => store.publish(project, board),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  return {
    boards,
    save: save.mutate,
    remove: remove.mutate,
    publish: publish.mutate,
    failure: save.error ?? remove.error ?? publish.error,
  };
}
