import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Question } from '../api/questions';
import type { Project } from '../api/types';
import { useToday } from '../shell/use_today';
import type { Comparison } from '../state/compare';
import { narrowing, type FilterSearch } from '../state/filters';
import type { InsightSearch } from '../state/insight_search';
import { resolveRange, withRange, type DateRange } from '../state/range';
import { showsTable, toggleTable } from '../state/search';
import { CompareChoice } from './compare_choice';
import { FilterBar } from './filter_bar';
import { usePlayersDialog, type OpenDrill } from './players_dialog';
import { RangeHead } from './range_head';

/** What the cards of a page of questions share. */
export interface InsightView {
  project: Project;
  today: string;
  range: DateRange;
  /** The members of a question that every card of the page takes over: the range and the filters. */
  asks: Question;
  /** What the range is compared with; undefined: nothing. */
  compare: Comparison | undefined;
  table: (name: string) => { showTable: boolean; onToggleTable: () => void };
  show: (drill: OpenDrill) => void;
}

interface ViewInput {
  project: Project;
  today: string;
  range: DateRange;
  search: FilterSearch & { tables?: string; compare?: Comparison };
  setTables: (tables: string | undefined) => void;
  show: InsightView['show'];
}

/** A view of what an address says, be it the page's own or that of a tile. */
export function viewOf({ project, today, range, search, setTables, show }: ViewInput): InsightView {
  const days = { from: range.from, to: range.to };
  const { filter } = narrowing(search);
  return {
    project,
    today,
    range: days,
    asks: { ...days, ...(filter ? { filter } : {}) },
    compare: search.compare,
    table: (name) => ({
      showTable: showsTable(search.tables, name),
      onToggleTable: () => setTables(toggleTable(search.tables, name)),
    }),
    show,
  };
}

/** Range, filters, tables and drill-down of a page; `update` changes its address, where an undefined value takes a name out. */
export function useInsight<Search extends InsightSearch>(project: Project, search: Search) {
  const navigate = useNavigate();
  const today = useToday(project.timezone);
  const range = resolveRange(search, today);
  const { show, dialog } = usePlayersDialog(project);
  // The page's own search type is known here only as Search; the router checks addresses when it reads them.
  const go = (change: (old: Search) => object, replace: boolean) =>
    void navigate({ to: '.', search: change as never, replace, resetScroll: false });
  const update = (change: Partial<Record<keyof Search, string | number | undefined>>) =>
    go((old) => ({ ...old, ...change }), true);
  const setTables = (tables: string | undefined) => go((old) => ({ ...old, tables }), true);
  const view = viewOf({ project, today, range, search, setTables, show });
  const head = (title: string, tools?: ReactNode) => (
    <RangeHead
      title={title}
      project={project}
      range={range}
      today={today}
      onPick={(picked) => go((old) => withRange(old, picked), false)}
    >
      {tools}
    </RangeHead>
  );
  const compares = (
    <CompareChoice value={search.compare} onChange={(compare) => go((old) => ({ ...old, compare }), true)} />
  );
  const filters = (breakdownMax: number, onlyPlayers = false) => (
    <FilterBar
      search={search}
      update={(change) => go((old) => ({ ...old, ...change }), true)}
      breakdownMax={breakdownMax}
      range={view.range}
      onlyPlayers={onlyPlayers}
    />
  );
  return { view, update, head, compares, filters, dialog };
}
