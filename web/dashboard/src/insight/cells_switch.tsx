type Cells = 'share' | 'players';

/** Whether a triangle's cells are shares or players; shares are what a page's address leaves out. */
export function CellsSwitch({ shown, onChange }: { shown: Cells; onChange: (cells: 'players' | undefined) => void }) {
  return (
    <fieldset className="segmented small" aria-label="Numbers in the cells">
      {(['share', 'players'] as const).map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={shown === kind}
          onClick={() => onChange(kind === 'players' ? kind : undefined)}
        >
          {kind === 'share' ? '%' : 'Players'}
        </button>
      ))}
    </fieldset>
  );
}
