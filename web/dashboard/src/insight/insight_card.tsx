import { useState, type ComponentProps } from 'react';
import { ChartCard } from '../charts/chart_card';
import { PictureIcon, QueryIcon } from '../shell/icons';
import type { Asked } from './insight_page';
import { QueryDialog } from './query_dialog';
import { savePicture } from './save_picture';
import type { InsightView } from './use_insight';

type CardProps<Data> = Omit<ComponentProps<typeof ChartCard<Data>>, 'showTable' | 'onToggleTable'>;

interface Props<Data> extends CardProps<Data> {
  view: InsightView;
  asked: Asked;
  /** False for what is made of text, where a picture would be less than the table. */
  picture?: boolean;
}

/** A chart that was asked for: beside what every chart has, the question itself and, of a drawing, a picture. */
export function InsightCard<Data>({ view, asked, picture = true, tools, ...card }: Props<Data>) {
  const [showsQuery, setShowsQuery] = useState(false);
  const { name, title } = card;
  const table = view.table(name);
  return (
    <>
      <ChartCard
        {...card}
        {...table}
        tools={
          <>
            {tools}
            <button
              type="button"
              className="icon-button"
              aria-label={`View query of ${title}`}
              title="View query"
              onClick={() => setShowsQuery(true)}
            >
              <QueryIcon />
            </button>
            {picture && !table.showTable && (
              <button
                type="button"
                className="icon-button"
                aria-label={`Download ${title} as a picture`}
                title="Download a picture"
                onClick={(event) => savePicture(event.currentTarget)}
              >
                <PictureIcon />
              </button>
            )}
          </>
        }
      />
      {showsQuery && <QueryDialog kind={asked.kind} question={asked.question} onClose={() => setShowsQuery(false)} />}
    </>
  );
}
