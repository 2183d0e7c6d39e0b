import { useState, type ComponentProps } from 'react';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../api/types';
import type { Cell, Question, QuestionKind } from '../api/questions';
import { withRange, type RangeSearch } from '../state/range';
import { RangeHead } from './range_head';
import { usePlayersDialog } from './players_dialog';
import { QueryDialog } from './query_dialog';

/** Changes parts of the address; an undefined part goes out of it. */
export function useUpdate<Search extends object>() {
  const navigate = useNavigate();
  return (change: { [Name in keyof Search]?: Search[Name] | undefined }) =>
    void navigate({
      to: '.',
      search: (old: object) => ({ ...old, ...change }) as never,
      replace: true,
      resetScroll: false,
    });
}

type HeadProps = Omit<ComponentProps<typeof RangeHead>, 'onPick'>;

/** Title and range, as on every page that asks about days. */
export function InsightHead(props: HeadProps) {
  const update = useUpdate<RangeSearch>();
  return (
    <RangeHead
      {...props}
      onPick={(picked) => update(withRange({}, picked))}
    />
  );
}

/** One number whose players are asked for. */
export interface Pick {
  about: string;
  cell: Cell;
}

export interface Asked {
  kind: QuestionKind;
  question: Question;
}

/** The two panels of every question: what was asked, and who is behind a number. */
export function useInsightPanels({ kind, question }: Asked, project: Project) {
  const players = usePlayersDialog(project);
  const [showsQuery, setShowsQuery] = useState(false);
  const panels = (
    <>
      {players.dialog}
      {showsQuery && <QueryDialog kind={kind} question={question} onClose={() => setShowsQuery(false)} />}
    </>
  );
  const showPlayers = ({ about, cell }: Pick) =>
    players.show({ title: `Players: ${about}`, kind, query: question, cell });
  return { panels, showPlayers, showQuery: () => setShowsQuery(true) };
}
