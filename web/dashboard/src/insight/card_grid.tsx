import type { CardProps, Cards } from './cards';

/** All charts of a page, in their order. */
export function CardGrid<Search>({ cards, ...given }: CardProps<Search> & { cards: Cards<Search> }) {
  return (
    <div className="chart-grid">
      {Object.entries(cards).map(([name, Card]) => (
        <Card key={name} {...given} />
      ))}
    </div>
  );
}
