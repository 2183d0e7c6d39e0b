import { Link } from '@tanstack/react-router';
import { Suspense, useMemo, type ComponentType } from 'react';
import type { Project } from '../../api/types';
import { rangeOfTile, type Tile } from '../../boards/board';
import { tileCard } from '../../boards/tile_cards';
import { ChartFrameContext } from '../../charts/chart_frame';
import { usePlayersDialog } from '../../insight/players_dialog';
import type { CardProps } from '../../insight/cards';
import { viewOf } from '../../insight/use_insight';
import { OpenIcon } from '../../shell/icons';
import { useToday } from '../../shell/use_today';
import { resolveRange, type RangeSearch } from '../../state/range';
import { parseSearch, queryText } from '../../state/search';
import { pages, type Page } from '../pages';

interface Props {
  project: Project;
  tile: Tile;
  /** The board's, for a tile without one of its own. */
  range: RangeSearch;
  /** The chart was changed by its own controls: another view, a table. */
  onQuery: (query: string) => void;
}

const pageOf = (path: string): Page | undefined => (pages as readonly Page[]).find((page) => page.path === path);

/** One chart of a page with an address of its own. */
export function BoardTile({ project, tile, range, onQuery }: Props) {
  const today = useToday(project.timezone);
  const page = pageOf(tile.page);
  const search = useMemo(() => page?.search(parseSearch(tile.query)) ?? {}, [page, tile.query]);
  const shown = tile.range ? rangeOfTile(tile.range) : range;
  const { show, dialog } = usePlayersDialog(project);
  const update = (change: object) => onQuery(queryText({ ...search, ...change }));
  const view = viewOf({
    project,
    today,
    range: resolveRange(shown, today),
    search,
    setTables: (tables) => update({ tables }),
    show,
  });
  const link = queryText({ ...search, ...(shown as object) });
  const frame = useMemo(
    () => ({
      fills: true,
      ...(tile.name ? { title: tile.name } : {}),
      tools: ({ title }: { title: string }) => (
        <Link
          to={tile.page}
          search={parseSearch(link) as never}
          className="icon-button"
          aria-label={`Open ${title} on its page`}
          title="Open on its page"
        >
          <OpenIcon />
        </Link>
      ),
    }),
    [tile.name, tile.page, link],
  );
  // Which search a card takes is known to its page alone.
  const Card = tileCard(tile.page, tile.chart) as ComponentType<CardProps<object>>;
  return (
    <ChartFrameContext value={frame}>
      <Suspense fallback={<div className="card skeleton" role="status" aria-label="Loading" />}>
        <Card view={view} search={search} update={update} />
      </Suspense>
      {dialog}
    </ChartFrameContext>
  );
}
