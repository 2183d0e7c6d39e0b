import { useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import type { Project } from '../api/types';
import { ChartFrameContext } from '../charts/chart_frame';
import { AddIcon } from '../shell/icons';
import { hasTiles } from './tile_cards';

// Most visits end without it.
const AddDialog = lazy(() => import('./add_dialog').then((module) => ({ default: module.AddDialog })));

interface Chart {
  name: string;
  title: string;
}

/** Gives the charts of a page a button that takes them to a board. */
export function Addable({ project, children }: { project: Project; children: ReactNode }) {
  const { pathname } = useLocation();
  const [chosen, setChosen] = useState<Chart | null>(null);
  const frame = useMemo(
    () => ({
      tools: (chart: Chart) =>
        hasTiles(pathname) && (
          <button
            type="button"
            className="icon-button"
            aria-label={`Add ${chart.title} to a dashboard`}
            title="Add to a dashboard"
            onClick={() => setChosen(chart)}
          >
            <AddIcon />
          </button>
        ),
    }),
    [pathname],
  );
  return (
    <ChartFrameContext value={frame}>
      {children}
      {chosen && (
        <Suspense>
          <AddDialog project={project.project} page={pathname} chart={chosen} onClose={() => setChosen(null)} />
        </Suspense>
      )}
    </ChartFrameContext>
  );
}
