import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { BarList } from '../../charts/bar_list';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import { products, productSeries, type Product, type ProductTotal } from '../../money/products';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';

type ProductsAnswer = Answer<object> & { totals: ProductTotal[] };

const nameOf = (row: Product): string => (row.other ? 'All other products' : (row.product ?? 'Without a product name'));

export function ProductsCard({ view }: { view: InsightView }) {
  const { project, asks } = view;
  // By month, because only the totals are shown.
  const question = { ...asks, series: productSeries, breakdown: ['property.product'], top: 12, interval: 'month' };
  const data = together({ answer: useQuery(questionQuery<ProductsAnswer>(useApi(), 'trend', question)) });
  const money = (value: number) => formatNumber(value, 'money', project.currency);
  const payers = (row: Product) => (
    <NumberButton
      about={`payers of ${nameOf(row)}`}
      onPick={() =>
        view.show({
          title: `Paid for: ${nameOf(row)}`,
          kind: 'trend',
          query: question,
          cell: { series: 'C', 'property.product': row.product, other: row.other },
        })
      }
    >
      {formatNumber(row.payers, 'count')}
    </NumberButton>
  );
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'trend', question }}
      picture={false}
      name="products"
      title={`Products, ${project.currency}`}
      size="wide"
      data={data}
      explain={({ answer }) => [answer]}
      isEmpty={({ answer }) => products(answer.totals).length === 0}
      emptyText="No purchase events in this range. They name what was bought in the property product."
      chart={({ answer }) => (
        <BarList
          label="Revenue by product"
          rows={products(answer.totals).map((row) => ({
            name: nameOf(row),
            value: row.revenue,
            shown: money(row.revenue),
            detail: `${formatNumber(row.purchases, 'count')} sold`,
            action: payers(row),
          }))}
        />
      )}
      table={({ answer }) => (
        <DataTable
          caption="Products"
          columns={[
            { label: 'Product' },
            { label: 'Revenue', numeric: true },
            { label: 'Purchases', numeric: true },
            { label: 'Payers', numeric: true },
          ]}
          rows={products(answer.totals).map((row) => ({
            key: `${row.product}/${row.other}`,
            cells: [nameOf(row), money(row.revenue), formatNumber(row.purchases, 'count'), payers(row)],
          }))}
        />
      )}
      csv={({ answer }) => ({
        header: ['product', 'other', 'revenue', 'purchases', 'payers'],
        rows: products(answer.totals).map((row) => [row.product, row.other, row.revenue, row.purchases, row.payers]),
      })}
    />
  );
}
