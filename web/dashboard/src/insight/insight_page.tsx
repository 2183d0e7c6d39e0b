import { useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../api/types';
import type { Question, QuestionKind } from '../api/questions';
import { dateRange } from '../format/dates';
import { PageHead } from '../shell/page_head';
import { RangePicker } from '../shell/range_picker';
import type { RangeSearch, ResolvedRange } from '../state/range';
import type { CellValue } from './drill';
import { usePlayersDialog } from './players_dialog';
import { QueryDialog } from './query_dialog';

/** Changes parts of the address; an undefined part goes out of it. */
export function useUpdate<Search extends object>() {
  const navigate = useNavigate();
  return (change: { [Name in keyof Search]?: Search[Name] | undefined }) =>
    void navigate({ to: '.', search: (old: object) => ({ ...old, ...change }) as never, replace: true, resetScroll: false });
}

interface HeadProps {
  title: string;
  project: Project;
  range: ResolvedRange;
  today: string;
}

/** Title and range, as on every page that asks about days. */
export function InsightHead({ title, project, range, today }: HeadProps) {
  const update = useUpdate<RangeSearch>();
  return (
    <PageHead title={title} detail={`${dateRange(range.from, range.to)} · ${project.timezone}`}>
      <RangePicker
        range={range}
        today={today}
        onPick={(picked) => update({ range: undefined, from: undefined, to: undefined, ...picked })}
      />
    </PageHead>
  );
}

/** One number whose players are asked for. */
export interface Pick {
  about: string;
  cell: Record<string, CellValue>;
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

interface NumberProps {
  shown: string;
  about: string;
  onPick: () => void;
}

/** A number which opens the list of its players. */
export const NumberLink = ({ shown, about, onPick }: NumberProps) => (
  <button type="button" className="number-link" aria-label={`${shown}: show the players, ${about}`} onClick={onPick}>
    {shown}
  </button>
);
