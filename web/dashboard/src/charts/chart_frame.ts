import { createContext, useContext, type ReactNode } from 'react';

/** What stands around a chart where it is shown elsewhere than on its page, or can be taken there. */
export interface ChartFrame {
  /** Buttons beside those of the chart itself. */
  tools: (chart: { name: string; title: string }) => ReactNode;
  /** The reader's own name for it. */
  title?: string;
  /** The room is given, and the chart takes all of it; else it has its own height. */
  fills?: boolean;
}

const none: ChartFrame = { tools: () => null };

export const ChartFrameContext = createContext<ChartFrame>(none);
export const useChartFrame = (): ChartFrame => useContext(ChartFrameContext);
