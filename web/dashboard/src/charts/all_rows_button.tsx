import { formatNumber } from '../format/numbers';

interface Props {
  showsAll: boolean;
  /** How many rows there are at first, and in all. */
  first: number;
  all: number;
  onToggle: () => void;
}

/** For long triangles: their oldest rows are shown when they are asked for. */
export function AllRowsButton({ showsAll, first, all, onToggle }: Props) {
  if (all <= first) return null;
  return (
    <button type="button" className="button quiet" onClick={onToggle}>
      {showsAll ? `Show the newest ${formatNumber(first, 'count')}` : `Show all ${formatNumber(all, 'count')}`}
    </button>
  );
}
