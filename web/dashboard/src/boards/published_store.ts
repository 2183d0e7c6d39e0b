import type { ApiClient } from '../api/client';
import { ApiError } from '../api/problem';
import { readBoard, type Board } from './board';
import type { BoardStore } from './board_store';

/** A store whose boards can also be kept on the server, for everybody. */
export interface PublishingStore extends BoardStore {
  publish: (project: number, board: Board) => Promise<void>;
}

const path = 'api/v1/kept/board';

const withoutMark = ({ published: _published, ...board }: Board): Board => board;

/** Boards of the server first, then those of `own` that are not there as well. The server's are those of the client's project. */
export function storeBeside(own: BoardStore, api: ApiClient): PublishingStore {
  const published = async (): Promise<Board[]> => {
    try {
      const { items = [] } = await api.get<{ items?: { id: string; body: unknown }[] }>(path);
      return items.flatMap(({ id, body }) => {
        const board = readBoard(body);
        return board === null ? [] : [{ ...board, id, published: true as const }];
      });
    } catch (error) {
      // What is kept in the browser is shown in any case.
      if (error instanceof ApiError) return [];
      throw error;
    }
  };
  const put = (board: Board) => api.put<unknown>(`${path}/${board.id}`, withoutMark(board));
  return {
    place: own.place,
    list: async (project) => {
      const [there, here] = [await published(), await own.list(project)];
      return [...there, ...here.filter(({ id }) => there.every((one) => one.id !== id))];
    },
    save: async (project, board) => {
      if (board.published) await put(board);
      else await own.save(project, board);
    },
    remove: async (project, id) => {
      if ((await published()).some((one) => one.id === id)) await api.remove(`${path}/${id}`);
      await own.remove(project, id);
    },
    publish: async (project, board) => {
      await put(board);
      await own.remove(project, board.id);
    },
  };
}
