import { readBoard, type Board, limits } from './board';
import { readyBoard } from './ready_board';

/**
 * Where boards are kept. It answers with promises although this one needs none: a store on the server can take its place without a
 * change to the pages.
 */
export interface BoardStore {
  /** Where that is, in words for the reader. */
  place: string;
  list: (project: number) => Promise<Board[]>;
  /** Replaces the board of that id, or adds it at the end. */
  save: (project: number, board: Board) => Promise<void>;
  remove: (project: number, id: string) => Promise<void>;
}

const nameOf = (project: number) => `gm.boards.${project}`;
// Where storage is forbidden, boards live as long as the page.
const memory = new Map<string, string>();

function read(project: number): Board[] {
  const name = nameOf(project);
  let text = memory.get(name) ?? null;
  try {
    text = localStorage.getItem(name) ?? text;
  } catch {
    // Forbidden: the copy in memory is what there is.
  }
  if (text === null) return [readyBoard];
  try {
    const kept: unknown = JSON.parse(text);
    return Array.isArray(kept) ? kept.map(readBoard).filter((board) => board !== null) : [readyBoard];
  } catch {
    return [readyBoard];
  }
}

function write(project: number, boards: Board[]): void {
  const [name, text] = [nameOf(project), JSON.stringify(boards)];
  memory.set(name, text);
  try {
    localStorage.setItem(name, text);
  } catch {
    throw new Error('This browser does not keep boards for this site: what is changed lasts until the page is left.');
  }
}

/** As a promise, so that what this store throws is a rejection like that of a server. */
const promised = <Value>(work: () => Value): Promise<Value> => new Promise((resolve) => resolve(work()));

export const browserStore: BoardStore = {
  place: 'this browser',
  list: (project) => promised(() => read(project)),
  save: (project, board) =>
    promised(() => {
      const boards = read(project);
      const isNew = boards.every(({ id }) => id !== board.id);
      if (isNew && boards.length >= limits.boards) throw new Error(`More than ${limits.boards} boards are not kept.`);
      write(project, isNew ? [...boards, board] : boards.map((one) => (one.id === board.id ? board : one)));
    }),
  remove: (project, id) =>
    promised(() => write(project, read(project).filter((board) => board.id !== id))),
};
