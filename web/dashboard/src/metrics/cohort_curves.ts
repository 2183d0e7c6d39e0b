export interface CohortPoint {
  day: number;
  value: number;
  complete: boolean;
}

export interface CohortCurve {
  key: string;
  name: string;
  /** A series colour, where the curve is told from the others; without one it is one thin line of many. */
  color?: number;
  points: CohortPoint[];
}

/** What all cohorts whose day has ended come to. */
export interface CohortMean {
  day: number;
  players: number;
  value: number | null;
}

/** The part of a curve that can still grow is drawn on its own; it starts at the last point that is final. */
export function splitCurve(points: CohortPoint[]): { final: CohortPoint[]; open: CohortPoint[] } {
  const firstOpen = points.findIndex((point) => !point.complete);
  if (firstOpen < 0) return { final: points, open: [] };
  return { final: points.slice(0, firstOpen), open: points.slice(Math.max(0, firstOpen - 1)) };
}
